"""`ogpmonitor serve` as a real process: what it tells of itself, and how it stops."""

import json
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.factories.programs import environment_of, free_port, program, until

from ogpmonitor.settings import Settings

ROUTE = "/{lang}/{tenant}/plans/{plan}"
BODY = b"persona=penalolen-coordinator"


@dataclass
class Serving:
    """A web server with two processes that answer."""

    process: Popen[bytes]
    port: int
    metrics: str
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def counted(self, route: str) -> float:
        """How many requests for `route` were answered, by all processes together."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(httpx.get(self.metrics).text)
            for sample in family.samples
            if sample.name == "ogpmonitor_requests_total" and sample.labels["route"] == route
        )

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture
def serving(settings: Settings, tmp_path: Path) -> Iterator[Serving]:
    port, metrics, log = free_port(), f"127.0.0.1:{free_port()}", tmp_path / "web.log"
    environment = environment_of(settings, metrics_listen=metrics, base_url=f"http://127.0.0.1:{port}")
    with program("serve", "--port", str(port), "--workers", "2", environment=environment, log=log) as process:
        server = Serving(process, port, f"http://{metrics}/metrics", log)
        until(lambda: httpx.get(f"{server.address}/health/ready").status_code == 200, "the server was ready")
        yield server


def test_figures_are_those_of_all_processes_together(serving: Serving) -> None:
    for _ in range(40):  # each over a connection of its own, so both processes get some
        assert httpx.get(f"{serving.address}/es/penalolen/plans/2021-2024/").status_code == 200

    assert [serving.counted(ROUTE) for _ in range(5)] == [40] * 5
    assert 'ogpmonitor_database_connections_most{door="app"} 30.0' in httpx.get(serving.metrics).text


def test_figures_are_not_told_where_people_are_answered(serving: Serving) -> None:
    assert httpx.get(f"{serving.address}/metrics").status_code == 404
    assert "ogpmonitor_database_up 1.0" in httpx.get(serving.metrics).text


def test_every_line_is_json_and_names_its_request(serving: Serving) -> None:
    httpx.get(f"{serving.address}/es/penalolen/", headers={"X-Request-Id": "asked-by-a-test"})

    until(lambda: any(line.get("request") == "asked-by-a-test" for line in serving.lines()), "the line was written")
    (line,) = [line for line in serving.lines() if line.get("request") == "asked-by-a-test"]
    assert (line["event"], line["tenant"], line["status"]) == ("request.answered", "penalolen", 200)


def test_a_request_at_hand_is_finished_and_nobody_new_is_let_in(serving: Serving) -> None:
    head = (
        f"POST /es/sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\nOrigin: {serving.address}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", serving.port)) as slow:
        slow.sendall(head.encode() + BODY[:10])
        httpx.get(f"{serving.address}/health/live")  # by now the beginning has arrived
        serving.process.send_signal(signal.SIGTERM)
        until(lambda: refused(serving.port), "nobody new was let in")

        assert serving.process.poll() is None
        slow.sendall(BODY[10:])
        answer = slow.recv(65536).decode()

    assert answer.startswith("HTTP/1.1 303 ")
    assert serving.process.wait(20) == 0


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False
