"""Who can do what: the page is what the table of permissions answers."""

import pytest
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.abilities import EVERYONE, NO, ONLY_OWN, WORDS, YES, abilities
from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.accounts.permissions import ALLOWED, Permission
from ogpmonitor.kit.i18n import translate


def test_every_permission_has_words_of_its_own() -> None:
    assert set(WORDS) == set(Permission)
    assert len(set(WORDS.values())) == len(WORDS)
    assert len({translate("es", words) for words in WORDS.values()}) == len(WORDS)


def test_everyone_who_comes_here_has_a_column() -> None:
    actors = [who.actor for who in EVERYONE]

    assert {actor.role for actor in actors} == {None, *Role}
    assert {actor.platform_role for actor in actors} == {None, *PlatformRole}
    assert sum(actor.is_stranger for actor in actors) == sum(actor.request_id is not None for actor in actors) == 1


def row_of(permission: Permission) -> list[str]:
    return list(next(one.cells for one in abilities() if one.words == WORDS[permission]))


def test_a_unit_reports_only_on_what_is_its_own() -> None:
    assert row_of(Permission.MILESTONE_REPORT) == [NO, ONLY_OWN, ONLY_OWN, NO, YES, NO, NO, NO, NO]


def test_neither_side_writes_for_the_other() -> None:
    assert row_of(Permission.ASSESSMENT_WRITE) == [NO, NO, NO, NO, NO, YES, NO, NO, NO]
    assert row_of(Permission.PLAN_WRITE) == [NO, NO, NO, NO, YES, NO, NO, NO, NO]


def test_a_change_of_the_table_is_a_change_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ALLOWED, Permission.ASSESSMENT_WRITE, ALLOWED[Permission.PUBLIC])  # type: ignore[arg-type]

    assert row_of(Permission.ASSESSMENT_WRITE) == [YES] * len(EVERYONE)


@pytest.mark.parametrize(("lang", "words"), [("es", "Escribir evaluaciones"), ("en", "Write assessments")])
@pytest.mark.parametrize("path", ["about/roles/", "about-platform/roles/"])
async def test_the_page_is_open_to_all_in_both_languages(site: Site, lang: str, words: str, path: str) -> None:
    answer = await site.client.get(f"/{lang}/{path}")

    assert answer.status_code == 200
    assert words in said(answer.text)
    assert answer.text.count('<th scope="row">') == len(Permission)


async def test_the_page_about_us_leads_there(site: Site) -> None:
    assert 'href="/es/about/roles/"' in (await site.client.get("/es/about/")).text
