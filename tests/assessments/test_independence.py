"""Nobody in the government or the platform can read, write, alter, drop or delay what the monitor finds.

Every attempt is SQL as the application's role, sealed as the attacker would be: what stops it is the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import (
    PENALOLEN,
    PLAN,
    a_filled_draft,
    a_published_assessment,
    a_second_review,
    a_sent_assessment,
)
from tests.factories.attempts import ATTEMPTS, Scene, insert_edition
from tests.factories.cast import Cast
from tests.factories.states import an_access, another_operator

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.models import Membership, Person, Role
from ogpmonitor.assessments.models import AssessmentNote
from ogpmonitor.assessments.queries import get_sheet
from ogpmonitor.audit.refusals import note_refusal
from ogpmonitor.kit.db import OWNER_ROLE, owner_session, seal, utc_now
from ogpmonitor.kit.storage import Storage
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.register.documents import ManifestEntry
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan
from ogpmonitor.register.service import Address, append_edition
from ogpmonitor.replies.service import reply
from ogpmonitor.settings import Settings

ATTACKERS = (
    "coordinator", "contact", "viewer", "operator", "ogp_staff", "neighbour", "neighbour_monitor", "former_monitor",
    "support", "nobody",
)  # fmt: skip


REFUSALS = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)


@pytest.fixture
async def scene(cast: Cast, settings: Settings, key: SigningKey) -> Scene:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        finished, _ = await a_published_assessment(session, cast.monitor, key, commitment="C3")
        sheet = await a_filled_draft(
            session, cast.monitor, commitment="CLPLN0002", storage=Storage.at(settings.files_url)
        )
        published = await published_plan(session, PENALOLEN, PLAN)
        session.add(
            AssessmentNote(assessment_id=sheet.assessment.id, question="EOC1.1", words="?", written_at=utc_now())
        )
        await note_refusal(session, "assessment:read", method="GET", path="/", by=cast.monitor)
        sent = await a_sent_assessment(session, cast.monitor)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        received = await get_sheet(session, PENALOLEN, sent.assessment.id)
        await reply(session, received, {next(iter(received.answers)): "Se hizo más."}, by=cast.coordinator)
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        await a_second_review(session, sheet.assessment.id, cast.second_monitor)
    answer = next(row for row in sheet.assessment.answers if row.question == "EOC1.1")
    own = next(citation for citation in answer.citations if citation["kind"] == "file")
    (document,) = published.assessments_of("C3")
    return Scene(
        cast,
        key,
        await _people(cast, settings),
        sheet.assessment.id,
        answer.id,
        UUID(own["evidence_id"]),
        own["sha256"],
        finished.assessment.id,
        sent.assessment.id,
        published,
        document,
    )


async def _people(cast: Cast, settings: Settings) -> Mapping[str, Actor]:
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011  the database counts in its own day
    viewer, former = Actor(uuid4(), "Viewer", Role.VIEWER), Actor(uuid4(), "Former", None)
    async with owner_session(settings.database_url) as session:
        session.add_all([Person(id=viewer.id, name="Viewer"), Person(id=former.id, name="Former")])
        await session.flush()
        await seal(session, cast.tenant_ids[PENALOLEN], None)
        mandate = await session.scalar(select(Mandate.id).where(Mandate.demo))
        begun = date(2021, 1, 1)
        session.add(Membership(person_id=viewer.id, role="viewer", starts_on=begun))
        session.add(
            Membership(person_id=former.id, role="monitor", starts_on=begun, ends_on=yesterday, mandate_id=mandate)
        )
        await session.flush()
    helper = await another_operator(settings)
    await an_access(cast, by=helper)
    return {
        "support": helper,
        "coordinator": cast.coordinator,
        "contact": cast.contact,
        "viewer": viewer,
        "operator": cast.operator,
        "ogp_staff": cast.ogp_staff,
        "neighbour": cast.neighbour,
        "neighbour_monitor": cast.neighbour_monitor,
        "former_monitor": former,
        "nobody": STRANGER,
    }


async def _try(scene: Scene, name: str, who: Actor, tenant: str = PENALOLEN) -> str:
    """What came of it: "refused", "nothing", or how many rows."""
    try:
        async with scene.cast.rehearsal(tenant, who) as session:
            done = await ATTEMPTS[name](session, scene)
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # what waits for the commit
            return str(done) if done else "nothing"
    except DBAPIError as error:
        return "refused" if isinstance(error.orig, REFUSALS) else f"{error.orig!r}"


@pytest.mark.parametrize("attacker", ATTACKERS)
async def test_nobody_else_can_read_write_alter_drop_or_publish_an_assessment(scene: Scene, attacker: str) -> None:
    who = scene.people[attacker]

    table = {name: await _try(scene, name, who) for name in ATTEMPTS}

    assert {name: outcome for name, outcome in table.items() if outcome not in {"refused", "nothing"}} == {}


@pytest.mark.parametrize("attacker", ["neighbour", "neighbour_monitor"])
async def test_nobody_reaches_over_from_the_tenant_next_door(scene: Scene, attacker: str) -> None:
    who = scene.people[attacker]
    own = {
        "insert_draft", "submit_as_monitor", "insert_assessment_document", "find_draft_in_jobs", "read_private_note",
        "read_declarations", "recuse_the_monitor", "end_the_mandate", "read_the_refusals",
    }  # fmt: skip

    table = {name: await _try(scene, name, who, "maipu") for name in ATTEMPTS if name not in own}

    assert {name: outcome for name, outcome in table.items() if outcome not in {"refused", "nothing"}} == {}


async def test_the_monitor_itself_cannot_alter_what_it_published(scene: Scene) -> None:
    final = {
        "alter_published", "reopen_published", "alter_published_rating", "delete_published", "alter_the_register",
        "delete_from_the_register", "slip_an_entry_into_an_edition", "let_anyone_fetch_the_own_file",
        "alter_what_was_sent", "publish_what_was_sent", "take_back_what_was_sent", "delete_what_was_sent",
        "stretch_the_window", "drop_the_window", "rewrite_the_mandate", "shorten_the_cooling_off",
        "read_second_answers", "hand_in_the_second_review", "change_the_finding_of_a_reply", "forget_the_refusals",
        "drop_the_assessment", "change_the_rating_in_the_facts", "insert_assessment_as_a_commitment",
    }  # fmt: skip

    table = {name: await _try(scene, name, scene.cast.monitor) for name in sorted(final)}

    assert {name: outcome for name, outcome in table.items() if outcome not in {"refused", "nothing"}} == {}


async def test_the_attempts_would_succeed_for_whom_they_are_meant(scene: Scene) -> None:
    """Otherwise the table above would prove nothing."""
    own = (
        "read_draft", "count_drafts_by_their_answers", "read_own_file", "read_trace_of_draft", "insert_draft",
        "insert_rating", "update_draft", "update_rating", "delete_draft", "delete_rating", "alter_own_file",
        "submit_as_monitor", "write_trace_as_monitor", "insert_assessment_document", "publish_in_the_monitors_voice",
        "read_private_note", "write_private_note", "read_declarations", "read_second_review",
        "ask_in_the_monitors_name", "send_the_draft_for_comment", "end_the_mandate", "read_the_refusals",
    )  # fmt: skip

    table = {name: await _try(scene, name, scene.cast.monitor) for name in own}

    assert {name: outcome for name, outcome in table.items() if outcome in {"refused", "nothing"}} == {}


async def test_the_monitor_cannot_write_a_document_of_the_governments(scene: Scene) -> None:
    commitment = scene.published.commitment("C2").model_copy(update={"axis": scene.published.plan.title})

    with pytest.raises(DBAPIError, match="row-level security"):
        async with scene.cast.rehearsal(PENALOLEN, scene.cast.monitor) as session:
            await append_edition(session, Address(PENALOLEN, PLAN), [commitment], voice="monitor", key=scene.key)


async def test_the_monitors_edition_cannot_bring_back_what_the_government_replaced(scene: Scene) -> None:
    """The older document is in the register already, so that nothing need be written but the manifest."""
    async with scene.cast.at(PENALOLEN, scene.cast.monitor, read_only=True) as session:
        first = await published_plan(session, PENALOLEN, PLAN, 1)
    older = {(one.kind, one.code): one.document_sha256 for one in first.entries}
    entries = [
        ManifestEntry(kind=one.kind, code=one.code, sha256=older.get((one.kind, one.code), one.document_sha256))
        for one in scene.published.entries
    ]

    outcome = await _try_with(scene, scene.cast.monitor, entries)

    said, _, named = outcome.partition(": ")
    assert said == "may not change what the other voice published"
    assert set(named.split(", ")) == {"commitment C2", "commitment C3", "commitment CLPLN0002"}


async def test_the_monitors_edition_cannot_drop_a_commitment(scene: Scene) -> None:
    entries = [
        ManifestEntry(kind=one.kind, code=one.code, sha256=one.document_sha256)
        for one in scene.published.entries
        if one.code != "C3"
    ]

    outcome = await _try_with(scene, scene.cast.monitor, entries)

    assert outcome == "may not change what the other voice published: commitment C3"


async def _try_with(scene: Scene, who: Actor, entries: Sequence[ManifestEntry]) -> str:
    """What the database says against an edition of the monitor's with these entries."""
    try:
        async with scene.cast.rehearsal(PENALOLEN, who) as session:
            await insert_edition(session, scene, entries, voice="monitor")
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0]
    else:
        said = "nothing"
    return said.removeprefix("an edition of the monitor ")


