"""Writing a plan over HTTP: who may, what is saved, what comes back, and in which language."""

from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.forms import fill_in, form_in
from tests.factories.site import Site
from tests.factories.writing import PLANS, at, begin_with_milestone
from tests.plans.test_routes import make_viewer

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.plans.models import Amendment, Commitment, Milestone, Plan
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.settings import Settings

COORDINATOR = "penalolen-coordinator"
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
Case = tuple[str, Any, tuple[str, str]]  # a field, what is typed, and what is said about it in Spanish and English
NO_DATE = ("Esto no es una fecha.", "This is not a date.")
TOO_LONG = ("Es demasiado largo.", "This is too long.")
NEEDED = ("Complete este campo", "Please fill this in.")
NOT_OFFERED = ("Elija una de las opciones", "Please choose one of the options.")


@pytest.fixture
async def writer(site: Site) -> httpx.AsyncClient:
    """Peñalolén's coordinator, with a plan of one commitment and one milestone."""
    client = await site.sign_in(COORDINATOR)
    await begin_with_milestone(client)
    return client


async def the_plan(cast: Cast, slug: str = "2026-2028") -> Plan:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return await get_plan(session, slug)


async def the_milestone(cast: Cast) -> Milestone:
    return (await the_plan(cast)).commitments[0].milestones[0]


async def traces(cast: Cast) -> list[AuditRecord]:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return list((await session.scalars(select(AuditRecord).order_by(AuditRecord.at))).all())


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


BAD_PLAN: list[Case] = [
    ("title", "", NEEDED),
    ("title", "x" * 301, TOO_LONG),
    ("language", "xx", NOT_OFFERED),
    ("language", "", NEEDED),
    ("starts_on", "pronto", NO_DATE),
    ("ends_on", "8/31/2028", NO_DATE),
    ("ends_on", "2025", ("No puede terminar antes de empezar.", "It cannot end before it starts.")),
    ("slug", "Mi Plan", ("Use solo minúsculas sin tilde", "Use small letters without accents")),
    ("slug", "2021-2024", ("Otro plan ya tiene esta dirección.", "Another plan has this address.")),
    ("slug", "x" * 61, TOO_LONG),
]
BAD_ABOUT: list[Case] = [
    ("title", "", NEEDED),
    ("title", "x" * 301, TOO_LONG),
    (
        "title",
        "a\x01b",
        ("Esto contiene caracteres que no se pueden guardar", "This contains characters that cannot be kept"),
    ),
    ("starts_on", "31-02-2026", NO_DATE),
    ("starts_on", "2029", ("No puede terminar antes de empezar.", "It cannot end before it starts.")),
    ("ends_on", "en dos años", NO_DATE),
    ("cycle_ends_on", "0024", ("Revise el año", "Please check the year.")),
    ("cycle_ends_on", "2027", ("Esto es antes de que terminen", "This is before the plan's commitments end.")),
    ("foreword", "x" * 20_001, TOO_LONG),
]
BAD_ANSWERS: list[Case] = [
    ("EC01", ["x" * 501], TOO_LONG),
    ("EC01", ["x"] * 101, ("Son más filas", "These are more rows")),
    ("EC02", "x" * 20_001, TOO_LONG),
    ("EC06", "muchos", ("Escriba un número entero", "Please write a whole number.")),
    ("EC07", "-1", ("Escriba un número entre 0 y 1.000.000.", "Please write a number between 0 and 1,000,000.")),
]
BAD_ENDORSEMENTS: list[Case] = [
    ("endorsements_position", ["Presidenta"], ("Complete la fila", "Fill in the whole row")),
    ("endorsements_organisation", ["x" * 301], TOO_LONG),
    ("endorsements_note", "x" * 20_001, TOO_LONG),
    ("attachments", ["x" * 301], TOO_LONG),
]
BAD_COMMITMENT: list[Case] = [
    ("title", "", NEEDED),
    *((name, "x" * 20_001, TOO_LONG) for name in (
        "summary", "problem", "status_quo", "action", "contribution", "long_term_goal", "value_relevance", "resources",
        "additional",
    )),
    ("axis", "x" * 301, TOO_LONG),
    ("starts_on", "mañana", NO_DATE),
    ("ends_on", "mañana", NO_DATE),
    ("values", ["magia"], NOT_OFFERED),
    ("policy_area", "magia", NOT_OFFERED),
    ("sector", "magia", NOT_OFFERED),
    ("institutions_name", ["x" * 301], TOO_LONG),
    ("institutions_role", ["rey"], NOT_OFFERED),
    ("code", "", NEEDED),
    ("code", "C 1", ("Use solo letras, cifras y guiones", "Use letters, figures and hyphens only")),
    ("code", "new", ("Use solo letras, cifras y guiones", "Use letters, figures and hyphens only")),
    ("number", "", NEEDED),
    ("number", "x" * 41, TOO_LONG),
    ("ogp_id", "12", ("Los identificadores de OGP", "OGP's identifiers")),
]  # fmt: skip
BAD_MILESTONE: list[Case] = [
    ("title", "", NEEDED),
    ("indicator", "x" * 20_001, TOO_LONG),
    ("expected_output", "x" * 20_001, TOO_LONG),
    ("starts_on", "2028", ("No puede terminar antes de empezar.", "It cannot end before it starts.")),
    ("starts_on", "mañana", NO_DATE),
    ("due_on", "fin de año", NO_DATE),
    ("responsible_unit", "x" * 301, TOO_LONG),
    ("supporting", ["x" * 501], TOO_LONG),
    ("contact_name", "x" * 201, TOO_LONG),
    ("contact_email", "ana@", ("Esto no es una dirección de correo.", "This is not an e-mail address.")),
    ("contact_email", "ana@example.org", ("Escriba el nombre del contacto", "Write the name of the contact")),
    ("code", "M 1", ("Use solo letras, cifras y guiones", "Use letters, figures and hyphens only")),
]


