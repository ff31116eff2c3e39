"""Writing a plan over HTTP: who may, where it begins, what is saved, and who else is writing."""

import httpx
import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.forms import fill_in, form_in
from tests.factories.site import Site
from tests.factories.writing import COORDINATOR, PLANS, at, the_plan, traces
from tests.plans.test_routes import make_viewer

from ogpmonitor.plans.models import Amendment, Commitment, Milestone
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.settings import Settings

NEIGHBOURS = {"penalolen-monitor": 403, "maipu-coordinator": 404, "ogp-staff": 404, "operator": 404, None: 401}
LIST = PLANS.format(lang="es")
PAGES = (
    LIST,
    at(),
    *(at(path) for path in ("about/", "vision/", "coordination/", "endorsements/", "commitments/new/")),
)
PAGES_OF_ITEMS = (at("commitments/C1/"), at("commitments/C1/milestones/new/"), at("commitments/C1/milestones/M1/"))
ACTIONS = (
    at("commitments/C1/move/"),
    at("commitments/C1/remove/"),
    at("commitments/C1/milestones/M1/move/"),
    at("commitments/C1/milestones/M1/remove/"),
)


@pytest.mark.parametrize("persona", [*NEIGHBOURS, "penalolen-contact", "viewer"])
async def test_only_the_coordinator_writes(
    site: Site, cast: Cast, settings: Settings, writer: httpx.AsyncClient, persona: str | None
) -> None:
    if persona == "viewer":
        await make_viewer(settings, cast)
    client = await site.sign_in("penalolen-contact" if persona == "viewer" else persona) if persona else site.client
    status, before = NEIGHBOURS.get(persona, 403), len(await traces(cast))

    shown = [(await client.get(page)).status_code for page in (*PAGES, *PAGES_OF_ITEMS)]
    sent = [
        (await client.post(page, data={"title": "Intruso", "language": "es", "code": "X1", "number": "9", "to": "up"}))
        for page in (*PAGES, *PAGES_OF_ITEMS, *ACTIONS)
        if page != at()
    ]

    assert (await writer.get(at())).status_code == 200  # it is there to be found
    assert set(shown) == {status}
    assert {answer.status_code for answer in sent} == {status}
    assert len(await traces(cast)) == before


async def test_a_neighbour_finds_nothing_at_its_own_address(site: Site, writer: httpx.AsyncClient) -> None:
    neighbour = await site.sign_in("maipu-coordinator")

    for page in (at(), *PAGES_OF_ITEMS):
        assert (await writer.get(page)).status_code == 200
        assert (await neighbour.get(page.replace("penalolen", "maipu"))).status_code == 404


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"starts_on": "09-2026", "ends_on": "2028"}, "2026-2028"),
        ({"starts_on": "2026", "ends_on": "dic 2026"}, "2026"),
        ({"starts_on": "", "ends_on": ""}, "segundo-plan-de-nunoa"),
        ({"slug": "el-mio"}, "el-mio"),
    ],
)
async def test_a_plan_has_an_address_made_of_its_years_or_title(
    site: Site, cast: Cast, given: dict[str, str], slug: str
) -> None:
    client = await site.sign_in(COORDINATOR)

    for _ in range(1 if "slug" in given else 2):
        answer = await fill_in(client, LIST, title="Segundo plan de Ñuñoa", language="es", **given)
        assert answer.status_code == 303

    plan = await the_plan(cast, slug)
    assert plan.title == {"source": "es", "es": "Segundo plan de Ñuñoa"}
    assert (plan.status, plan.demo) == ("co_creation", True)
    assert answer.headers["location"] == f"{LIST}{slug}{'' if 'slug' in given else '-2'}/?done=begun"
    assert "El plan está creado." in (await client.get(answer.headers["location"])).text


