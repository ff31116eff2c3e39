"""Nobody in the government or the platform can read, write, alter, drop or delay what the monitor finds.

Every attempt is SQL as the application's role, sealed as the attacker would be: what stops it is the database.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN, PLAN, a_filled_draft, a_published_assessment
from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.models import Membership, Person, Role
from ogpmonitor.kit.db import OWNER_ROLE, TenantSession, owner_session, seal
from ogpmonitor.kit.storage import Storage
from ogpmonitor.register.documents import (
    AssessmentDocument,
    Manifest,
    ManifestEntry,
    canonical,
    name_of,
)
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import Published, published_plan
from ogpmonitor.register.service import Address, append_edition
from ogpmonitor.settings import Settings

ATTACKERS = (
    "coordinator", "contact", "viewer", "operator", "ogp_staff", "neighbour", "neighbour_monitor", "former_monitor",
    "nobody",
)  # fmt: skip


REFUSALS = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)


@dataclass(frozen=True)
class Scene:
    """A draft with a file of its own, a published assessment, and people who would like to meddle."""

    cast: Cast
    key: SigningKey
    people: Mapping[str, Actor]
    draft: UUID
    answer: UUID
    own_file: UUID
    own_file_sha256: str
    finished: UUID
    published: Published
    document: AssessmentDocument


@pytest.fixture
async def scene(cast: Cast, settings: Settings, key: SigningKey) -> Scene:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        finished, _ = await a_published_assessment(session, cast.monitor, key, commitment="C3")
        sheet = await a_filled_draft(
            session, cast.monitor, commitment="CLPLN0002", storage=Storage.at(settings.files_url)
        )
        published = await published_plan(session, PENALOLEN, PLAN)
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
        session.add(Membership(person_id=viewer.id, role="viewer", starts_on=date(2021, 1, 1)))
        session.add(Membership(person_id=former.id, role="monitor", starts_on=date(2021, 1, 1), ends_on=yesterday))
        await session.flush()
    return {
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


Attempt = Callable[[TenantSession, Scene], Awaitable[int]]
ATTEMPTS: dict[str, Attempt] = {}


def attempt(function: Attempt) -> Attempt:
    """Enter it into the table. It returns how many rows it saw or changed, or the database refuses."""
    ATTEMPTS[function.__name__] = function
    return function


async def _count(session: TenantSession, sql: str, **values: object) -> int:
    return len((await session.execute(text(sql), values)).all())


async def _change(session: TenantSession, sql: str, **values: object) -> int:
    result = await session.execute(text(sql), values)
    return result.rowcount


@attempt
async def read_draft(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.assessments WHERE status = 'draft'")


@attempt
async def count_drafts_by_their_answers(session: TenantSession, scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.assessment_answers WHERE assessment_id = :id", id=scene.draft)


@attempt
async def read_own_file(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.evidence WHERE voice = 'monitor'")


@attempt
async def read_trace_of_draft(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session,
        "SELECT 1 FROM workbench.audit_records WHERE subject_id IN (:draft, :file)",
        draft=scene.draft,
        file=scene.own_file,
    )


@attempt
async def find_draft_in_register(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session,
        "SELECT 1 FROM register.evidence_receipts WHERE sha256 = :sha UNION ALL"
        " SELECT 1 FROM register.log_entries WHERE subject_sha256 = :sha UNION ALL"
        " SELECT 1 FROM register.documents WHERE position(convert_to(:sha, 'UTF8') IN body) > 0",
        sha=scene.own_file_sha256,
    )


@attempt
async def find_draft_in_jobs(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session, "SELECT 1 FROM jobs.procrastinate_jobs WHERE args::text LIKE '%' || :id || '%'", id=str(scene.draft)
    )


@attempt
async def insert_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.assessments (id, version, form, form_version, plan, commitment, edition_sha256, status,"
        " evaluator, created_at, updated_at, demo) VALUES (gen_random_uuid(), 1, 'end-of-commitment', 1, :plan, 'C1',"
        " :sha, 'draft', 'x', now(), now(), true)",
        plan=PLAN,
        sha=scene.published.edition.sha256,
    )


@attempt
async def insert_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.assessment_answers (id, version, assessment_id, question, value, explanation,"
        " \"references\", citations) VALUES (gen_random_uuid(), 1, :id, 'EOC9.9', 'complete', '', '', '[]')",
        id=scene.draft,
    )


@attempt
async def update_draft(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET evaluator = 'x' WHERE status = 'draft'")


@attempt
async def update_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.assessment_answers SET value = 'complete' WHERE id = :id", id=scene.answer
    )


@attempt
async def publish_or_close_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.assessments SET status = 'published' WHERE id = :id", id=scene.draft
    )


@attempt
async def delete_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessments WHERE id = :id", id=scene.draft)


@attempt
async def delete_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessment_answers WHERE id = :id", id=scene.answer)


@attempt
async def alter_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET evaluator = 'x' WHERE id = :id", id=scene.finished)


@attempt
async def reopen_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET status = 'draft' WHERE id = :id", id=scene.finished)


@attempt
async def alter_published_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "UPDATE workbench.assessment_answers SET value = 'complete' WHERE assessment_id = :id",
        id=scene.finished,
    )


@attempt
async def delete_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessments WHERE id = :id", id=scene.finished)


@attempt
async def alter_own_file(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.evidence SET withdrawn_at = now() WHERE id = :id", id=scene.own_file
    )


@attempt
async def submit_as_monitor(session: TenantSession, _scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.evidence (id, version, voice, kind, title, url, sha256, restricted, submitted_at, demo)"
        " VALUES (gen_random_uuid(), 1, 'monitor', 'link', '{\"source\": \"es\", \"es\": \"x\"}', 'https://x.example',"
        " 'x', false, now(), true)",
    )


@attempt
async def hang_own_file_on_a_milestone(session: TenantSession, scene: Scene) -> int:
    """A foreign key would tell whether the file exists."""
    return await _change(
        session,
        "INSERT INTO workbench.evidence_supports (evidence_id, milestone_id) SELECT :file, id"
        " FROM workbench.milestones LIMIT 1",
        file=scene.own_file,
    )


@attempt
async def write_trace_as_monitor(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.audit_records (id, at, actor_id, actor_role, action, subject)"
        " VALUES (gen_random_uuid(), now(), :who, 'monitor', 'assessment.saved', 'assessments')",
        who=scene.cast.monitor.id,
    )


@attempt
async def insert_assessment_document(session: TenantSession, scene: Scene) -> int:
    return await _insert_document(session, "assessment", canonical(_better(scene)))


@attempt
async def insert_assessment_as_a_commitment(session: TenantSession, scene: Scene) -> int:
    return await _insert_document(session, "commitment", canonical(_better(scene)))


@attempt
async def publish_in_the_monitors_voice(session: TenantSession, scene: Scene) -> int:
    address = Address(PENALOLEN, PLAN)
    await append_edition(session, address, [_better(scene)], voice="monitor", key=scene.key)
    return 1


@attempt
async def publish_a_better_rating_as_government(session: TenantSession, scene: Scene) -> int:
    address = Address(PENALOLEN, PLAN)
    await append_edition(session, address, [_better(scene)], voice="government", key=scene.key)
    return 1


@attempt
async def drop_the_assessment(session: TenantSession, scene: Scene) -> int:
    kept = [one for one in scene.published.entries if one.kind != "assessment"]
    return await _insert_edition(
        session, scene, [ManifestEntry(kind=e.kind, code=e.code, sha256=e.document_sha256) for e in kept]
    )


@attempt
async def put_another_assessment_in_its_place(session: TenantSession, scene: Scene) -> int:
    entries = [
        ManifestEntry(
            kind=entry.kind,
            code=entry.code,
            sha256=scene.published.entries[0].document_sha256 if entry.kind == "assessment" else entry.document_sha256,
        )
        for entry in scene.published.entries
    ]
    return await _insert_edition(session, scene, entries)


@attempt
async def slip_an_entry_into_an_edition(session: TenantSession, scene: Scene) -> int:
    entry = next(entry for entry in scene.published.entries if entry.kind == "assessment")
    return await _change(
        session,
        "INSERT INTO register.edition_entries (edition_sha256, kind, code, position, document_sha256)"
        " VALUES (:edition, 'assessment', 'end-of-commitment:C1', 99, :sha)",
        edition=scene.published.edition.sha256,
        sha=entry.document_sha256,
    )


@attempt
async def let_anyone_fetch_the_own_file(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO register.evidence_receipts (edition_sha256, evidence_id, sha256, kind, file_name, media_type,"
        " size_bytes, restricted) VALUES (:edition, :id, :sha, 'file', 'x.txt', 'text/plain', 1, false)",
        edition=scene.published.edition.sha256,
        id=scene.own_file,
        sha=scene.own_file_sha256,
    )


@attempt
async def change_the_rating_in_the_facts(session: TenantSession, _scene: Scene) -> int:
    return await _change(
        session,
        "UPDATE facts.commitments SET completion = 'complete' WHERE jurisdiction = :slug AND code = 'C3'",
        slug=PENALOLEN,
    )


@attempt
async def alter_the_register(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE register.documents SET kind = 'plan' WHERE kind = 'assessment'")


@attempt
async def delete_from_the_register(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "DELETE FROM register.edition_entries WHERE kind = 'assessment'")


def _better(scene: Scene) -> AssessmentDocument:
    answers = [
        answer.model_copy(update={"value": "complete"}) if answer.question == "EOC1.1" else answer
        for answer in scene.document.answers
    ]
    ratings = [
        rating.model_copy(update={"code": "complete"}) if rating.measures == "completion" else rating
        for rating in scene.document.ratings
    ]
    return scene.document.model_copy(update={"answers": tuple(answers), "ratings": tuple(ratings)})


async def _insert_document(session: TenantSession, kind: str, body: bytes) -> int:
    return await _change(
        session,
        "INSERT INTO register.documents (sha256, kind, body) VALUES (:sha, :kind, :body)",
        sha=name_of(body),
        kind=kind,
        body=body,
    )


async def _insert_edition(
    session: TenantSession, scene: Scene, entries: Sequence[ManifestEntry], *, voice: str = "government"
) -> int:
    """An edition by hand: what the application would never write."""
    last = scene.published.edition
    facts = json.loads(last.body) | {"number": last.number + 1, "previous": last.sha256, "voice": voice}
    body = canonical(Manifest.model_validate(facts | {"documents": [entry.model_dump() for entry in entries]}))
    changed = await _change(
        session,
        "INSERT INTO register.editions (sha256, jurisdiction, plan, number, voice, is_baseline, published_at, body)"
        " VALUES (:sha, :slug, :plan, :number, :voice, false, now(), :body)",
        sha=name_of(body),
        slug=PENALOLEN,
        plan=PLAN,
        number=last.number + 1,
        voice=voice,
        body=body,
    )
    for position, entry in enumerate(entries):
        await _change(
            session,
            "INSERT INTO register.edition_entries (edition_sha256, kind, code, position, document_sha256)"
            " VALUES (:edition, :kind, :code, :position, :sha256)",
            edition=name_of(body),
            position=position,
            **entry.model_dump(),
        )
    return changed


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
    own = {"insert_draft", "submit_as_monitor", "insert_assessment_document", "find_draft_in_jobs"}

    table = {name: await _try(scene, name, who, "maipu") for name in ATTEMPTS if name not in own}

    assert {name: outcome for name, outcome in table.items() if outcome not in {"refused", "nothing"}} == {}


async def test_the_monitor_itself_cannot_alter_what_it_published(scene: Scene) -> None:
    final = {
        "alter_published", "reopen_published", "alter_published_rating", "delete_published", "alter_the_register",
        "delete_from_the_register", "slip_an_entry_into_an_edition", "let_anyone_fetch_the_own_file",
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
            await _insert_edition(session, scene, entries, voice="monitor")
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