BAD_VISION: list[Case] = [(f"SV0{number}", "x" * 20_001, TOO_LONG) for number in range(1, 7)]
KEPT = ("additional", "expected_output", "SV06", "EC12", "endorsements_note", "foreword", "title")


async def check_wrong(writer: httpx.AsyncClient, address: str, lang: str, case: Case, **typed: Any) -> None:
    """The wrong value comes back with its message, twice, and with everything else that was typed."""
    name, value, messages = case
    answer = await fill_in(writer, address, **{**typed, name: value})
    said = unescape(answer.text)

    assert answer.status_code == 422, (name, value)
    assert said.count(messages[lang == "en"]) >= 2, (name, value)  # in the summary and beside the field
    for words in (one for key, one in typed.items() if key not in {name, "language"}):
        assert words in said, (name, words)
    if name not in {"values", "policy_area", "sector", "institutions_role", "language"}:
        assert all(words in said for words in (value if isinstance(value, list) else [value])), name


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_plan_begun_wrongly_comes_back(site: Site, cast: Cast, lang: str) -> None:
    client = await site.sign_in(COORDINATOR)
    typed = {"title": "Lo que escribí", "language": "es", "starts_on": "2026", "ends_on": "2028"}

    for case in BAD_PLAN:
        await check_wrong(client, PLANS.format(lang=lang), lang, case, **typed)

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert (await session.scalars(select(Plan.slug))).all() == ["2021-2024"]


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(
    ("path", "cases"),
    [
        ("about/", BAD_ABOUT),
        ("coordination/", BAD_ANSWERS),
        ("vision/", BAD_VISION),
        ("endorsements/", BAD_ENDORSEMENTS),
        ("commitments/new/", BAD_COMMITMENT),
        ("commitments/C1/", BAD_COMMITMENT),
        ("commitments/C1/milestones/new/", BAD_MILESTONE),
        ("commitments/C1/milestones/M1/", BAD_MILESTONE),
    ],
)
async def test_wrong_input_is_said_beside_the_field_and_nothing_is_written(
    writer: httpx.AsyncClient, cast: Cast, *, lang: str, path: str, cases: list[Case]
) -> None:
    before = len(await traces(cast))
    asked = form_in(await writer.get(at(path)))[1]
    typed = {next(name for name in KEPT if name in asked): "Lo que escribí."}
    typed |= {"title": "Un título"} if "title" in asked else {}
    typed |= {"due_on": "06-2027"} if "due_on" in asked else {}

    for case in cases:
        await check_wrong(writer, at(path, lang), lang, case, **typed)

    assert len(await traces(cast)) == before


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