async def test_every_answer_is_kept_as_it_was_written(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("vision/"), SV01="**Abrir** la gestión")
    answer = await fill_in(writer, at("coordination/"), EC01=["Alcaldía", "", "Secpla"], EC06="12", EC07="0")
    assert answer.status_code == 303, answer.text
    await fill_in(
        writer,
        at("endorsements/"),
        endorsements_position=["Presidenta", ""],
        endorsements_organisation=["Junta de Vecinos", ""],
        attachments=["Acta"],
    )
    await fill_in(writer, at("about/"), cycle_ends_on="feb 2029", foreword="Vecinas y vecinos:")
    plan = await the_plan(cast)

    answers = plan.content["answers"]
    assert answers["SV01"] == {"source": "es", "es": "**Abrir** la gestión"}
    assert [one["es"] for one in answers["EC01"]] == ["Alcaldía", "Secpla"]
    assert (answers["EC06"], answers["EC07"]) == (12, 0)
    assert plan.content["endorsements"][0]["organisation"]["es"] == "Junta de Vecinos"
    assert plan.content["attachments"] == ["Acta"]
    assert (plan.starts_on, plan.cycle_ends_on) == ("2026", "2029-02")
    assert 'value="02-2029"' in (await writer.get(at("about/"))).text
    assert "4 de 13" not in (await writer.get(at())).text
    assert "3 de 13" in (await writer.get(at())).text


async def test_the_second_writer_sees_both_texts_and_chooses(site: Site, writer: httpx.AsyncClient, cast: Cast) -> None:
    second = await site.sign_in(COORDINATOR)
    address, mine = form_in(await second.get(at("vision/")))
    await fill_in(writer, at("vision/"), SV01="Lo del primero.", SV02="Logros del primero.")
    mine |= {"SV01": "Lo del segundo.", "SV02": "Logros del segundo.", "SV03": "Solo del segundo."}

    stale = await second.post(address, data=mine)
    again = form_in(stale)[1]
    wrong = await second.post(address, data={**again, "SV03": "x" * 20_001, "take_SV01": "theirs"})
    chosen = await second.post(address, data={**again, "take_SV01": "theirs"})

    assert stale.status_code == 409
    for words in ("Lo del primero.", "Lo del segundo.", "Logros del primero.", "Solo del segundo."):
        assert words in stale.text
    assert 'name="take_SV03"' not in stale.text
    assert wrong.status_code == 422
    assert 'value="theirs" checked' in wrong.text
    assert chosen.status_code == 303
    answers = (await the_plan(cast)).content["answers"]
    assert [answers[key]["es"] for key in ("SV01", "SV02", "SV03")] == [
        "Lo del primero.", "Logros del segundo.", "Solo del segundo."
    ]  # fmt: skip


async def test_two_write_two_sections_without_being_in_each_others_way(
    site: Site, writer: httpx.AsyncClient, cast: Cast
) -> None:
    second = await site.sign_in(COORDINATOR)
    address, mine = form_in(await second.get(at("vision/")))
    await fill_in(writer, at("coordination/"), EC02="Una mesa.")

    answer = await second.post(address, data={**mine, "SV01": "Abrir."})

    assert answer.status_code == 303
    assert set((await the_plan(cast)).content["answers"]) == {"EC02", "SV01"}


async def test_the_page_saves_by_itself(writer: httpx.AsyncClient, cast: Cast) -> None:
    page = await writer.get(at("vision/"))
    address, sent = form_in(page)
    by_itself = {"X-Autosave": "yes"}

    saved = await writer.post(address, data={**sent, "SV01": "Abrir."}, headers=by_itself)
    sent |= {"version": saved.json()["version"], "SV01": "Abrir más."}
    again = await writer.post(address, data=sent, headers=by_itself)
    newest = {**sent, "version": again.json()["version"]}
    wrong = await writer.post(address, data={**newest, "SV01": "x" * 20_001}, headers=by_itself)
    stale = await writer.post(address, data={**sent, "SV01": "Otra cosa."}, headers=by_itself)

    assert "data-autosave" in page.text
    assert [answer.status_code for answer in (saved, again, wrong, stale)] == [200, 200, 422, 409]
    assert (await the_plan(cast)).content["answers"]["SV01"]["es"] == "Abrir más."


