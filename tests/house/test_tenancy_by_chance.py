"""Whatever two tenants do, in whatever order: neither reads a word of the other's workbench, nor anybody a draft."""

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.assessments import queries as assessments
from ogpmonitor.assessments import service as assessing
from ogpmonitor.assessments.declaring import NO_CONFLICT
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.evidence.service import About, submit_link, support
from ogpmonitor.kit.db import Base
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.migrate import import_models
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.models import Progress
from ogpmonitor.plans.publishing import publish
from ogpmonitor.plans.service import Report, report_progress
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan

import_models()
SEALED = sorted(name for name, table in Base.metadata.tables.items() if table.schema == "workbench")
OPEN = ("register.documents", "register.editions", "facts.plans", "facts.commitments", "facts.milestones")
PLANS = {"penalolen": "2021-2024", "maipu": "2023-2024"}
FORM = "end-of-commitment"
NUMBERS = itertools.count(1)  # one database serves every example: no word is said twice in it
TODAY = date(2026, 11, 20)


@dataclass
class Town:
    """One tenant with its two voices, and what each has written: every text of it is a word nobody else uses."""

    slug: str
    coordinator: Actor
    monitor: Actor
    kept: list[str] = field(default_factory=list)  # by the government, not published yet
    draft: list[str] = field(default_factory=list)  # by the monitor

    def word(self) -> str:
        return f"word-of-{self.slug}-{next(NUMBERS):05d}"


@dataclass
class World:
    """Two towns and the services they use."""

    cast: Cast
    key: SigningKey
    towns: tuple[Town, Town]

    async def report(self, town: Town, which: int) -> None:
        async with self.cast.at(town.slug, town.coordinator) as session:
            milestone = await self._milestone(session, town, which)
            word = Localized.of("es", es=town.word())
            report = Report(Progress.ONGOING, text=word, late_reason=word)
            await report_progress(session, milestone, report, on=TODAY, by=town.coordinator)
        town.kept.append(word.in_("es"))

    async def submit(self, town: Town, which: int) -> None:
        async with self.cast.at(town.slug, town.coordinator) as session:
            milestone = await self._milestone(session, town, which)
            word = town.word()
            about = About(Localized.of("es", es=word))
            evidence = await submit_link(session, f"https://example.org/{word}", about, by=town.coordinator)
            await support(session, evidence, milestone.id)
        town.kept.append(word)

    async def publish(self, town: Town, _which: int) -> None:
        async with self.cast.at(town.slug, town.coordinator) as session:
            plan = await plans.get_plan(session, PLANS[town.slug])
            jurisdiction = (await published_plan(session, town.slug, plan.slug)).plan.jurisdiction
            assert isinstance(jurisdiction, Jurisdiction)
            try:
                await publish(session, plan, jurisdiction, key=self.key, by=town.coordinator)
            except Conflict as nothing_new:
                assert nothing_new.code == "edition.nothing_new"  # noqa: PT017  another conflict is a failure
        town.kept.clear()

    async def assess(self, town: Town, which: int) -> None:
        async with self.cast.at(town.slug, town.monitor) as session:
            published = await published_plan(session, town.slug, PLANS[town.slug])
            codes = [one.code for one in published.commitments if not published.assessments_of(one.code)]
            begun = await assessing.start(
                session,
                published,
                assessing.latest_form(FORM),
                commitment=codes[which % len(codes)],
                evaluator="Ente",
                declared=NO_CONFLICT,
                by=town.monitor,
            )
            await session.flush()
            sheet = await assessments.get_sheet(session, town.slug, begun.id)
            word = town.word()
            answers = {**sheet.answers, "EOC1.1": Given("limited", explanation=word)}
            version = sheet.assessment.version
            await assessing.save_draft(session, sheet, answers, version=version, evaluator=word, by=town.monitor)
        town.draft = [*town.draft, word]

    async def _milestone(self, session: Any, town: Town, which: int) -> Any:
        plan = await plans.get_plan(session, PLANS[town.slug])
        milestones = [one for commitment in plan.commitments for one in commitment.milestones]
        return milestones[which % len(milestones)]

    async def everything(self, tenant: str, actor: Actor, tables: tuple[str, ...] | list[str]) -> str:
        """Every row that `actor` sees there, as text: a wider look than any page has."""
        async with self.cast.at(tenant, actor, read_only=True) as session:
            rows = [
                row
                for table in tables
                for row in await session.scalars(text(f"SELECT to_jsonb(t) || '{{}}' FROM {table} t"))
            ]
            bodies = await session.scalars(
                text("SELECT convert_from(body, 'UTF8') FROM register.documents")
                if tables is OPEN
                else text("SELECT ''")
            )
            return json.dumps(rows, ensure_ascii=False) + "".join(bodies)

    async def check(self) -> None:
        """Nobody reads a word of the other town; nobody but its monitor a draft; the public nothing unpublished."""
        for town, other in (self.towns, self.towns[::-1]):
            for actor in (town.coordinator, town.monitor):
                for place in (town.slug, other.slug):
                    assert f"word-of-{other.slug}-" not in await self.everything(place, actor, SEALED)
            government = await self.everything(town.slug, town.coordinator, SEALED)
            assert [word for word in town.kept[-1:] if word not in government] == []
            assert [word for word in town.draft if word in government] == []
            monitor = await self.everything(town.slug, town.monitor, SEALED)
            assert [word for word in town.draft[-1:] if word not in monitor] == []
            assert [word for word in town.kept if word in monitor] == []
        public = await self.everything(self.towns[0].slug, self.cast.citizen, OPEN)
        assert [word for town in self.towns for word in (*town.kept, *town.draft) if word in public] == []


Operation = Callable[[World, Town, int], Awaitable[None]]
STEPS = st.tuples(
    st.sampled_from([World.report, World.submit, World.publish, World.assess]),
    st.sampled_from([0, 1]),
    st.integers(0, 4),
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(STEPS, min_size=2, max_size=8))
async def test_no_sequence_of_steps_shows_one_tenant_to_another(
    cast: Cast, key: SigningKey, steps: list[tuple[Operation, int, int]]
) -> None:
    """What one writes, one reads; that is what shows that the look is wide enough to find what it must not."""
    towns = (
        Town("penalolen", cast.coordinator, cast.monitor),
        Town("maipu", cast.neighbour, cast.neighbour_monitor),
    )
    world = World(cast, key, towns)

    for operation, whose, which in steps:
        await operation(world, world.towns[whose], which)
        await world.check()
