"""Reporting a milestone, from the browser's POST to the redirect."""

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from sqlalchemy import make_url
from tests.bench.deployment import Deployment, deployment
from tests.bench.harness import Pair, at_most, p95, row, seconds
from tests.bench.servers import serving

from ogpmonitor.accounts.service import token_hash

REPORTS = 30
WORKBENCH = "/es/penalolen/workbench/"


@row(
    "report a milestone, p95",
    floor="the same statements, bare driver, one transaction",
    goal=at_most(3),
    unit="s",
    rounds=5,
    statistic=p95,
)
def milestone_report() -> Iterator[Pair]:
    """Measured: POST and 303 over a kept connection. Floor: who asks, milestone, evidence, the write, the trace."""
    with (
        deployment() as deployed,
        serving("ogpmonitor.app:create_app", deployed.environment, ready="/health/ready") as at,
        _connected(deployed) as connection,
    ):
        reporter = _Reporter.at(str(at))
        yield Pair(
            lambda: [seconds(reporter.report) for _ in range(REPORTS)],
            lambda: [seconds(lambda: _bare_report(connection, reporter)) for _ in range(REPORTS)],
        )


@dataclass
class _Reporter:
    """A coordinator who reports on one milestone again and again, each time something new."""

    connection: http.client.HTTPConnection
    headers: dict[str, str]
    milestone: str
    version: int
    numbers: Iterator[int]

    @classmethod
    def at(cls, address: str) -> "_Reporter":
        host = urlsplit(address).netloc
        connection = http.client.HTTPConnection(host)
        headers = {"Origin": f"http://{host}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/es/sign-in/", urlencode({"persona": "penalolen-coordinator"}), headers)
        answer = connection.getresponse()
        answer.read()
        headers["Cookie"] = str(answer.getheader("set-cookie")).partition(";")[0]
        reporter = cls(connection, headers, "", 0, count())
        found = re.search(r"milestones/([0-9a-f-]{36})", reporter.get(WORKBENCH))
        if found is None:
            raise RuntimeError("the workbench lists no milestone")
        reporter.milestone = found[1]
        page = reporter.get(f"{WORKBENCH}milestones/{reporter.milestone}/")
        reporter.version = int(re.findall(r'name="version" value="(\d+)"', page)[0])
        return reporter

    @property
    def token(self) -> str:
        return self.headers["Cookie"].partition("=")[2]

    def get(self, path: str) -> str:
        self.connection.request("GET", path, headers=self.headers)
        return self.connection.getresponse().read().decode()

    def report(self) -> None:
        """Say something that was not said before."""
        typed = {
            "version": self.version,
            "progress": "ongoing",
            "text": f"Avance {next(self.numbers)} de la medición.",
            "started_on": "2023-03-27",
            "late_reason": "La contratación se atrasó.",
        }
        path = f"{WORKBENCH}milestones/{self.milestone}/"
        self.connection.request("POST", path, urlencode(typed), self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"the report was answered with {answer.status}")
        self.version += 1


def _connected(deployed: Deployment) -> psycopg.Connection[Any]:
    url = make_url(deployed.settings.app_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


SEAL = "SELECT set_config('ogp.tenant_id', %s, true), set_config('ogp.actor_id', %s, true)"


def _bare_report(connection: psycopg.Connection[Any], reporter: _Reporter) -> None:
    with connection.transaction():
        person = connection.execute(
            "SELECT p.id, p.name FROM platform.sign_ins s JOIN platform.people p ON p.id = s.person_id"
            " WHERE s.token_sha256 = %s AND s.revoked_at IS NULL AND s.expires_at > now()",
            [token_hash(reporter.token)],
        ).fetchone()
        tenant = connection.execute("SELECT id FROM platform.tenants WHERE slug = 'penalolen'").fetchone()
        if person is None or tenant is None:
            raise RuntimeError("nobody is signed in")
        connection.execute(SEAL, [str(tenant[0]), str(person[0])])
        connection.execute("SELECT * FROM platform.memberships WHERE person_id = %s", [person[0]]).fetchone()
        connection.execute(
            "SELECT * FROM workbench.milestones m JOIN workbench.commitments c ON c.id = m.commitment_id"
            " JOIN workbench.plans p ON p.id = c.plan_id WHERE m.id = %s",
            [reporter.milestone],
        ).fetchone()
        connection.execute(
            "SELECT e.* FROM workbench.evidence_supports s JOIN workbench.evidence e ON e.id = s.evidence_id"
            " WHERE s.milestone_id = %s",
            [reporter.milestone],
        ).fetchall()
        text = json.dumps({"source": "es", "es": f"Avance {next(reporter.numbers)} de la medición."})
        connection.execute(
            "UPDATE workbench.milestones SET progress_text = %s, reported_at = now() WHERE id = %s",
            [text, reporter.milestone],
        )
        connection.execute(
            "INSERT INTO workbench.audit_records (id, at, actor_id, actor_role, action, subject, subject_id, after)"
            " VALUES (gen_random_uuid(), now(), %s, 'coordinator', 'milestone.measured', 'milestones', %s, %s)",
            [person[0], reporter.milestone, text],
        )