async def test_a_page_that_saves_by_itself_keeps_its_address(writer: httpx.AsyncClient, cast: Cast) -> None:
    by_itself = {"X-Autosave": "yes"}
    saved = await fill_in(writer, at("commitments/C1/"), headers=by_itself, code="A1", title="Mesa de barrio")
    before = (await the_plan(cast)).commitments[0]
    sent = await fill_in(writer, at("commitments/C1/"), code="A1")
    after = (await the_plan(cast)).commitments[0]

    assert (saved.status_code, before.code, before.title["es"]) == (200, "C1", "Mesa de barrio")
    assert (sent.status_code, after.code) == (303, "A1")


async def test_saying_the_same_leaves_no_trace(writer: httpx.AsyncClient, cast: Cast) -> None:
    before = len(await traces(cast))

    for path in (
        "about/",
        "vision/",
        "coordination/",
        "endorsements/",
        "commitments/C1/",
        "commitments/C1/milestones/M1/",
    ):
        assert (await fill_in(writer, at(path))).status_code == 303

    assert len(await traces(cast)) == before
    assert (await the_plan(cast)).version == 1


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_submitted_plan_changes_only_with_a_reason(site: Site, cast: Cast, lang: str) -> None:
    client = await site.sign_in(COORDINATOR)
    address = f"/{lang}/penalolen/workbench/plans/2021-2024/commitments/C2/"
    page = await client.get(address)

    bare = await fill_in(client, address, ends_on="12-2025")
    said = {"reason": form_in_reason(page), "words": "La obra se atrasó."}
    endless = await fill_in(client, address, ends_on="12-2025", **{**said, "words": "a" * 2001})
    kept = await fill_in(client, address, ends_on="12-2025", **said)
    other = await fill_in(client, address, headers={"X-Autosave": "yes"}, ends_on="2026", **said)

    assert "data-autosave" not in page.text
    assert (bare.status_code, endless.status_code) == (422, 422)
    assert "a" * 2001 in endless.text
    assert bare.text.count(("Diga con palabras", "Say in words")[lang == "en"]) == 2
    assert 'value="12-2025"' in bare.text
    assert kept.status_code == 303
    assert other.status_code != 204
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        amendments = (await session.scalars(select(Amendment).where(Amendment.commitment == "C2"))).all()
        commitment = (await session.scalars(select(Commitment).where(Commitment.code == "C2"))).one()
    assert [one.words for one in amendments] == [{"source": lang, lang: "La obra se atrasó."}]
    assert commitment.ends_on == "2025-12"


def form_in_reason(page: httpx.Response) -> str:
    """The first reason that the page offers."""
    return page.text.split('name="reason"')[1].split('<option value="')[2].split('"')[0]


@pytest.mark.parametrize("path", ["nothing/", "commitments/C9/", "commitments/C1/milestones/M9/"])
async def test_what_a_plan_does_not_have_is_not_found(writer: httpx.AsyncClient, path: str) -> None:
    assert (await writer.get(at(path))).status_code == 404
    assert (await writer.post(at(path), data={"title": "x"})).status_code == 404


async def test_pages_cost_the_same_for_one_and_many_commitments(writer: httpx.AsyncClient, cast: Cast) -> None:
    async def cost(address: str) -> int:
        with counted() as statements:
            assert (await writer.get(address)).status_code == 200
        return len(statements)

    pages = (LIST, at(), at("commitments/C1/"), at("commitments/new/"))
    few = [await cost(page) for page in pages]
    async with cast.at("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, "2026-2028")
        for place in range(2, 101):
            step = Milestone(
                code="M1", position=0, title={"source": "es", "es": "Paso"}, content={}, demo=True, added=False,
                progress="not_started", report_demo=False,
            )  # fmt: skip
            plan.commitments.append(
                Commitment(
                    code=f"C{place}", position=place, title={"source": "es", "es": "Otro"}, content={"number": "x"},
                    demo=True, added=False, milestones=[step],
                )
            )  # fmt: skip

    assert "C100" in (await writer.get(at())).text
    assert [await cost(page) for page in pages] == few
