"""What the desk reads, each in one query however many there are: counts, states, jobs, the platform's record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Person
from ogpmonitor.audit.models import Deed
from ogpmonitor.kit.db import utc_now
from ogpmonitor.tenants.models import TenantState

PAGE = 50
MOST_JOBS = 100
ALIVE = timedelta(minutes=1)  # a worker says that it is there every ten seconds
COUNTS = text("SELECT * FROM platform.desk_counts()")
QUEUE = text("""
SELECT task_name AS task, status::text AS status, count(*) AS number,
       min(coalesce(e.at, j.scheduled_at)) AS oldest_at
FROM jobs.procrastinate_jobs j
LEFT JOIN LATERAL (SELECT min(at) AS at FROM jobs.procrastinate_events e WHERE e.job_id = j.id) e ON true
WHERE status IN ('todo', 'doing', 'failed', 'aborted')
GROUP BY 1, 2 ORDER BY 1, 2
""")
# No arguments: they name what people wrote.
FAILED = text("""
SELECT j.id, j.task_name AS task, j.attempts, coalesce(f.at, e.at) AS failed_at, f.error
FROM jobs.procrastinate_jobs j
LEFT JOIN LATERAL (SELECT f.at, f.error FROM platform.job_failures f WHERE f.job = j.id ORDER BY f.id DESC LIMIT 1) f
    ON true
LEFT JOIN LATERAL (SELECT max(at) AS at FROM jobs.procrastinate_events e
                   WHERE e.job_id = j.id AND e.type = 'failed') e ON true
WHERE j.status = 'failed' ORDER BY coalesce(f.at, e.at) DESC NULLS LAST, j.id DESC LIMIT :most
""")
WORKERS = text("SELECT last_heartbeat FROM jobs.procrastinate_workers ORDER BY last_heartbeat DESC")


@dataclass(frozen=True)
class Counts:
    """One jurisdiction in numbers: its people by role, and which steps to its first publication were taken."""

    jurisdiction: str
    coordinators: int
    contacts: int
    viewers: int
    monitors: int
    has_plan: bool
    has_commitments: bool
    has_units: bool
    has_mandate: bool
    has_published: bool

    @property
    def people(self) -> int:
        """Everyone with a role here today, the monitors too."""
        return self.coordinators + self.contacts + self.viewers + self.monitors

    @property
    def steps(self) -> Sequence[tuple[str, bool]]:
        """The steps to the first publication that can be told without reading a draft, and whether each was taken."""
        return (
            ("identity", True),
            ("coordinator", self.coordinators > 0),
            ("people", self.contacts + self.viewers > 0),
            ("plan", self.has_plan),
            ("commitments", self.has_commitments),
            ("units", self.has_units),
            ("mandate", self.has_mandate),
            ("published", self.has_published),
        )

    @property
    def taken(self) -> int:
        """How many steps were taken."""
        return sum(done for _, done in self.steps)


@dataclass(frozen=True)
class Waiting:
    """How many jobs of one kind are in one state, and since when the oldest is."""

    task: str
    status: str
    number: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class FailedJob:
    """A job that failed: its kind, the class of its error, and when."""

    id: int
    task: str
    attempts: int
    failed_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Workers:
    """How many workers were heard of within the last minute, and when one was heard of last."""

    alive: int
    last_heard_at: datetime | None


@dataclass(frozen=True)
class Told:
    """One deed, the name of who did it, and of the person it was done to, as long as they are known."""

    deed: Deed
    who: str | None
    whom: str | None


async def desk_counts(session: AsyncSession) -> Mapping[str, Counts]:
    """Every jurisdiction in numbers, by slug; only for the platform's people."""
    found = (Counts(**row) for row in (await session.execute(COUNTS)).mappings())
    return {one.jurisdiction: one for one in found}


async def states_of(session: AsyncSession, jurisdiction: str) -> Sequence[tuple[TenantState, str | None]]:
    """Every change of state of a jurisdiction with who made it, the newest first."""
    statement = (
        select(TenantState, Person.name)
        .outerjoin(Person, Person.id == TenantState.set_by)
        .where(TenantState.jurisdiction == jurisdiction)
        .order_by(TenantState.id.desc())
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def queue(session: AsyncSession) -> Sequence[Waiting]:
    """What waits, runs, or has failed, by kind and state. What was done leaves the queue."""
    return [Waiting(**row) for row in (await session.execute(QUEUE)).mappings()]


async def failed_jobs(session: AsyncSession) -> Sequence[FailedJob]:
    """The last that failed first, at most a hundred."""
    return [FailedJob(**row) for row in (await session.execute(FAILED, {"most": MOST_JOBS})).mappings()]


async def workers(session: AsyncSession) -> Workers:
    """Who takes jobs. A worker that was killed is forgotten by the queue after a while."""
    heard = (await session.scalars(WORKERS)).all()
    return Workers(sum(utc_now() - at < ALIVE for at in heard), heard[0] if heard else None)


async def list_deeds(session: AsyncSession, *, jurisdiction: str = "", before: int = 0) -> Sequence[Told]:
    """Deeds, the newest first, before number `before` where it is given; one more than a page where there is."""
    doer, one = Person.__table__.alias("doer"), Person.__table__.alias("one")
    statement = (
        select(Deed, doer.c.name, one.c.name)
        .outerjoin(doer, doer.c.id == Deed.actor_id)
        .outerjoin(one, one.c.id == Deed.subject_id)
        .order_by(Deed.id.desc())
    )
    if jurisdiction:
        statement = statement.where(Deed.jurisdiction == jurisdiction)
    if before:
        statement = statement.where(Deed.id < before)
    return [Told(*row) for row in await session.execute(statement.limit(PAGE + 1))]
