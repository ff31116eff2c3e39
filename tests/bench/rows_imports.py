"""Bringing in a large spreadsheet, from the bytes of the file to committed rows."""

import asyncio
from collections.abc import Iterator
from io import BytesIO

import psycopg
from openpyxl import Workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import make_url
from tests.bench.deployment import Deployment, deployment
from tests.bench.harness import Pair, at_most, row, seconds
from tests.factories.cast import Cast, the_cast

from ogpmonitor.imports.columns import MILESTONES
from ogpmonitor.imports.models import ImportState
from ogpmonitor.imports.service import Source, apply, bring_in, compare_file, tell
from ogpmonitor.kit.db import Database
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.plans.writing import NewPlan, begin_plan

ROWS = 10_000


@row(
    "import of a spreadsheet of 10,000 rows",
    floor="the same file read by the library alone, and one COPY",
    goal=at_most(3),
    unit="s",
    rounds=3,
)
def large_import() -> Iterator[Pair]:
    """Measured: read, checked, compared with the plan, written, traced, rolled back. Floor: cells into a bare table."""
    content = _large_sheet()
    with deployment() as deployed, asyncio.Runner() as runner:
        database = Database(deployed.settings.app_url, deployed.settings.public_url, pool_size=1)
        cast = runner.run(the_cast(database))
        with _bare(deployed) as connection:
            yield Pair(
                lambda: [seconds(lambda: runner.run(_import(cast, content)))],
                lambda: [seconds(lambda: _copy(connection, content))],
            )
        runner.run(database.close())


def _large_sheet() -> bytes:
    """One commitment and ten thousand milestones."""
    book = Workbook(write_only=True)
    commitments, milestones = book.create_sheet("Compromisos"), book.create_sheet("Hitos")
    for line in (["commitments", "code", "title_es"], ["", "", ""], ["", "C1", "Uno"]):
        commitments.append(line)
    names = [name for column in MILESTONES for name in column.keys]
    milestones.append(["milestones", *names])
    milestones.append([""])
    for number in range(ROWS):
        cells = {
            "commitment": "C1", "code": f"M{number}", "title_es": f"Hito {number}", "title_en": f"Milestone {number}",
            "indicator_es": "Un indicador que se puede contar", "expected_output_es": "Un producto verificable",
            "starts_on": "2026-01", "due_on": "30-06-2026", "responsible_unit_es": "Dirección de Medio Ambiente",
        }  # fmt: skip
        milestones.append(["", *(cells.get(name, "") for name in names)])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def _import(cast: Cast, content: bytes) -> None:
    """Taken back at the end, so that every round begins with an empty plan."""
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        begun = await begin_plan(session, NewPlan("Medición", "es", slug="medicion"), by=cast.coordinator)
        plan = await get_plan(session, begun.slug)
        compared = compare_file(content, plan, "es")
        source = Source("plan.xlsx", "0" * 64, content)
        brought = await bring_in(session, source, plan.id, rows=ROWS, by=cast.coordinator)
        tell(brought, compared)
        if brought.state != ImportState.READY:
            raise RuntimeError(str(compared.reading.errors[:3]))
        await apply(session, brought, compared, plan, None, state=compared.state, by=cast.coordinator, demo=True)


def _bare(deployed: Deployment) -> psycopg.Connection[tuple[object, ...]]:
    url = make_url(deployed.settings.database_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


def _copy(connection: psycopg.Connection[tuple[object, ...]], content: bytes) -> None:
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Hitos").to_python()
    width = len(rows[0])
    columns = ", ".join(f"c{place} TEXT" for place in range(width))
    connection.execute(f"CREATE TABLE bare ({columns})")  # type: ignore[arg-type]  # a number of columns
    with connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
        for cells in rows[2:]:
            copy.write_row([str(cell) for cell in cells])
    connection.rollback()
