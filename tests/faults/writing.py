"""Clients that write numbered steps and know which were acknowledged; afterwards the record is asked what was done."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import psycopg
from tests.factories.forms import form_in
from tests.factories.plans import report
from tests.faults.deployed import browser, sign_in

from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import Settings

AGAIN_SECONDS = 0.05


@dataclass
class Writer:
    """One person at one milestone, who sends each step until it is there, as people do, and never another first."""

    milestone_id: UUID
    name: str
    client: httpx.AsyncClient
    acknowledged: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    @property
    def address(self) -> str:
        return f"/es/penalolen/workbench/milestones/{self.milestone_id}/"

    async def write(self, steps: int) -> None:
        """Every step stands, in order."""
        for number in range(1, steps + 1):
            text = f"paso {self.name}-{number:04d}"
            while not await self._tried(text):  # noqa: ASYNC110  another process has no event to wait for
                await asyncio.sleep(AGAIN_SECONDS)

    async def _tried(self, text: str) -> bool:
        """Whether the milestone says `text` now: it may have come through although the answer did not."""
        try:
            page = await self.client.get(self.address)
            if page.status_code != 200:
                self.met[str(page.status_code)] += 1
                return False
            sent = form_in(page)[1]
            if sent["text"] == text:
                self.met["done but not acknowledged"] += 1
                return True
            answer = await self.client.post(self.address, data=report(int(sent["version"]), text=text))
        except httpx.TransportError:
            self.met["no answer"] += 1
            return False
        self.met[str(answer.status_code)] += 1
        if answer.status_code == 303:
            self.acknowledged.append(text)
        return answer.status_code == 303


async def writers(settings: Settings, address: str, names: str) -> list[Writer]:
    """A coordinator's browser for each letter of `names`, each at a milestone of its own."""
    statement = (
        "SELECT m.id FROM workbench.milestones m JOIN workbench.commitments c ON c.id = m.commitment_id "
        "JOIN workbench.plans p ON p.id = c.plan_id JOIN platform.tenants t ON t.id = m.tenant_id "
        "WHERE t.slug = 'penalolen' AND m.progress IN ('ongoing', 'not_started') ORDER BY c.code, m.code LIMIT %s"
    )
    with psycopg.connect(conninfo(settings.database_url)) as superuser:
        found = [row[0] for row in superuser.execute(statement, [len(names)])]
    made = [Writer(milestone_id, name, browser(address)) for milestone_id, name in zip(found, names, strict=True)]
    for each in made:
        await sign_in(each.client, "penalolen-coordinator")
    return made


def recorded(settings: Settings, writer: Writer) -> list[str]:
    """The steps that the audit record has of this writer, in the order in which they were done."""
    statement = (
        "SELECT after->'progress_text'->>'es' FROM workbench.audit_records WHERE subject_id = %s "
        "AND action = 'milestone.progress_reported' AND starts_with(after->'progress_text'->>'es', %s) ORDER BY at, id"
    )
    with psycopg.connect(conninfo(settings.database_url)) as superuser:
        return [row[0] for row in superuser.execute(statement, [writer.milestone_id, f"paso {writer.name}-"])]


PUBLISH = "/es/penalolen/workbench/publish/"


async def publish(client: httpx.AsyncClient) -> bool:
    """Whether what the preview shows was published and the publication acknowledged."""
    try:
        page = await client.get(PUBLISH)
        chosen = re.findall(r'name="chosen" value="([^"]+)"', page.text)
        told = dict(re.findall(r'<input type="hidden" name="(plan|state)" value="([^"]+)"', page.text))
        if page.status_code != 200 or not chosen:
            return False
        answer = await client.post(PUBLISH, data={**told, "chosen": chosen})
    except httpx.TransportError:
        return False
    return answer.status_code == 303