async def test_every_field_of_a_commitment_and_a_milestone_is_kept(writer: httpx.AsyncClient, cast: Cast) -> None:
    texts = ("summary", "problem", "action", "resources", "axis")
    sent = {name: f"Sobre {name}" for name in texts}
    await fill_in(
        writer,
        at("commitments/C1/"),
        **sent,
        values=["access_to_information", "civic_participation"],
        policy_area="open_data",
        institutions_name=["Secpla", "Junta"],
        institutions_role=["lead", "support"],
        ogp_id="CLPLN0009",
    )
    await fill_in(
        writer,
        at("commitments/C1/milestones/M1/"),
        indicator="Actas",
        supporting=["Junta", "Liceo"],
        responsible_unit="Secpla",
        contact_name="Ana Rojas",
        contact_email="ana@example.org",
    )
    commitment = (await the_plan(cast)).commitments[0]
    milestone = commitment.milestones[0]

    assert {name: commitment.content[name]["es"] for name in texts} == sent
    assert commitment.content["values"] == ["access_to_information", "civic_participation"]
    assert [one["role"] for one in commitment.content["institutions"]] == ["lead", "support"]
    assert (commitment.content["ogp_id"], commitment.content["number"]) == ("CLPLN0009", "1")
    assert [one["es"] for one in milestone.content["supporting"]] == ["Junta", "Liceo"]
    assert milestone.contact == {"name": "Ana Rojas", "email": "ana@example.org", "public": False}
    assert "contact" not in milestone.content


async def test_the_record_and_the_public_never_hold_a_contact_who_did_not_agree(
    writer: httpx.AsyncClient, cast: Cast
) -> None:
    step = at("commitments/C1/milestones/M1/")
    await fill_in(writer, step, contact_name="Ana Rojas", contact_email="ana@example.org")
    told = [f"{one.before} {one.after}" for one in await traces(cast)]
    silent = (await writer.get("/es/penalolen/workbench/publish/?plan=2026-2028")).text
    await fill_in(writer, step, contact_public="yes")
    named = (await writer.get("/es/penalolen/workbench/publish/?plan=2026-2028")).text

    assert any("'given': True" in one for one in told)
    assert not any("Ana" in one or "ana@" in one for one in told)
    assert (await the_milestone(cast)).contact == {"name": "Ana Rojas", "email": "ana@example.org", "public": True}
    assert "Instalar la mesa" in silent or "Mesa vecinal" in silent
    assert "Ana Rojas" not in silent
    assert "ana@example.org" not in silent + named


async def test_a_translation_is_marked_when_its_original_changes(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("vision/"), SV01="Una gestión abierta.")
    empty = (await writer.get(at("vision/?text=en"))).text
    await fill_in(writer, at("vision/?text=en"), SV01="An open administration.")
    fresh = (await writer.get(at("vision/?text=en"))).text
    await fill_in(writer, at("vision/"), SV01="Una gestión muy abierta.")
    old = (await writer.get(at("vision/?text=en"))).text
    hub = (await writer.get(at())).text

    assert "Una gestión abierta." in empty  # beside the field that translates it
    mark = "traducción anterior al original"
    assert (mark in fresh, mark in old) == (False, True)
    assert "Una gestión muy abierta." in old
    assert "una más antigua que el original" in hub
    assert "Más antiguo que este texto: English" in (await writer.get(at("vision/"))).text

    await fill_in(writer, at("vision/?text=en"), still="SV01")
    assert mark not in (await writer.get(at("vision/?text=en"))).text
    assert (await the_plan(cast)).content["answers"]["SV01"] == {
        "source": "es", "es": "Una gestión muy abierta.", "en": "An open administration."
    }  # fmt: skip


async def test_a_translation_changes_texts_and_nothing_else(writer: httpx.AsyncClient, cast: Cast) -> None:
    page = form_in(await writer.get(at("commitments/C1/?text=en")))[1]
    await fill_in(writer, at("commitments/C1/?text=en"), title="Neighbours' board", starts_on="2030", code="X")
    commitment = (await the_plan(cast)).commitments[0]

    assert "starts_on" not in page
    assert commitment.title == {"source": "es", "es": "Mesa vecinal", "en": "Neighbours' board"}
    assert (commitment.starts_on, commitment.code) == (None, "C1")


