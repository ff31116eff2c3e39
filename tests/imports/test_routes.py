"""Spreadsheets over HTTP: out, in, refused at their cells, applied whole, undone."""

import re
from io import BytesIO

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.sheets import a_sheet, filled, ten_errors
from tests.factories.site import Site

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.imports.models import Import
from ogpmonitor.plans.models import Amendment, Commitment, Milestone

RENCA = "/es/renca/workbench/imports/"
PENALOLEN = "/es/penalolen/workbench/imports/"
GOOD = a_sheet(
    [{"code": "X1", "title_es": "Uno", "title_en": "One", "starts_on": "2026", "ends_on": "09-2027"}],
    [{"commitment": "X1", "code": "M1", "title_es": "Hito", "due_on": "30-06-2026", "supporting_es": "A\nB"}],
)


async def send(client: httpx.AsyncClient, at: str, content: bytes, plan: str, name: str = "plan.xlsx") -> str:
    answer = await client.post(at, data={"plan": plan}, files={"file": (name, content, "application/octet-stream")})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def state_in(page: str) -> str:
    return re.search(r'name="state" value="([0-9a-f]{64})"', page)[1]  # type: ignore[index]  # the page has one


async def written(cast: Cast) -> tuple[int, int, int]:
    """How many commitments, milestones and amendments Peñalolén has."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        tables = (Commitment, Milestone, Amendment)
        found = [await session.scalar(select(func.count()).select_from(table)) for table in tables]
    return int(found[0] or 0), int(found[1] or 0), int(found[2] or 0)


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 401), ("penalolen-coordinator", 200), ("penalolen-contact", 403), ("penalolen-monitor", 403),
        ("maipu-coordinator", 404), ("ogp-staff", 404), ("operator", 404),
    ],
)  # fmt: skip
async def test_only_the_coordinator_brings_files_in(site: Site, persona: str | None, status: int) -> None:
    client = await site.sign_in(persona) if persona else site.client

    assert (await client.get(PENALOLEN)).status_code == status
    assert (await client.get(f"{PENALOLEN}template.xlsx")).status_code == status
    assert (await client.post(PENALOLEN, data={"plan": ""})).status_code == (422 if status == 200 else status)


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_template_has_drop_downs_and_instructions(site: Site, lang: str) -> None:
    client = await site.sign_in("renca-coordinator")

    answer = await client.get(f"/{lang}/renca/workbench/imports/template.xlsx")
    book = load_workbook(BytesIO(answer.content))

    names = {
        "es": ["Instrucciones", "lists", "Compromisos", "Hitos"],
        "en": ["Instructions", "lists", "Commitments", "Milestones"],
    }
    assert book.sheetnames == names[lang]
    rules = [rule.formula1 for rule in book[names[lang][2]].data_validations.dataValidation]
    assert len(rules) == 2
    assert all(rule.startswith("lists!$") for rule in rules)
    assert book[names[lang][2]].row_dimensions[1].hidden


@pytest.mark.parametrize("tenant", ["penalolen", "maipu", "santiago", "renca"])
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_plan_sent_back_unchanged_changes_nothing(site: Site, tenant: str, lang: str) -> None:
    client = await site.sign_in(f"{tenant}-coordinator")
    at = f"/{lang}/{tenant}/workbench/imports/"
    slug = re.search(r"template\.xlsx\?plan=([a-z0-9-]+)", (await client.get(at)).text)[1]  # type: ignore[index]  # each has one

    content = (await client.get(f"{at}template.xlsx?plan={slug}")).content
    page = (await client.get(await send(client, at, content, slug))).text

    nothing = {"es": "El plan dice lo que dice el archivo.", "en": "The plan says what the file says."}
    assert nothing[lang] in page
    assert 'name="state"' not in page


async def test_ten_errors_are_found_at_their_cells_and_nothing_is_written(site: Site, cast: Cast) -> None:
    client, before = await site.sign_in("penalolen-coordinator"), await written(cast)

    page = (await client.get(await send(client, PENALOLEN, ten_errors(), "2021-2024"))).text

    assert "10 errores: no se escribió nada" in page
    cells = ("B4", "B5", "D6", "S7", "U8", "AC9", "B10")
    for cell in (*(f"Compromisos {cell}" for cell in cells), "Hitos K3", "Hitos B4", "Hitos D5"):
        assert f">{cell}<" in page, cell
    assert 'name="state"' not in page
    assert await written(cast) == before


async def test_a_file_is_applied_whole_and_undone(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")
    at = await send(client, RENCA, GOOD, "en-cocreacion")
    seen = (await client.get(at)).text

    applied = await client.post(at, data={"state": state_in(seen)})
    done = (await client.get(at)).text
    again = await client.post(at, data={"state": state_in(seen)})
    unexplained = await client.post(f"{at}undo/", data={"words": ""})
    endless = await client.post(f"{at}undo/", data={"words": "a" * 2001})
    undone = await client.post(f"{at}undo/", data={"words": "Era otra versión."})

    assert "Crear 2 y cambiar 0" in seen
    assert applied.status_code == 303
    assert "Creados: 2. Cambiados: 0. Sin cambio: 0." in done
    assert again.status_code == 409
    assert (unexplained.status_code, endless.status_code, undone.status_code) == (422, 422, 303)
    assert "Diga por qué se deshace." in unexplained.text
    assert "Se deshizo" in (await client.get(at)).text
    assert "X1" not in (await client.get("/es/renca/workbench/")).text


async def test_what_was_written_since_is_not_undone(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")
    first = await send(client, RENCA, GOOD, "en-cocreacion")
    await client.post(first, data={"state": state_in((await client.get(first)).text)})
    other = a_sheet([{"code": "X1", "title_es": "Otro"}])
    second = await send(client, RENCA, other, "en-cocreacion")
    await client.post(second, data={"state": state_in((await client.get(second)).text)})

    answer = await client.post(f"{first}undo/", data={"words": "No."})

    assert answer.status_code == 409
    assert "Algo se cambió después, por eso no se deshizo nada." in answer.text
    assert "No." in answer.text


async def test_a_submitted_plan_is_amended_with_a_reason(site: Site, cast: Cast) -> None:
    client, before = await site.sign_in("penalolen-coordinator"), await written(cast)
    content = filled(
        (await client.get(f"{PENALOLEN}template.xlsx?plan=2021-2024")).content,
        milestones=[{"commitment": "C2", "code": "M99", "title_es": "Otro hito", "due_on": "2024-09"}],
    )
    at = await send(client, PENALOLEN, content, "2021-2024")
    state = state_in((await client.get(at)).text)

    unexplained = await client.post(at, data={"state": state, "reason": "", "words": "Lo que escribí."})
    endless = await client.post(at, data={"state": state, "reason": "correction", "words": "a" * 2001})
    done = await client.post(at, data={"state": state, "reason": "correction", "words": "Faltaba."})

    assert (unexplained.status_code, endless.status_code) == (422, 422)
    assert "Lo que escribí." in unexplained.text
    assert done.status_code == 303, done.text
    assert await written(cast) == (before[0], before[1] + 1, before[2] + 1)


async def test_a_plan_that_changed_since_is_not_overwritten(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")
    first = await send(client, RENCA, GOOD, "en-cocreacion")
    second = await send(client, RENCA, a_sheet([{"code": "X1", "title_es": "Otro"}]), "en-cocreacion")
    state = state_in((await client.get(second)).text)
    await client.post(first, data={"state": state_in((await client.get(first)).text)})

    answer = await client.post(second, data={"state": state})

    assert answer.status_code == 409
    assert "El plan cambió desde que usted miró." in answer.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04rota", "Esta planilla no se puede abrir."),
        ("a.txt", b"hola", "Este archivo no es de un tipo que se pueda leer."),
        ("a.json", b'{"commitments": 3}', "Este archivo no es JSON legible."),
    ],
)
async def test_a_file_that_cannot_be_read_is_said_beside_the_field(
    site: Site, name: str, content: bytes, said: str
) -> None:
    client = await site.sign_in("renca-coordinator")

    answer = await client.post(RENCA, data={"plan": "en-cocreacion"}, files={"file": (name, content, "text/plain")})

    assert answer.status_code == 422
    assert answer.text.count(said) == 2
    assert '<option value="en-cocreacion" selected>' in answer.text


async def test_a_formula_is_only_words(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")
    at = await send(client, RENCA, a_sheet([{"code": "X1", "title_es": "Uno"}]), "en-cocreacion")
    await client.post(at, data={"state": state_in((await client.get(at)).text)})
    content = filled((await client.get(f"{RENCA}template.xlsx?plan=en-cocreacion")).content)
    words = b"id;parent/id;title/es\n9;;=1+1\n"
    at = await send(client, RENCA, words, "en-cocreacion", "a.csv")
    await client.post(at, data={"state": state_in((await client.get(at)).text)})

    book = load_workbook(BytesIO((await client.get(f"{RENCA}template.xlsx?plan=en-cocreacion")).content))

    cells = [cell for row in book["Compromisos"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert content
    assert [cell.data_type for cell in cells] == ["s"]


async def test_another_tenants_import_is_not_found(site: Site, cast: Cast) -> None:
    client, neighbour = await site.sign_in("renca-coordinator"), await site.sign_in("maipu-coordinator")
    at = await send(client, RENCA, GOOD, "en-cocreacion")

    assert (await neighbour.get(at.replace("renca", "maipu"))).status_code == 404
    async with cast.at("maipu", cast.neighbour) as session:
        assert (await session.scalars(select(Import))).all() == []


async def test_the_list_costs_the_same_for_one_and_many_imports(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")
    await send(client, RENCA, GOOD, "en-cocreacion")
    await client.get(RENCA)
    with counted() as few:
        await client.get(RENCA)
    for _ in range(5):
        await send(client, RENCA, GOOD, "en-cocreacion")
    with counted() as many:
        await client.get(RENCA)

    assert len(many) == len(few)


async def test_each_step_leaves_its_trace(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    at = await send(client, PENALOLEN, a_sheet([{"code": "X1", "title_es": "Uno"}]), "2021-2024")
    data = {"state": state_in((await client.get(at)).text), "reason": "correction", "words": "Sí."}
    await client.post(at, data=data)

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        traces = (await session.scalars(select(AuditRecord.action).order_by(AuditRecord.at.desc()).limit(3))).all()
    assert set(traces) == {"import.applied", "commitment.amended", "import.brought"}
