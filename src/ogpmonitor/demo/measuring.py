"""Invented measures of commitments, set through the same service as people use."""

from ogpmonitor.demo.files import DemoFile
from ogpmonitor.demo.stage import Stage
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.measuring import set_measure
from ogpmonitor.register.documents import OwnMeasure


async def measure(stage: Stage, session: TenantSession, slug: str, demo: DemoFile) -> None:
    """Every commitment that `demo` measures has its measure, marked as invented."""
    for invented in demo.measures:
        commitment = await plans.get_commitment(session, slug, invented.commitment)
        said = OwnMeasure.model_validate({**invented.model_dump(mode="json", exclude={"commitment"}), "demo": True})
        await set_measure(session, commitment, said, by=stage.coordinator.actor)