async def test_rows_keep_their_translations_when_one_is_taken_out(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("coordination/"), EC05=["Junta", "Liceo", "Club"])
    await fill_in(writer, at("coordination/?text=en"), EC05=["Board", "School", "Club (sports)"])
    await fill_in(writer, at("coordination/"), EC05=["Junta", "", "Club"])

    assert (await the_plan(cast)).content["answers"]["EC05"] == [
        {"source": "es", "es": "Junta", "en": "Board"},
        {"source": "es", "es": "Club", "en": "Club (sports)"},
    ]


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


async def test_commitments_and_milestones_change_places(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("commitments/new/"), title="Segundo")
    await fill_in(writer, at("commitments/C1/milestones/new/"), title="Otro paso")

    up = await writer.post(at("commitments/C2/move/"), data={"to": "up"})
    await writer.post(at("commitments/C1/milestones/M1/move/"), data={"to": "down"})
    nowhere = await writer.post(at("commitments/C2/move/"), data={"to": "up"})
    wrong = await writer.post(at("commitments/C2/move/"), data={"to": "sideways"})
    plan = await the_plan(cast)

    assert [up.status_code, nowhere.status_code, wrong.status_code] == [303, 303, 422]
    assert [one.code for one in plan.commitments] == ["C2", "C1"]
    assert [one.code for one in plan.commitments[1].milestones] == ["M2", "M1"]


async def test_a_code_is_used_once(writer: httpx.AsyncClient) -> None:
    await fill_in(writer, at("commitments/new/"), title="Segundo")

    new = await fill_in(writer, at("commitments/new/"), title="Tercero", code="c1")
    renamed = await fill_in(writer, at("commitments/C2/"), code="C1")
    step = await fill_in(writer, at("commitments/C1/milestones/new/"), title="Otro", code="m1")

    for answer in (new, renamed, step):
        assert answer.status_code == 422
        assert answer.text.count("Otro de este plan ya tiene este código.") == 2


async def test_only_what_is_empty_is_taken_out(writer: httpx.AsyncClient, cast: Cast) -> None:
    full = await writer.post(at("commitments/C1/remove/"))
    step = await writer.post(at("commitments/C1/milestones/M1/remove/"))
    empty = await writer.post(at("commitments/C1/remove/"))

    assert [full.status_code, step.status_code, empty.status_code] == [409, 303, 303]
    assert "Se sacó del plan." in (await writer.get(empty.headers["location"])).text
    assert (await the_plan(cast)).commitments == []
    assert [one.action for one in await traces(cast)][-2:] == ["milestone.removed", "commitment.removed"]


async def test_what_was_reported_stays(writer: httpx.AsyncClient, cast: Cast) -> None:
    step = (await the_milestone(cast)).id
    report = {"version": "1", "progress": "ongoing", "text": "Se avanzó."}
    await writer.post(f"/es/penalolen/workbench/milestones/{step}/", data=report)

    assert (await writer.post(at("commitments/C1/milestones/M1/remove/"))).status_code == 409
    assert (await the_milestone(cast)).title["es"] == "Instalar la mesa"


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_submitted_plan_changes_only_with_a_reason(site: Site, cast: Cast, lang: str) -> None:
    client = await site.sign_in(COORDINATOR)
    address = f"/{lang}/penalolen/workbench/plans/2021-2024/commitments/C2/"
    page = await client.get(address)

    bare = await fill_in(client, address, ends_on="12-2025")
    said = {"reason": form_in_reason(page), "words": "La obra se atrasó."}
    kept = await fill_in(client, address, ends_on="12-2025", **said)
    other = await fill_in(client, address, headers={"X-Autosave": "yes"}, ends_on="2026", **said)

    assert "data-autosave" not in page.text
    assert bare.status_code == 422
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


async def test_a_submitted_plan_takes_nothing_in_or_out_here(site: Site) -> None:
    client = await site.sign_in(COORDINATOR)
    root = "/es/penalolen/workbench/plans/2021-2024/"

    assert (await client.get(f"{root}commitments/new/")).status_code == 409
    assert (await client.post(f"{root}commitments/C2/move/", data={"to": "up"})).status_code == 409
    assert (await client.post(f"{root}commitments/C2/milestones/M1/remove/")).status_code == 409
    assert "Subir" not in (await client.get(root)).text


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
