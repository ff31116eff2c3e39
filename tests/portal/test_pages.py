"""The public pages as their readers meet them."""

import re
from collections.abc import Sequence
from datetime import date

import pytest
from tests.factories.counting import counted
from tests.factories.published import OPEN_SHA256, PLAN, SECRET_SHA256, Publisher, a_plan
from tests.factories.site import Site

from ogpmonitor.kit.db import Database
from ogpmonitor.portal.queries import overviews
from ogpmonitor.register.models import Edition
from ogpmonitor.register.service import Address

ROOT = f"penalolen/plans/{PLAN}/"
PAGES = {
    "": ("seguidos hasta el final", "followed to the end"),
    "?q=peñalolen": ("Resultados de «peñalolen»", "Results for “peñalolen”"),
    "about/": ("Dos voces", "Two voices"),
    "about/method/": ("El método", "The method"),
    "about/method/cases/CL0026/": ("Medio término y fin de término", "Mid-term and end of term"),
    "penalolen/": ("272.913 personas (2024)", "272,913 people (2024)"),
    "penalolen/about/": ("Acerca de Peñalolén", "About Peñalolén"),
    "santiago/": (
        "134 de 152 (88\N{NO-BREAK SPACE}%) · 15 dejados de lado · 80\N{NO-BREAK SPACE}% de los 167 originales",
        "134 of 152 (88%) · 15 set aside · 80% of the original 167",
    ),
    "renca/": ("Este plan está en cocreación", "This plan is being co-created"),
    "penalolen/plans/2021-2024/": ("único gobierno local de Chile", "the only local government in Chile"),
    ROOT: ("Compromisos evaluados: ", "Commitments assessed: "),
    f"{ROOT}commitments/Verde1/": ("Falta sombra en las plazas.", "The squares lack shade."),
    f"{ROOT}commitments/Verde1/?edition=1": ("Así estaba el", "This is how it stood on"),
    f"{ROOT}editions/": ("Se han publicado 3 ediciones", "3 editions have been published"),
    f"{ROOT}editions/2/": ("Estado informado", "Reported state"),
    f"{ROOT}assessments/end-of-commitment:Verde1/": ("Evaluación de fin de compromiso", "End-of-commitment assessment"),
}


@pytest.mark.usefixtures("story")
async def test_a_page_says_what_it_is_for_in_both_languages(site: Site) -> None:
    for path, words in PAGES.items():
        for lang, said in zip(("es", "en"), words, strict=True):
            page = await site.client.get(f"/{lang}/{path}")

            assert page.status_code == 200, path
            assert f'<html lang="{lang}">' in page.text, path
            assert said in page.text, path
            assert page.text.count("<h1") == 1, path
            assert re.search(r'<meta property="og:title" content="[^"]+">', page.text), path
            assert f'hreflang="{"en" if lang == "es" else "es"}"' in page.text, path


@pytest.mark.usefixtures("story")
async def test_a_page_answers_304_to_whoever_has_it(site: Site) -> None:
    for path in PAGES:
        page = await site.client.get(f"/es/{path}")

        again = await site.client.get(f"/es/{path}", headers={"If-None-Match": page.headers["etag"]})

        assert page.headers["cache-control"] == "public, max-age=0, must-revalidate", path
        assert (again.status_code, again.content) == (304, b""), path


NOWHERE = (
    "nowhere/",
    "fr/",
    "penalolen/plans/none/",
    "penalolen/plans/a%00b/",
    f"{ROOT}commitments/none/",
    f"{ROOT}assessments/none/",
    f"{ROOT}editions/0/",
    f"{ROOT}editions/4/",
    f"{ROOT}editions/first/",
    f"{ROOT}editions/99999999999999/",
    f"{ROOT}?edition=4",
    f"{ROOT}?edition=x",
    f"{ROOT}?edition=-1",
    f"{ROOT}?edition=",
    f"maipu/plans/{PLAN}/",
)


@pytest.mark.usefixtures("story")
async def test_what_does_not_exist_is_a_page_that_helps(site: Site) -> None:
    for path in NOWHERE:
        page = await site.client.get(f"/es/{path}")

        assert page.status_code == 404, path
        assert "No hay nada en esta dirección" in page.text, path


async def test_the_bare_address_greets_in_the_reader_s_language(site: Site) -> None:
    for accepts, lang in {"": "es", "en-GB,en;q=0.9": "en", "fr, en;q=0.5, es;q=0.7": "es", "de": "es"}.items():
        answer = await site.client.get("/", headers={"Accept-Language": accepts})

        assert (answer.status_code, answer.headers["location"]) == (302, f"/{lang}/"), accepts
        assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.usefixtures("story")
async def test_a_code_in_other_letters_leads_to_the_one_address(site: Site) -> None:
    answer = await site.client.get(f"/es/{ROOT}commitments/VERDE1/?edition=2")

    assert answer.status_code == 301
    assert answer.headers["location"] == f"/es/{ROOT}commitments/Verde1/?edition=2"


@pytest.mark.usefixtures("story")
async def test_search_ignores_accents_and_case(site: Site) -> None:
    for query in ("ÑUÑERIA", "nuneria arboles", "  más   árboles ", "verde1"):
        page = await site.client.get("/es/", params={"q": query})

        assert f'href="/es/{ROOT}commitments/Verde1/"' in page.text, query


