"""What the platform's people see: numbers, states, jobs, the record; no word of a draft, whoever asks."""

import json
import re
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from procrastinate import JobContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN, a_filled_draft, full_answers
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.reading import said
from tests.factories.register import tampering
from tests.factories.site import Site

from ogpmonitor.assessments.schemas import Given
from ogpmonitor.audit.models import Deed
from ogpmonitor.desk import queries, service
from ogpmonitor.desk.wording import DEEDS, STATUSES, TASKS
from ogpmonitor.evidence.links import CHECK_LINKS
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.jobs import defer
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.writing import NewPlan, begin_plan
from ogpmonitor.settings import Settings
from ogpmonitor.worker import PERIODIC, create_worker, observed
from ogpmonitor.worker import TASKS as DONE_HERE

DESK = "/es/desk/"
BOTH = ("", "jurisdictions/", "jurisdictions/penalolen/", "record/", "mandates/", "assessments/")
UNHEARD = "palabra-que-nadie-mas-conoce"


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_platforms_people_read_it_and_nobody_else(site: Site, lang: str) -> None:
    paths = [f"/{lang}/desk/{path}" for path in (*BOTH, "jobs/")]
    seen: dict[str, list[int]] = {}
    for persona in ("operator", "ogp-staff", "penalolen-coordinator", "penalolen-monitor", ""):
        client = await site.sign_in(persona) if persona else site.client
        seen[persona] = [(await client.get(path)).status_code for path in paths]

    assert seen["operator"] == [200] * len(paths)
    assert seen["ogp-staff"] == [200] * (len(paths) - 1) + [403]  # jobs are the operator's
    assert seen["penalolen-coordinator"] == seen["penalolen-monitor"] == [403] * len(paths)
    assert seen[""] == [401] * len(paths)


