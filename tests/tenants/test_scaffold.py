"""A new jurisdiction, from `tenants new` to its page in both languages."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.factories.newcomers import ANSWERS, a_newcomer
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.cli import main
from ogpmonitor.settings import Settings
from ogpmonitor.tenants import scaffold
from ogpmonitor.tenants.contrast import PAPERS_DARK, contrast_ratio
from ogpmonitor.tenants.files import read_tenants
from ogpmonitor.tenants.logo import check_logo


def new(folder: Path, *more: str, slug: str = "lo-espejo", given: Mapping[str, str] = ANSWERS) -> Result:
    options = [part for key, answer in given.items() for part in ("--say", f"{key}={answer}")]
    return CliRunner().invoke(main, ["tenants", "new", slug, "--folder", str(folder), "--no-ask", *options, *more])


def test_answers_that_suffice_make_a_folder_that_is_whole(tmp_path: Path) -> None:
    made = new(tmp_path)
    checked = CliRunner().invoke(main, ["tenants", "check", "--folder", str(tmp_path)])

    assert (made.exit_code, checked.exit_code) == (0, 0), made.output + checked.output
    assert "Nothing is left open." in made.output
    (folder,) = read_tenants(tmp_path)
    tenant = folder.tenant
    assert tenant.official_name.in_("es") == 'Municipalidad de "Lo Espejo"'
    assert (tenant.territory.comuna, tenant.population.people) == ("13116", 103865)
    assert (tenant.switches.right_of_reply, tenant.ogp.member, tenant.hosts) == (True, False, ())
    assert min(contrast_ratio(tenant.colours.accent_dark, paper) for paper in PAPERS_DARK) >= 4.5
    assert check_logo(folder.logo_svg) == []
    assert (tmp_path / "lo-espejo" / "plans").is_dir()


def test_what_is_left_open_is_named_line_by_line_and_refused(tmp_path: Path) -> None:
    open_ones = {"population": "", "codes-source": "", "official-name-en": ""}
    made = new(tmp_path, given={**ANSWERS, **open_ones})
    checked = CliRunner().invoke(main, ["tenants", "check", "--folder", str(tmp_path)])

    lines = (tmp_path / "lo-espejo" / "tenant.toml").read_text("utf-8").splitlines()
    named = [f"lo-espejo/tenant.toml: line {number}" for number, line in enumerate(lines, 1) if "FILL IN:" in line]
    assert len(named) == len(open_ones)
    assert made.exit_code == 0
    assert checked.exit_code == 1
    assert [line.partition(": is still")[0] for line in checked.output.splitlines()] == named
    assert [line.partition(": is still")[0] for line in made.output.splitlines()[2:]] == named
    assert "is still to be filled in: where these codes come from" in checked.output


@pytest.mark.parametrize(
    ("key", "answer", "reason"),
    [
        ("accent", "#f0a878", "accent: #f0a878 on #ffffff has a contrast of 1.98:1, less than 4.5:1"),
        ("accent-dark", "#7a1f4c", "accent-dark: #7a1f4c on #15171a has a contrast of"),
        ("time-zone", "Chile/Lo Espejo", "time-zone: 'Chile/Lo Espejo': 'Chile/Lo Espejo' is not a time zone"),
        ("level", "village", "level: 'village' is none of municipality, region"),
        ("languages", "es,fr", "languages: 'es,fr' is not a list of es, en"),
        ("population", "muchas", "population: 'muchas' is not a whole number"),
        ("mayor", "Ana", "Nobody asks for mayor."),
    ],
)
def test_an_answer_that_cannot_be_writes_nothing(tmp_path: Path, key: str, answer: str, reason: str) -> None:
    made = new(tmp_path, given={**ANSWERS, key: answer})

    assert made.exit_code == 1
    assert made.output.startswith(reason)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slug", ["verify", "Lo-Espejo", "lo espejo", "-x", "../x"])
def test_a_slug_that_cannot_be_writes_nothing(tmp_path: Path, slug: str) -> None:
    made = new(tmp_path, slug=slug)

    assert made.exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new(tmp_path)
    written = tmp_path / "lo-espejo" / "tenant.toml"
    written.write_text("mine", "utf-8")

    again = new(tmp_path)

    assert again.exit_code == 1
    assert "Nothing was written." in again.output
    assert written.read_text("utf-8") == "mine"


def test_questions_are_asked_one_by_one_and_again_where_the_answer_cannot_be(tmp_path: Path) -> None:
    given = {key: answer for key, answer in ANSWERS.items() if key not in ("accent", "name-es")}
    options = [part for key, answer in given.items() for part in ("--say", f"{key}={answer}")]
    typed = {"languages": "es", "name-es": "Lo Espejo", "accent": "#f0a878\n#7a1f4c"}
    asked = [one for one in scaffold.QUESTIONS if one.key not in given and not one.key.endswith("-en")]
    lines = "\n".join(typed.get(one.key, "") for one in asked if one.key != "since") + "\n"

    made = CliRunner().invoke(
        main, ["tenants", "new", "lo-espejo", "--folder", str(tmp_path), "--ask", *options], input=lines
    )

    assert made.exit_code == 0, made.output
    assert "#f0a878 on #ffffff has a contrast of" in made.output
    (folder,) = read_tenants(tmp_path)
    assert (folder.tenant.languages, folder.tenant.colours.accent) == (("es",), "#7a1f4c")


def test_a_region_and_a_member_have_their_own_questions(tmp_path: Path) -> None:
    given = {key: answer for key, answer in ANSWERS.items() if key not in ("province", "comuna")}

    made = new(tmp_path, given={**given, "level": "region", "member": "yes", "since": "2024-05"}, slug="nuble")

    assert "Nothing is left open." in made.output
    (folder,) = read_tenants(tmp_path)
    assert folder.tenant.territory.comuna is None
    assert str(folder.tenant.ogp.since) == "2024-05"
    assert folder.tenant.words.government.in_("es") == "el gobierno regional"


async def test_a_new_jurisdiction_answers_in_both_languages(site: Site, settings: Settings, tmp_path: Path) -> None:
    await a_newcomer(settings, tmp_path / "tenants")
    await site.state.directory.refresh()
    site.forget_pages()

    pages = {lang: await site.client.get(f"/{lang}/lo-espejo/") for lang in ("es", "en")}
    home = await site.client.get("/es/")
    logo = await site.client.get("/static/tenants/lo-espejo.svg")

    assert {lang: page.status_code for lang, page in pages.items()} == {"es": 200, "en": 200}
    assert 'Municipalidad de "Lo Espejo"' in said(pages["es"].text)
    assert "Here stand the open government action plans of Municipality of Lo Espejo" in said(pages["en"].text)
    assert "Lo Espejo" in said(home.text)
    assert logo.status_code == 200
