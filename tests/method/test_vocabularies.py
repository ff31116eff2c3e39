"""The vocabularies and the questionnaire a plan is written with."""

import pytest
from pydantic import ValidationError

from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.method.vocabularies import Vocabulary, load_policy_areas, load_values

NOTE = {"source": "en", "en": "Somewhere"}


def test_questionnaire_has_the_published_questions_in_their_order() -> None:
    questions = load_questionnaire().questions

    assert list(questions) == [f"SV{n:02}" for n in range(1, 7)] + [f"EC{n:02}" for n in range(1, 14)]
    assert {key for key, question in questions.items() if question.kind != "text"} == {"EC01", "EC05", "EC06", "EC07"}
    assert all(question.text.has("es") and question.text.has("en") for question in questions.values())


def test_policy_areas_are_those_of_the_dataset() -> None:
    areas = load_policy_areas()

    assert len(areas.items) == 86
    right = areas.term("right_to_information")
    assert right is not None
    assert right.group is None
    assert all(item.label.has("es") and item.label.has("en") for item in areas.items)


def test_values_are_four_and_technology_does_not_suffice_alone() -> None:
    kinds = {item.code: item.kind for item in load_values().items}

    assert kinds == {
        "access_to_information": "value",
        "civic_participation": "value",
        "public_accountability": "value",
        "technology": "additional",
    }


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([{"code": "a"}, {"code": "a"}], "the code 'a' is used twice"),
        ([{"code": "a", "group": "b"}], "'a' stands under 'b', which does not come before it"),
    ],
)
def test_vocabulary_refuses_codes_that_cannot_be_looked_up(items: list[dict[str, str]], reason: str) -> None:
    label = {"source": "en", "en": "A"}
    data = {"source_language": "en", "code": "x", "version": 1, "mark": "derived", "source_note": NOTE}

    with pytest.raises(ValidationError, match=reason):
        Vocabulary.model_validate({**data, "items": [{"kind": "area", "label": label, **item} for item in items]})