async def test_no_word_of_a_draft_is_told(site: Site, cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await begin_plan(
            session,
            NewPlan(UNHEARD, "es", PartialDate.parse("2030"), PartialDate.parse("2031"), None, demo=True),
            by=cast.coordinator,
        )
    async with cast.at(PENALOLEN, cast.monitor) as session:
        await a_filled_draft(session, cast.monitor, full_answers(**{"EOC3.1": Given(UNHEARD)}))
    async with cast.database.tenant_session(None) as session:
        await defer(session, CHECK_LINKS, word=UNHEARD)
    async with tampering_jobs(site) as connection:
        await connection.execute(
            "UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE args::text LIKE %s", [f"%{UNHEARD}%"]
        )
    coordinator = await site.sign_in("penalolen-coordinator")
    assert UNHEARD in (await coordinator.get("/es/penalolen/workbench/plans/")).text

    for persona in ("operator", "ogp-staff"):
        client = await site.sign_in(persona)
        for path in (*BOTH, "jobs/"):
            assert UNHEARD not in (await client.get(f"{DESK}{path}")).text, (persona, path)


def tampering_jobs(site: Site) -> Any:
    return tampering(site.state.settings)


async def test_counts_are_those_of_each_jurisdiction(cast: Cast, settings: Settings) -> None:
    async with cast.database.tenant_session(None, cast.ogp_staff.id, read_only=True) as session:
        counts = await queries.desk_counts(session)
        inside = await session.scalar(text("SELECT current_setting('ogp.tenant_id')"))

    assert sorted(counts) == ["maipu", "penalolen", "renca", "santiago"]
    penalolen, renca = counts[PENALOLEN], counts["renca"]
    assert (penalolen.coordinators, penalolen.contacts, penalolen.viewers, penalolen.monitors) == (1, 1, 0, 2)
    assert (renca.people, renca.has_published, renca.has_plan) == (2, True, True)
    assert penalolen.taken == len(penalolen.steps)
    assert inside == ""  # the session is sealed to nobody, as before
    async with tampering(settings) as connection:
        await connection.execute("UPDATE platform.memberships SET ends_on = current_date - 1 WHERE role = 'contact'")
    async with cast.database.tenant_session(None, cast.ogp_staff.id, read_only=True) as session:
        assert (await queries.desk_counts(session))[PENALOLEN].contacts == 0


@pytest.mark.parametrize("who", ["coordinator", "monitor", "citizen"])
async def test_nobody_else_counts_or_reads_the_record(cast: Cast, who: str) -> None:
    for tenant_id in (None, cast.tenant_ids[PENALOLEN]):
        async with cast.database.tenant_session(tenant_id, getattr(cast, who).id) as session:
            assert (await session.scalars(select(Deed))).all() == []
            assert (await session.execute(text("SELECT 1 FROM platform.job_failures"))).all() == []
            with pytest.raises(DBAPIError, match="only the people of the platform"):
                await session.execute(queries.COUNTS)


async def statements(client: httpx.AsyncClient, path: str) -> int:
    with counted() as found:
        assert (await client.get(path)).status_code == 200
    return len(found)


async def test_as_many_queries_for_a_hundred_jurisdictions_and_jobs_as_for_one(site: Site, settings: Settings) -> None:
    operator = await site.sign_in("operator")
    paths = (f"{DESK}jurisdictions/", f"{DESK}jobs/", f"{DESK}record/")
    before = [await statements(operator, path) for path in paths]
    async with tampering(settings) as connection:
        await connection.execute(
            """INSERT INTO platform.tenants (id, slug, hosts, identity, digest)
               SELECT gen_random_uuid(), 'otra-' || n, '{}',
                      jsonb_set(t.identity, '{tenant,slug}', to_jsonb('otra-' || n)), t.digest
               FROM platform.tenants t, generate_series(1, 100) n WHERE t.slug = 'renca'"""
        )
        await connection.execute(
            """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status)
               SELECT 'default', 'reports.render_edition', 'failed' FROM generate_series(1, 100)"""
        )
        await connection.execute(
            """INSERT INTO platform.deeds (at, action, about)
               SELECT now(), 'tenant.added', 'x' FROM generate_series(1, 100)"""
        )
    await site.state.directory.refresh()

    after = [await statements(operator, path) for path in paths]

    assert after == before
    assert (await operator.get(paths[0])).text.count("desk/jurisdictions/otra-") == 100
    assert (await operator.get(paths[1])).text.count("/retry/") == 100
    assert "before=" in (await operator.get(paths[2])).text


async def failed_job(settings: Settings, *, error: type[Exception] = RuntimeError) -> int:
    """A job that a real worker ran and that failed, with words that nobody else should read."""
    app = create_worker(settings)

    async def fail(_context: JobContext) -> None:
        raise error(UNHEARD)

    app.task(name="tests.fail", pass_context=True)(fail)
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as connection:
        connection.execute("DELETE FROM jobs.procrastinate_jobs")  # what loading the demo left to do
    async with app.open_async():
        job: int = await app.configure_task("tests.fail").defer_async()
        await app.run_worker_async(
            wait=False,
            additional_context={"settings": settings},
            install_signal_handlers=False,
            listen_notify=False,
            worker_middleware=[observed],
        )
    return job


async def test_a_failure_says_its_class_and_time_and_nothing_more(site: Site, settings: Settings) -> None:
    job = await failed_job(settings)
    operator = await site.sign_in("operator")

    page = await operator.get(f"{DESK}jobs/")

    assert "builtins.RuntimeError" in page.text
    assert f"tests.fail · {job}" in said(page.text)
    assert UNHEARD not in page.text
    async with tampering(settings) as connection:
        rows = await (await connection.execute("SELECT to_jsonb(f) FROM platform.job_failures f")).fetchall()
    assert UNHEARD not in json.dumps(rows)


async def test_an_operator_has_it_tried_again_and_that_is_recorded(site: Site, cast: Cast, settings: Settings) -> None:
    job = await failed_job(settings)
    operator, staff = await site.sign_in("operator"), await site.sign_in("ogp-staff")
    path = f"{DESK}jobs/{job}/retry/"
    assert (await staff.post(path)).status_code == 403
    assert (await site.client.post(path)).status_code == 401

    done = await operator.post(path)

    assert (done.status_code, done.headers["location"]) == (303, f"{DESK}jobs/?done=retried")
    async with tampering(settings) as connection:
        row = await (
            await connection.execute("SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE id = %s", [job])
        ).fetchone()
    assert row is not None
    assert row[0] == "todo"
    assert (await operator.post(path)).status_code == 409
    assert (await operator.post(f"{DESK}jobs/999999999/retry/")).status_code == 409
    assert "hizo repetir un trabajo" in said((await staff.get(f"{DESK}record/")).text)
    async with cast.database.tenant_session(None, cast.ogp_staff.id) as session:
        with pytest.raises(NotPermitted):
            await service.retry(session, job, by=cast.ogp_staff)
        with pytest.raises(DBAPIError, match="only an operator"):
            await session.execute(service.RETRY, {"job": job})


async def test_a_job_that_did_not_fail_is_not_tried_again(cast: Cast) -> None:
    async with cast.database.tenant_session(None, cast.operator.id) as session:
        waiting = await session.scalar(text("SELECT id FROM jobs.procrastinate_jobs WHERE status = 'todo' LIMIT 1"))
        assert waiting is not None
        with pytest.raises(Conflict):
            await service.retry(session, waiting, by=cast.operator)


async def test_it_is_told_whether_a_worker_is_there(site: Site, settings: Settings) -> None:
    operator = await site.sign_in("operator")
    assert "Ningún proceso de trabajo responde" in said((await operator.get(f"{DESK}jobs/")).text)

    async with tampering(settings) as connection:
        await connection.execute("INSERT INTO jobs.procrastinate_workers DEFAULT VALUES")
    heard = said((await operator.get(f"{DESK}jobs/")).text)
    async with tampering(settings) as connection:
        await connection.execute("UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'")
    gone = said((await operator.get(f"{DESK}jobs/")).text)

    assert "Ningún proceso" not in heard
    assert "La última señal fue el" in gone


async def test_the_record_is_only_added_to(cast: Cast, settings: Settings) -> None:
    for statement in ("UPDATE platform.deeds SET about = 'x'", "DELETE FROM platform.deeds", "TRUNCATE platform.deeds"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with cast.rehearsal(PENALOLEN, cast.operator) as session:
                await session.execute(text(statement))
        with (
            psycopg.connect(conninfo(settings.database_url)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())  # the owner too
    async with cast.rehearsal(PENALOLEN, cast.operator) as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text("SELECT platform.note_deed('x', 'x', 'x', NULL, NULL)"))


async def test_mandates_and_roles_are_recorded_whoever_writes_them(site: Site, cast: Cast, settings: Settings) -> None:
    person = uuid4()
    with psycopg.connect(conninfo(settings.database_url)) as connection:
        connection.execute("INSERT INTO platform.people (id, version, name) VALUES (%s, 1, 'Ana')", [person])
        for role in ("ogp_staff", "operator", None):
            connection.execute("UPDATE platform.people SET platform_role = %s WHERE id = %s", [role, person])
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await session.execute(
            text("""INSERT INTO platform.mandates
                    (id, version, body, mandate, starts_on, people, proposed_at, proposed_by, demo)
                    VALUES (:id, 1, 'Universidad', '{"source": "es", "es": "x"}', :day, '[]', now(), :by, true)"""),
            {"id": uuid4(), "day": date(2030, 1, 1), "by": cast.coordinator.id},
        )
    staff = await site.sign_in("ogp-staff")
    async with cast.database.tenant_session(None, cast.ogp_staff.id, read_only=True) as session:
        told = await queries.list_deeds(session)
    deeds = [(one.deed.action, one.deed.about) for one in told[:4]]

    assert deeds == [
        ("mandate.proposed", "Universidad"),
        ("person.lost_role", "operator"),
        ("person.changed_role", "operator"),
        ("person.got_role", "ogp_staff"),
    ]
    assert told[0].deed.actor_role == "coordinator"
    page = said((await staff.get(f"{DESK}record/")).text)
    assert "propuso un ente de monitoreo: Universidad" in page
    assert "alguien en el propio servidor" in page
    assert "dio a alguien otro rol en la plataforma: operación (Ana)" in page
    only = said((await staff.get(f"{DESK}record/?jurisdiction=maipu")).text)
    assert "Universidad" not in only
    assert "Maipú" in only


async def test_what_the_record_and_the_queue_can_hold_has_words(cast: Cast) -> None:
    assert {*DONE_HERE, *(name for name, _, _ in PERIODIC)} == set(TASKS)
    assert [one for one in (*DEEDS.values(), *TASKS.values(), *STATUSES.values()) if translate("es", one) == one] == []
    async with cast.database.tenant_session(None, cast.operator.id, read_only=True) as session:
        source = await session.scalars(
            text(
                "SELECT prosrc FROM pg_proc WHERE pronamespace = 'platform'::regnamespace AND prosrc LIKE '%note_deed%'"
            )
        )
    written = "".join(source)
    composed = {
        f"{who}.{what}" for who in ("staff", "coordinator") for what in ("invited", "invited_again", "withdrawn")
    }
    assert [action for action in {*DEEDS} - composed if f"'{action}'" not in written] == []
    assert composed <= {*DEEDS}
    assert {*re.findall(r"'((?:person|mandate|tenant|support|job)\.[a-z_]+)'", written)} <= {*DEEDS}
