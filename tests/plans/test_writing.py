"""Writing plans as services: who may, what leaves a trace, and what a form would change before it is written."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.factories.cast import Cast

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.forms import Form
from ogpmonitor.plans.asking import COMMITMENT, sections
from ogpmonitor.plans.completeness import Translations, part_of
from ogpmonitor.plans.drafting import draft_of
from ogpmonitor.plans.models import Commitment, Plan, PlanStatus
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.plans.schemas_writing import form_for
from ogpmonitor.plans.writing import NewPlan, begin_plan, free_slug, set_fields
from ogpmonitor.plans.writing_commitments import begin_commitment, next_code

TITLE = {"source": "es", "es": "Segundo plan"}
LEADS = [{"name": {"source": "es", "es": "Secpla", "en": "Planning"}, "role": "lead"}]


def a_plan(**content: Any) -> Plan:
    return Plan(title=TITLE, source_language="es", status=PlanStatus.COCREATION, content=content, version=1)


def drafted(row: Any, asked: Any, sent: dict[str, Any], lang: str = "es") -> dict[str, Any]:
    form = Form.of(form_for(tuple(asked)), sent)
    assert form.value is not None, form.errors
    return draft_of(row, asked, form.value, lang, is_original=lang == "es")


async def test_what_is_written_leaves_old_and_new_in_the_record(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await begin_plan(session, NewPlan("Segundo plan", "es"), by=cast.coordinator)
        answer = {"source": "es", "es": "Abrir."}
        changed = await set_fields(
            session, plan, {"SV01": answer, "starts_on": "2026", "title": TITLE}, by=cast.coordinator, version=1
        )
        again = await set_fields(session, plan, {"SV01": answer}, by=cast.coordinator, version=2)
        records = (await session.scalars(select(AuditRecord).where(AuditRecord.subject_id == plan.id))).all()
        told = {one.action: one.after for one in records}

    assert changed == {"SV01": (None, answer), "starts_on": (None, "2026")}
    assert again == {}
    assert told["plan.written"] == {"SV01": answer, "starts_on": "2026"}


async def test_nobody_writes_over_what_they_did_not_read(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await begin_plan(session, NewPlan("Segundo plan", "es"), by=cast.coordinator)
        await set_fields(session, plan, {"starts_on": "2026"}, by=cast.coordinator, version=1)
        with pytest.raises(Conflict):
            await set_fields(session, plan, {"starts_on": "2027"}, by=cast.coordinator, version=1)

    assert plan.starts_on == "2026"


@pytest.mark.parametrize("who", ["contact", "monitor", "operator", "ogp_staff", "citizen"])
async def test_only_the_coordinator_may_write(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, "2021-2024")
        with pytest.raises(NotPermitted):
            await begin_plan(session, NewPlan("Otro", "es"), by=actor)
        with pytest.raises(NotPermitted):
            await set_fields(session, plan, {"starts_on": "2030"}, by=actor, version=plan.version)
        with pytest.raises(NotPermitted):
            await begin_commitment(session, plan, {"title": TITLE}, by=actor, demo=True)


async def test_a_submitted_plan_takes_no_commitment_without_an_amendment(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, "2021-2024")
        with pytest.raises(Conflict):
            await begin_commitment(session, plan, {"title": TITLE}, by=cast.coordinator, demo=True)


async def test_a_code_is_taken_once_whatever_its_capitals(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        await begin_plan(session, NewPlan("Segundo plan", "es"), by=cast.coordinator)
        plan = await get_plan(session, "segundo-plan")
        await begin_commitment(session, plan, {"title": TITLE}, by=cast.coordinator, demo=True)
        with pytest.raises(Invalid) as refused:
            await begin_commitment(session, plan, {"title": TITLE, "code": "c1"}, by=cast.coordinator, demo=True)

    assert refused.value.facts["field"] == "code"


@pytest.mark.parametrize(
    ("title", "taken", "slug"),
    [
        ("Plan de Ñuñoa: ¡vamos!", set(), "plan-de-nunoa-vamos"),
        ("¿¡…!?", set(), "plan"),
        ("Plan", {"plan", "plan-2"}, "plan-3"),
        ("Largo " * 30, set(), "-".join(["largo"] * 9)),
        ("x" * 90, set(), "x" * 56),
    ],
)
def test_an_address_is_made_of_the_title(title: str, taken: set[str], slug: str) -> None:
    assert free_slug(NewPlan(title, "es"), taken) == slug


def test_codes_go_on_where_they_ended() -> None:
    assert next_code("C", []) == "C1"
    assert next_code("C", ["CLPLN0002", "C2", "C3"]) == "C4"
    assert next_code("M", ["m7"]) == "M8"


def test_a_form_that_says_the_same_changes_nothing() -> None:
    row = Commitment(title=TITLE, code="C1", content={"number": "1", "institutions": LEADS}, version=1)
    sent = {
        "title": "Segundo plan",
        "code": "C1",
        "number": "1",
        "institutions_name": ["Secpla", "", ""],
        "institutions_role": ["lead", "involved", "involved"],
    }

    assert drafted(row, COMMITMENT, sent) == {}


def test_a_new_word_leaves_the_translation_outdated_and_a_new_translation_mends_it() -> None:
    row = Commitment(title=TITLE, code="C1", content={"number": "1", "institutions": LEADS}, version=1)
    same = {"title": "Segundo plan", "code": "C1", "number": "1"}
    changed = drafted(row, COMMITMENT, {**same, "institutions_name": ["Secplan"], "institutions_role": ["lead"]})
    row.content = {**row.content, **changed}
    asked = [one for one in COMMITMENT if one.is_localised]
    mended = drafted(row, asked, {"title": "", "institutions_name": ["Planning unit"]}, "en")

    assert changed["institutions"][0]["name"]["outdated"] == ["en"]
    assert part_of(row, "C1", COMMITMENT, ["es", "en"]).translations == {"en": Translations(1, 1)}
    assert mended["institutions"] == [
        {"name": {"source": "es", "es": "Secplan", "en": "Planning unit"}, "role": "lead"}
    ]


def test_rows_that_change_places_keep_their_translations() -> None:
    texts = [{"source": "es", "es": one, "en": two} for one, two in (("Junta", "Board"), ("Liceo", "School"))]
    plan = a_plan(answers={"EC05": texts})
    asked = [one for one in sections()["coordination"] if one.name == "EC05"]

    assert drafted(plan, asked, {"EC05": ["Liceo", "Junta"]}) == {"EC05": texts[::-1]}
    assert drafted(plan, asked, {"EC05": ["", ""]}) == {"EC05": None}
    assert drafted(plan, asked, {"EC05": ["Nueva", "Junta", "Liceo"]})["EC05"][1:] == texts


def test_what_is_left_to_the_other_stays() -> None:
    plan = a_plan(answers={"SV01": {"source": "es", "es": "Lo de ella."}})
    asked = sections()["vision"]
    form = Form.of(form_for(tuple(asked)), {"SV01": "Lo mío.", "SV02": "También mío."})
    assert form.value is not None

    draft = draft_of(plan, asked, form.value, "es", is_original=True, leave=["SV01"])

    assert list(draft) == ["SV02"]
