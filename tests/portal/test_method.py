"""The method in public: every form, scale, deadline and distinction of this release, and the reference case."""

import re

import pytest
from tests.factories.site import Site

from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.prose import as_text
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.evidence_kinds import load_evidence_kinds
from ogpmonitor.method.forms import load_method
from ogpmonitor.method.independence import load_independence
from ogpmonitor.method.marks import Mark
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.method.vocabularies import load_policy_areas

METHOD = load_method()
CASE = "about/method/cases/CL0026/"
MARKS: dict[str, dict[Mark, str]] = {
    "es": {"confirmed": "confirmado", "derived": "deducido", "unconfirmed": "sin confirmar"},
    "en": {"confirmed": "confirmed", "derived": "derived", "unconfirmed": "unconfirmed"},
}
TAG = re.compile(r"<[^>]*>")


def words(page: str) -> str:
    """What the page's own part says, with single spaces."""
    return " ".join(TAG.sub(" ", page.partition("<main")[2].partition("</main>")[0]).split())


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_question_and_option_is_there_with_its_mark_and_note(site: Site, lang: str) -> None:
    page = (await site.client.get(f"/{lang}/about/method/")).text

    sections = [section for form in METHOD.forms.values() for section in form.sections]
    questions = [question for section in sections for question in section.questions]
    items = [*METHOD.forms.values(), *METHOD.scales.values(), *sections, *questions]
    texts = [getattr(one, "title", None) or one.text for one in items]
    texts += [option.label for scale in METHOD.scales.values() for option in scale.options]
    texts += [option.help for scale in METHOD.scales.values() for option in scale.options if option.help]
    texts += [one.source_note for one in items if one.source_note]
    assert [text for text in texts if str(as_text(text, lang)) not in page] == []
    options = [option for scale in METHOD.scales.values() for option in scale.options]
    for mark, word in MARKS[lang].items():
        least = sum(one.mark == mark for one in [*items, *options])
        assert page.count(f"<strong>{word}</strong>") > least, mark


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_deadlines_limits_and_the_rules_of_independence_are_there(site: Site, lang: str) -> None:
    page = (await site.client.get(f"/{lang}/about/method/")).text

    files = (load_deadlines(), load_independence())
    rules = [one for file in files for _, one in file if hasattr(one, "source_note")]
    assert len(rules) == 9
    texts = [text for one in rules for text in (one.label, one.source_note)]
    assert [text for text in texts if not text.has(lang) or str(as_text(text, lang)) not in page] == []


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_what_plans_and_evidence_are_told_by_is_there(site: Site, lang: str) -> None:
    page = (await site.client.get(f"/{lang}/about/method/")).text

    plan, kinds, reasons, areas = (
        load_questionnaire(), load_evidence_kinds(), load_amendment_reasons(), load_policy_areas(),
    )  # fmt: skip
    texts = [one.source_note for one in (plan, kinds, reasons, areas)]
    texts += [text for one in plan.sections for text in (one.title, *(question.text for question in one.questions))]
    texts += [one.label for listed in (kinds, reasons, areas) for one in listed.items]
    assert [text for text in texts if not text.has(lang) or str(as_text(text, lang, mark=False)) not in page] == []


async def test_scales_say_their_years_and_whether_they_are_historic(site: Site) -> None:
    page = words((await site.client.get("/en/about/method/")).text)

    assert "National plans submitted from 2012 to 2019. Historic: no new plan is rated on it." in page
    assert "National plans submitted from 2021 on." in page
    assert "code by value 3" in page
    assert "overall code 2" in page
    assert "code 5" in page


async def test_every_link_of_the_pages_leads_somewhere(site: Site) -> None:
    for path in ("about/method/", CASE):
        page = (await site.client.get(f"/es/{path}")).text
        ids = set(re.findall(r'id="([^"]+)"', (await site.client.get("/es/about/method/")).text))
        main = page.partition("<main")[2]

        anchors = set(re.findall(r'href="(?:/es/about/method/)?#([^"]+)"', main))
        assert anchors, path
        assert anchors <= ids, path
        for link in set(re.findall(r'href="(/es/[^"#]*)', main)):
            assert (await site.client.get(link)).status_code == 200, link


async def test_about_leads_to_the_method_and_the_method_to_the_case(site: Site) -> None:
    about = (await site.client.get("/es/about/")).text
    method = (await site.client.get("/es/about/method/")).text

    assert 'href="/es/about/method/"' in about
    assert f'href="/es/{CASE}"' in method


async def test_on_an_own_host_the_method_is_the_platform_s(site: Site) -> None:
    about = (await site.client.get("http://penalolen.localhost/es/about-platform/")).text
    method = await site.client.get("http://penalolen.localhost/es/about-platform/method/")
    case = await site.client.get("http://penalolen.localhost/es/about-platform/method/cases/cl0026/")

    assert 'href="/es/about-platform/method/"' in about
    assert method.status_code == 200
    assert 'href="/es/about-platform/method/cases/CL0026/"' in method.text
    assert (case.status_code, case.headers["location"]) == (301, "/es/about-platform/method/cases/CL0026/")


async def test_the_case_shows_both_moments_and_what_is_missing(site: Site) -> None:
    spanish, english = [words((await site.client.get(f"/{lang}/{CASE}")).text) for lang in ("es", "en")]

    for page, told in (
        (spanish, ["Limitado", "Completo", "«Marginalmente»", "«Yes»", "Cambio en el cumplimiento: Aumentó",
                   "Impacto potencial: en blanco en la página.", "falta esto: Impacto potencial .", "93 ministerios"]),
        (english, ["Limited", "Complete", "Change in completion: Increase", "Potential impact: blank on the page.",
                   "is missing: Potential impact .", "“Marginalmente”, Marginally (unofficial translation)",
                   "“118” Institutions", "Rated at the end of term only."]),
    ):  # fmt: skip
        spaced = re.sub(r"\s*([“”«»:.,])\s*", r"\1", page)
        assert [one for one in told if re.sub(r"\s*([“”«»:.,])\s*", r"\1", one) not in spaced] == []


async def test_a_case_in_other_letters_leads_to_the_one_address_and_an_unknown_one_nowhere(site: Site) -> None:
    other = await site.client.get("/en/about/method/cases/cl0026/")
    unknown = await site.client.get("/en/about/method/cases/CL9999/")

    assert (other.status_code, other.headers["location"]) == (301, f"/en/{CASE}")
    assert unknown.status_code == 404
