"""Whatever the record can hold has words on the page that shows it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ogpmonitor
from ogpmonitor.history.wording import ACTIONS, SUBJECTS
from ogpmonitor.kit.i18n import LANGUAGES, SOURCE_LANGUAGE, translate

SOURCE = Path(ogpmonitor.__file__).parent


def recorded() -> Iterator[tuple[str, str]]:
    """Every action that is recorded, as a pattern where its beginning follows from the thing, and where it is."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                action = node.args[1]
                place = f"{path.relative_to(SOURCE)}:{node.lineno}"
                if isinstance(action, ast.Constant):
                    yield re.escape(str(action.value)), place
                elif isinstance(action, ast.JoinedStr):
                    parts = (
                        re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z]+"
                        for one in action.values
                    )
                    yield "".join(parts), place
                else:
                    yield "nothing can be told of it", place


def test_every_action_in_the_record_has_words() -> None:
    found = list(recorded())

    assert len(found) > 15
    assert [place for pattern, place in found if not any(re.fullmatch(pattern, action) for action in ACTIONS)] == []


def test_words_of_actions_are_translated() -> None:
    for lang in set(LANGUAGES) - {SOURCE_LANGUAGE}:
        assert [action for action, words in ACTIONS.items() if translate(lang, words) == words] == []
    assert all(translate("es", words) for words in SUBJECTS.values())
