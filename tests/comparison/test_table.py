"""Rows, their order, their sum, and the same as a file."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ogpmonitor.comparison.queries import PlanInNumbers
from ogpmonitor.comparison.spreadsheet import to_csv
from ogpmonitor.comparison.table import Jurisdiction, Row, months_between, row_of, sorted_rows, total_of
from ogpmonitor.kit.cells import safe
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.forms import load_method

TODAY = date(2024, 6, 1)


def a_jurisdiction(name: str = "Ñuñoa", **given: Any) -> Jurisdiction:
    default: dict[str, Any] = {
        "slug": "x",
        "name": Localized.of("es", es=name),
        "is_member": True,
        "status": Localized.of("es", es="Miembro"),
        "zone": ZoneInfo("America/Santiago"),
        "today": TODAY,
    }
    return Jurisdiction(**default | given)


def numbers(**given: Any) -> PlanInNumbers:
    default: dict[str, Any] = {
        "jurisdiction": "x", "plan": "2023-2025", "edition_number": 1, "edition_sha256": "0" * 64,
        "editions_published_at": datetime(2024, 1, 1, tzinfo=UTC), "reported_at": datetime(2024, 5, 1, tzinfo=UTC),
        "status": "submitted", "title_en": "A plan", "title_es": "Un plan", "starts_on": None,
        "ends_on": date(2025, 12, 31), "commitments": 2, "ratings": {}, "milestones": 4, "completed": 2,
        "withdrawn": 0, "late": 0, "undated": 0, "demo": False,
    }  # fmt: skip
    return PlanInNumbers(**default | given)


def a_row(name: str = "Ñuñoa", **given: Any) -> Row:
    return row_of(a_jurisdiction(name), numbers(**given), load_deadlines().publication)


def names(rows: list[Row]) -> list[str]:
    return [row.who.name.in_("es") for row in rows]


def test_rows_sort_by_name_without_accents() -> None:
    rows = [a_row("Zapallar"), a_row("Ñuñoa"), a_row("Ñiquén"), a_row("Olmué")]

    assert names(sorted_rows(rows, "name", "ascending", "es")) == ["Ñiquén", "Ñuñoa", "Olmué", "Zapallar"]


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_rows_of_which_it_cannot_be_said_come_last_either_way(order: Any) -> None:
    silent = row_of(a_jurisdiction("Aysén"), None, load_deadlines().publication)
    rows = [silent, a_row("Uno", late=1), a_row("Dos", late=2), a_row("Sin hitos", milestones=0)]

    assert set(names(sorted_rows(rows, "late", order, "es"))[2:]) == {"Aysén", "Sin hitos"}


def test_completed_sorts_by_the_share_of_what_counts() -> None:
    rows = [a_row("Mitad", milestones=4, completed=2), a_row("Todos", milestones=3, completed=1, withdrawn=2)]

    assert names(sorted_rows(rows, "completed", "descending", "es")) == ["Todos", "Mitad"]


def test_information_is_stale_after_four_months_while_the_plan_runs() -> None:
    assert not a_row(reported_at=datetime(2024, 2, 1, 12, tzinfo=UTC)).is_stale
    assert a_row(reported_at=datetime(2024, 1, 31, 12, tzinfo=UTC)).is_stale
    assert not a_row(reported_at=datetime(2023, 6, 1, tzinfo=UTC), ends_on=date(2023, 9, 30)).is_stale
    assert not a_row(reported_at=None).is_stale


def test_the_day_of_a_report_is_the_day_it_was_there() -> None:
    assert a_row(reported_at=datetime(2024, 5, 1, 2, tzinfo=UTC)).reported_on == date(2024, 4, 30)
    assert months_between(date(2024, 4, 30), TODAY) == 1


def test_the_sum_adds_what_is_known_and_counts_who_is_silent() -> None:
    rows = [
        a_row("Uno", ratings={"limited": 1}, withdrawn=1),
        a_row("Dos", ratings={"limited": 1, "complete": 1}, late=3),
        row_of(a_jurisdiction("Tres"), None, load_deadlines().publication),
    ]

    total = total_of(rows)

    assert (total.rows, total.published, total.commitments, total.base, total.late) == (3, 2, 4, 7, 3)
    assert (total.ratings, total.assessed) == ({"limited": 2, "complete": 1}, 3)


def test_the_file_says_what_the_rows_say_in_numbers() -> None:
    rows = [a_row("Uno", ratings={"substantial": 1}), row_of(a_jurisdiction("Dos"), None, load_deadlines().publication)]
    scale = load_method().scale("completion")

    written = to_csv(rows, total_of(rows), scale, "es")

    told = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert written.startswith(b"\xef\xbb\xbf")
    assert [row["Jurisdicción"] for row in told] == ["Uno", "Dos", "Suma de las filas anteriores"]
    assert [row["Número de hitos"] for row in told] == ["4", "", "4"]
    assert [row["Evaluado: Sustancial"] for row in told] == ["1", "", "1"]
    assert [row["Evaluado: no evaluado"] for row in told] == ["1", "", "1"]
    assert "Rated: Substantial" in to_csv(rows, total_of(rows), scale, "en").decode()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_of_the_file_is_run_as_a_formula(name: str) -> None:
    hostile = replace(a_row(), who=a_jurisdiction(name))

    written = to_csv([hostile], total_of([hostile]), load_method().scale("completion"), "es").decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    assert f"'{name}" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert safe(-3) == "-3"