@pytest.fixture
def doors(settings: Settings) -> Mapping[str, str]:
    """How each role of the database comes in."""
    return {"app": settings.app_url, "public": settings.public_url, "owner": settings.database_url}


@pytest.mark.parametrize("role", ["app", "public", "owner"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_no_role_changes_the_register(scene: Scene, doors: Mapping[str, str], role: str, statement: str) -> None:
    url = make_url(doors[role]).set(drivername="postgresql").render_as_string(hide_password=False)
    tables = ("documents", "editions", "edition_entries", "log_entries", "checkpoints", "evidence_receipts")

    for table in tables:
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            if role == "owner":
                cursor.execute(f"SET ROLE {OWNER_ROLE}".encode())
            cursor.execute(
                "SELECT set_config('ogp.tenant_id', %s, true), set_config('ogp.actor_id', %s, true)",
                [str(scene.cast.tenant_ids[PENALOLEN]), str(scene.cast.monitor.id)],
            )
            before = _rows(cursor, table)
            try:
                cursor.execute(statement.format(f"register.{table}").encode())
                changed = cursor.rowcount
            except psycopg.errors.InsufficientPrivilege:
                changed = 0
                connection.rollback()
            assert changed <= 0, table
            assert _rows(cursor, table) == before > 0


def _rows(cursor: psycopg.Cursor[tuple[int]], table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM register.{table}".encode())
    found = cursor.fetchone()
    assert found is not None
    return found[0]


async def test_an_ended_membership_ends_access_at_once(scene: Scene) -> None:
    former = replace(scene.people["former_monitor"], role=Role.MONITOR)  # even if the application believed it

    assert await _try(scene, "read_draft", former) == "nothing"
