"""Mistakes in writing a plan over HTTP: what is said beside each field, and that nothing typed is lost or written."""

from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.forms import fill_in, form_in
from tests.factories.site import Site
from tests.factories.writing import COORDINATOR, PLANS, at, traces

from ogpmonitor.plans.models import Plan

Case = tuple[str, Any, tuple[str, str]]  # a field, what is typed, and what is said about it in Spanish and English
NO_DATE = ("Esto no es una fecha.", "This is not a date.")
TOO_LONG = ("Es demasiado largo.", "This is too long.")
NEEDED = ("Complete este campo", "Please fill this in.")
NOT_OFFERED = ("Elija una de las opciones", "Please choose one of the options.")
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