@pytest.mark.usefixtures("story")
async def test_search_that_finds_nothing_says_what_to_try(site: Site) -> None:
    for query in ("100%", "ñu_eria", "\0", "'; DROP", "x" * 5000):
        page = await site.client.get("/es/", params={"q": query})

        assert page.status_code == 200, query
        assert f"{ROOT}commitments/" not in page.text, query
        assert ("No se encontró nada" in page.text) == bool(query.strip("\0")), query


@pytest.mark.usefixtures("story")
async def test_both_voices_and_their_difference_are_on_the_first_screen(site: Site) -> None:
    page = (await site.client.get(f"/es/{ROOT}commitments/Verde1/")).text

    assert "Informado por el municipio" in page
    assert "Limitado" in page
    assert "El gobierno informa completado su único hito" in page
    assert "12 días después de la fecha" in page
    assert "Llovió mucho." in page


@pytest.mark.usefixtures("story")
async def test_an_earlier_edition_shows_nothing_of_what_came_later(site: Site) -> None:
    page = (await site.client.get(f"/es/{ROOT}commitments/Verde1/?edition=1")).text

    assert "Se plantaron 400." not in page
    assert "Limitado" not in page
    assert OPEN_SHA256 not in page


@pytest.mark.usefixtures("story")
async def test_restricted_evidence_is_named_and_not_linked(site: Site) -> None:
    page = (await site.client.get(f"/es/{ROOT}commitments/Verde1/")).text

    assert f"/es/penalolen/evidence/{OPEN_SHA256}/" in page
    assert "reservado: lo ve el ente independiente" in page
    assert f"evidence/{SECRET_SHA256}" not in page


@pytest.mark.usefixtures("story")
async def test_every_file_a_page_links_to_is_handed_over(site: Site) -> None:
    page = (await site.client.get("/es/penalolen/plans/2021-2024/commitments/CLPLN0002/")).text
    files = set(re.findall(r'href="(/es/penalolen/evidence/[^"]+)"', page))

    assert files
    assert {(await site.client.get(file)).status_code for file in files} == {200}


async def test_history_names_the_voice_the_baseline_and_what_changed(site: Site, story: Sequence[Edition]) -> None:
    page = (await site.client.get(f"/es/{ROOT}editions/")).text

    assert page.index("Edición 3") < page.index("Edición 2") < page.index("Edición 1")
    assert "1 evaluación publicada" in page
    assert "1 compromiso modificado" in page
    assert page.count("línea base</span>") == 1
    assert all(edition.sha256 in page for edition in story)


@pytest.mark.usefixtures("story")
async def test_what_changed_links_to_the_page_as_it_stood(site: Site) -> None:
    page = (await site.client.get(f"/es/{ROOT}editions/2/")).text

    assert f'href="/es/{ROOT}commitments/Verde1/?edition=2"' in page
    assert "Otro2" not in page


@pytest.mark.usefixtures("story")
async def test_an_own_host_drops_the_segment(site: Site) -> None:
    page = await site.client.get(f"http://penalolen.localhost/es/plans/{PLAN}/")

    assert page.status_code == 200
    assert f'href="/es/plans/{PLAN}/commitments/Verde1/"' in page.text
    assert 'href="/es/penalolen/' not in page.text
    assert f'<link rel="canonical" href="http://testserver/es/{ROOT}">' in page.text


@pytest.mark.usefixtures("story")
async def test_nobody_signed_in_is_named_on_a_page_for_everyone(site: Site) -> None:
    stranger = await site.client.get(f"/es/{ROOT}")
    coordinator = await site.sign_in("penalolen-coordinator")

    page = await coordinator.get(f"/es/{ROOT}")

    assert page.headers["etag"] == stranger.headers["etag"]
    assert "Coordinación (demo)" not in page.text


async def test_the_list_of_jurisdictions_costs_the_same_for_one_and_for_four(database: Database) -> None:
    today = date(2026, 1, 1)
    costs = []
    for slugs in (["penalolen"], ["penalolen", "maipu", "renca", "santiago"]):
        async with database.register_session() as session:
            with counted() as statements:
                found = await overviews(session, dict.fromkeys(slugs, today))
        assert set(found) == set(slugs)
        costs.append(len(statements))

    assert costs == [3, 3]


async def test_late_is_counted_on_each_jurisdiction_s_own_day(database: Database) -> None:
    slugs = ["penalolen", "maipu", "renca", "santiago"]
    async with database.register_session() as session:
        early = await overviews(session, dict.fromkeys(slugs, date(2000, 1, 1)))
        mixed = await overviews(session, {**dict.fromkeys(slugs, date(2000, 1, 1)), "maipu": date(2030, 1, 1)})

    assert {one.late for one in early.values()} == {0}
    assert [slug for slug, one in mixed.items() if one.late] == ["maipu"]


@pytest.mark.usefixtures("story")
async def test_a_page_costs_the_same_for_one_and_for_three_plans(site: Site, publisher: Publisher) -> None:
    async def cost(address: str) -> int:
        with counted() as statements:
            assert (await site.client.get(address)).status_code == 200
        return len(statements)

    await cost("/es/penalolen/?n=0")  # a connection's first statements are its own
    before = await cost("/es/penalolen/?n=1")
    for slug in ("2035-2036", "2037-2038"):
        await publisher.government(a_plan(slug=slug), address=Address("penalolen", slug))

    assert await cost("/es/penalolen/?n=2") == before
    assert before == 3
    assert await cost(f"/es/{ROOT}commitments/Verde1/?n=1") == 2
