"""`assessments/service.py` and `publishing.py`: what a monitor does, and what is refused."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.factories.assessments import (
    LINK,
    PENALOLEN,
    PLAN,
    a_draft,
    a_filled_draft,
    a_published_assessment,
    full_answers,
)
from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.assessments import publishing, queries, service
from ogpmonitor.assessments.declaring import NO_CONFLICT
from ogpmonitor.assessments.models import AssessmentStatus
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.assessments.service import Attachments
from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.errors import Conflict, DomainError, Invalid, NotFound, NotPermitted
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.method.conditions import CITE_VERDICT, EXPLAIN
from ogpmonitor.register.assessment_documents import Rating
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import CommitmentFact, EvidenceReceipt
from ogpmonitor.register.queries import published_plan
from ogpmonitor.register.verify import verify_register
from ogpmonitor.settings import Settings


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage.at(settings.files_url)


async def actions(cast: Cast, who: Actor, *about: UUID) -> list[str]:
    """What the audit record says of these assessments, as `who` may read it."""
    async with cast.at(PENALOLEN, who, read_only=True) as session:
        statement = select(AuditRecord.action).where(AuditRecord.subject_id.in_(about)).order_by(AuditRecord.at)
        return list(await session.scalars(statement))


async def test_start_binds_a_draft_to_the_newest_edition_and_form(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor)
        published = await published_plan(session, PENALOLEN, PLAN)

    assert (draft.form, draft.form_version, draft.commitment) == ("end-of-commitment", 1, "CLPLN0002")
    assert (draft.status, draft.edition_sha256, draft.demo) == ("draft", published.edition.sha256, True)


async def test_start_a_second_time_opens_the_first(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        first = await a_draft(session, cast.monitor, commitment="CLPLN0002")
        again = await a_draft(session, cast.monitor, commitment="clpln0002")
        other = await a_draft(session, cast.monitor, commitment="C3")

    assert again.id == first.id != other.id
    assert await actions(cast, cast.monitor, first.id, other.id) == ["assessment.started"] * 2


async def test_start_by_two_at_once_makes_one_draft(cast: Cast) -> None:
    async def begin() -> UUID:
        async with cast.at(PENALOLEN, cast.monitor) as session:
            return (await a_draft(session, cast.monitor)).id

    begun = await asyncio.gather(begin(), begin())

    assert begun[0] == begun[1]


@pytest.mark.parametrize("who", ["coordinator", "contact", "operator", "ogp_staff", "citizen"])
async def test_start_refuses_everyone_but_a_monitor(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)

    async with cast.at(PENALOLEN, actor) as session:
        with pytest.raises(NotPermitted):
            await a_draft(session, actor)


async def test_start_refuses_what_the_form_is_not_about(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        for form, commitment in (("end-of-commitment", None), ("inception", "C2"), ("nonsense", None)):
            with pytest.raises(NotFound):
                await a_draft(session, cast.monitor, form=form, commitment=commitment)
        with pytest.raises(NotFound):
            await a_draft(session, cast.monitor, commitment="C99")


async def test_save_draft_keeps_answers_and_clears_what_is_not_asked(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
        answers = full_answers(sheet, **{"EOC2.1.1": Given("not_applicable", "nada", "nadie", (LINK,))})
        await service.save_draft(session, sheet, answers, version=2, evaluator="Ente", by=cast.monitor)
        kept = (await queries.get_sheet(session, PENALOLEN, sheet.assessment.id)).answers

    assert kept["EOC2.1.1"] == Given("not_applicable")
    assert "EOC2.1.1D" not in kept
    assert kept["EOC1.1"] == answers["EOC1.1"]


async def test_save_draft_saying_the_same_leaves_no_trace(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
    before = await actions(cast, cast.monitor, sheet.assessment.id)

    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, sheet.assessment.id)
        saved = await service.save_draft(
            session, sheet, sheet.answers, version=sheet.assessment.version, evaluator="Ente", by=cast.monitor
        )

    assert saved.version == 2
    assert (
        await actions(cast, cast.monitor, sheet.assessment.id) == before == ["assessment.started", "assessment.saved"]
    )


async def test_save_draft_refuses_a_version_that_was_not_read(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)

        with pytest.raises(Conflict):
            await service.save_draft(session, sheet, {}, version=1, evaluator="Ente", by=cast.monitor)


async def test_save_draft_refuses_what_is_no_choice_and_keeps_nothing(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
        before = sheet.answers
        for wrong in ({"EOC1.1": Given("splendid")}, {"EOC9.9": Given("yes")}, {"EOC1.2": Given("x" * 20_001)}):
            with pytest.raises(Invalid):
                await service.save_draft(session, sheet, wrong, version=2, evaluator="Ente", by=cast.monitor)

        kept = (await queries.get_sheet(session, PENALOLEN, sheet.assessment.id)).answers

    assert kept == before


async def test_save_draft_takes_files_only_where_they_are_asked_for(cast: Cast, storage: Storage) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
        uploads = {"EOC1.1": [Upload("acta.txt", b"uno")], "EOC1.2": [Upload("b.txt", b"dos")]}
        uploads["EOC2.1.2"] = [Upload("c.txt", b"tres")]  # not applicable
        attachments = Attachments(storage, 1000, uploads)
        await service.save_draft(
            session, sheet, sheet.answers, version=2, evaluator="Ente", by=cast.monitor, attachments=attachments
        )
        files = list(await session.scalars(select(Evidence.file_name).where(Evidence.voice == "monitor")))

    assert files == ["acta.txt"]
    assert sheet.answers["EOC1.1"].citations[-1].file_name == "acta.txt"


async def test_discard_takes_the_answers_along(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
        await service.discard(session, sheet.assessment, version=2, by=cast.monitor)
        count = text("SELECT count(*) FROM workbench.assessment_answers WHERE assessment_id = :id")
        left = (await session.execute(count, {"id": sheet.assessment.id})).scalar_one()

    assert left == 0
    assert await actions(cast, cast.monitor, sheet.assessment.id) == [
        "assessment.started",
        "assessment.saved",
        "assessment.discarded",
    ]


async def test_publish_refuses_a_verdict_without_evidence(cast: Cast, key: SigningKey) -> None:
    answers = full_answers() | {"EOC1.1": Given("complete", "Todo."), "EOC2.2": Given("yes")}
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor, answers)

        found = [(one.key, one.message) for one in publishing.publication_problems(sheet)]
        with pytest.raises(Invalid):
            await publishing.publish(session, sheet, version=2, key=key, by=cast.monitor)

    assert found == [("EOC1.1", CITE_VERDICT), ("EOC2.2", EXPLAIN)]


async def test_publish_makes_an_edition_in_the_monitors_voice(cast: Cast, key: SigningKey, storage: Storage) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        before = await published_plan(session, PENALOLEN, PLAN)
        sheet = await a_filled_draft(session, cast.monitor, storage=storage)
        edition = await publishing.publish(session, sheet, version=2, key=key, by=cast.monitor)
    async with cast.database.register_session() as register:
        after = await published_plan(register, PENALOLEN, PLAN)
        fact = (await register.scalars(select(CommitmentFact).where(CommitmentFact.code == "CLPLN0002"))).one()
        receipts = list(
            await register.scalars(
                select(EvidenceReceipt).where(
                    EvidenceReceipt.edition_sha256 == edition.sha256, EvidenceReceipt.file_name == "acta.txt"
                )
            )
        )
        verdict = await verify_register(register)

    (document,) = after.assessments_of("CLPLN0002")
    assert (edition.voice, edition.number) == ("monitor", before.edition.number + 1)
    assert (after.plan, after.commitments) == (before.plan, before.commitments)
    assert (document.code, document.evaluator, document.language) == ("end-of-commitment:CLPLN0002", "Ente", "es")
    assert (document.assessed_edition.number, document.demo) == (before.edition.number, True)
    assert document.ratings == (
        Rating(measures="completion", code="substantial"),
        Rating(measures="implemented_as_planned", code="planned_most"),
        Rating(measures="diog", value="access_to_information", code="marginal"),
        Rating(measures="diog", value="civic_participation", code="not_applicable"),
        Rating(measures="diog", value="public_accountability", code="not_applicable"),
    )
    assert (fact.completion, fact.best_degree) == ("substantial", "marginal")
    own = document.answers[0].citations[-1]
    assert [(one.sha256, one.restricted) for one in receipts] == [(own.sha256, False)]
    assert await storage.get(blob_name(own.sha256 or "")) == b"Acta reservada del ente"
    assert verdict.findings == ()


async def test_publish_marks_the_assessment_in_the_same_transaction(cast: Cast, key: SigningKey) -> None:
    async with cast.rehearsal(PENALOLEN, cast.monitor) as session:  # rolled back: neither is left
        await a_published_assessment(session, cast.monitor, key)

    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        assert [one.commitment for one in await queries.list_assessments(session)] == ["C2"]  # the demo's
        assert (await published_plan(session, PENALOLEN, PLAN)).assessments_of("CLPLN0002") == []


async def test_published_assessments_are_never_changed_deleted_or_published_again(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet, _ = await a_published_assessment(session, cast.monitor, key)
    assessment = sheet.assessment
    by, version = cast.monitor, assessment.version

    async with cast.at(PENALOLEN, cast.monitor) as session:
        with pytest.raises(Conflict):
            await service.save_draft(session, sheet, {}, version=version, evaluator="Otro", by=by)
        with pytest.raises(Conflict):
            await service.discard(session, assessment, version=version, by=by)
        with pytest.raises(Conflict):
            await publishing.publish(session, sheet, version=version, key=key, by=by)
        again = await a_draft(session, cast.monitor)

    assert (again.id, again.status) == (assessment.id, AssessmentStatus.PUBLISHED)


async def test_publish_refuses_what_nobody_reviewed(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)

        with pytest.raises(Conflict):
            await publishing.publish(session, sheet, version=1, key=key, by=cast.monitor)


@pytest.mark.parametrize("who", ["coordinator", "contact", "operator", "ogp_staff", "neighbour_monitor", "citizen"])
async def test_nobody_else_finds_the_draft(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)

    async with cast.at(PENALOLEN, actor) as session:
        with pytest.raises(NotFound):
            await queries.get_sheet(session, PENALOLEN, sheet.assessment.id)
        assert {one.status for one in await queries.list_assessments(session)} <= {AssessmentStatus.PUBLISHED}


@pytest.mark.parametrize("who", ["coordinator", "contact", "operator", "ogp_staff"])
async def test_nobody_else_may_save_discard_or_publish(cast: Cast, key: SigningKey, who: str) -> None:
    actor = getattr(cast, who)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)

    async with cast.at(PENALOLEN, actor) as session:
        with pytest.raises(NotPermitted):
            await service.save_draft(session, sheet, {}, version=2, evaluator="x", by=actor)
        with pytest.raises(NotPermitted):
            await service.discard(session, sheet.assessment, version=2, by=actor)
        with pytest.raises(NotPermitted):
            await publishing.publish(session, sheet, version=2, key=key, by=actor)


async def test_audit_tells_no_answers_and_no_government_that_there_is_a_draft(cast: Cast, storage: Storage) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor, storage=storage)
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        records = list(await session.scalars(select(AuditRecord)))
    async with cast.at(PENALOLEN, cast.coordinator, read_only=True) as session:
        seen = {record.action for record in await session.scalars(select(AuditRecord))}

    told = " ".join(str((record.before, record.after, record.reason)) for record in records)
    assert {record.action for record in records} >= {"assessment.started", "assessment.saved", "evidence.submitted"}
    assert "Casi todo se hizo." not in told
    assert "substantial" not in told
    assert seen == {action for action in seen if not action.startswith("assessment.")} != set()
    assert sheet.assessment.status == "draft"


async def test_a_newer_edition_is_told_and_whether_it_changed_what_is_assessed(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor)
        assert (await queries.get_sheet(session, PENALOLEN, draft.id)).newest is None
        await a_published_assessment(session, cast.monitor, key, commitment="C3")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)

    assert sheet.newest is not None
    assert sheet.newest.edition.number == sheet.published.edition.number + 1
    assert not sheet.has_changed_since


async def test_refusals_are_facts_of_the_domain(cast: Cast) -> None:
    async with cast.at("renca", cast.monitor) as session:
        published = await published_plan(session, "renca", "en-cocreacion")
        with pytest.raises(DomainError) as refused:
            await service.start(
                session,
                published,
                service.latest_form("inception"),
                commitment=None,
                evaluator="",
                declared=NO_CONFLICT,
                by=cast.monitor,
            )

    assert refused.value.code == "plan.in_cocreation"
