"""A public page when it is warm, and the first time somebody asks for a new edition."""

import asyncio
import urllib.request
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import make_url
from tests.bench.deployment import Deployment, deployment
from tests.bench.harness import Pair, at_least, at_most, row, seconds
from tests.bench.load import requests_per_second
from tests.bench.servers import serving, serving_bytes

from ogpmonitor.app import create_app
from ogpmonitor.register.documents import read_document

PAGE = "/es/penalolen/plans/2021-2024/commitments/C2/"
FIRST_RENDERS = 20


@row("public commitment page, warm", floor="bare Litestar handler, same bytes", goal=at_least(0.7), unit="requests/s")
def commitment_page_warm() -> Iterator[Pair]:
    """Both behind one Granian worker, asked by the same client, without compression."""
    with (
        deployment() as deployed,
        serving("ogpmonitor.app:create_app", deployed.environment, ready="/health/ready") as at,
    ):
        with urllib.request.urlopen(f"{at}{PAGE}") as answer:  # noqa: S310  our own server
            body = answer.read()
        with serving_bytes(body) as bare:
            yield Pair(lambda: requests_per_second(f"{at}{PAGE}"), lambda: requests_per_second(bare))


@row(
    "the same page, first render",
    floor="fetch by the bare driver + same template",
    goal=at_most(2),
    unit="s",
)
def commitment_page_first() -> Iterator[Pair]:
    """In one process, without a network. The goal of half the floor's speed is twice its time."""
    with deployment() as deployed:
        loop = asyncio.new_event_loop()
        app = create_app(deployed.settings)
        recorder = _Recorder(_state(app).templates)
        _state(app).templates = recorder
        loop.run_until_complete(_state(app).directory.refresh())
        loop.run_until_complete(_ask(app))  # the floor renders what this one rendered
        with _connected(deployed) as connection:
            yield Pair(
                lambda: [seconds(lambda: loop.run_until_complete(_ask(app))) for _ in range(FIRST_RENDERS)],
                lambda: [seconds(lambda: _fetch_and_render(connection, recorder)) for _ in range(FIRST_RENDERS)],
            )
        loop.run_until_complete(_state(app).database.close())
        loop.close()


class _Recorder:
    """The templates, remembering what the page was last made of."""

    def __init__(self, templates: Any) -> None:
        self._templates = templates
        self.last: tuple[str, dict[str, Any]] = ("", {})

    def render(self, template: str, **context: Any) -> str:
        self.last = (template, context)
        return str(self._templates.render(template, **context))

    def again(self) -> str:
        template, context = self.last
        return str(self._templates.render(template, **context))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._templates, name)


def _state(app: Any) -> Any:
    while not hasattr(app, "state"):
        app = app._app  # noqa: SLF001  the wrappers do not show what they wrap
    return app.state


async def _ask(app: Any) -> bytes:
    """One request as a server would pass it on. Nobody listens for publications, so nothing is kept."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": PAGE, "raw_path": PAGE.encode(), "root_path": "", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"{PAGE}: {message['status']}")
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return bytes(body)


def _connected(deployed: Deployment) -> psycopg.Connection[Any]:
    url = make_url(deployed.settings.public_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


EDITION = """SELECT e.kind, d.body FROM register.edition_entries e
             JOIN register.documents d ON d.sha256 = e.document_sha256
             WHERE e.edition_sha256 = (SELECT sha256 FROM register.editions WHERE jurisdiction = 'penalolen'
                                       AND plan = '2021-2024' ORDER BY number DESC LIMIT 1) ORDER BY e.position"""


def _fetch_and_render(connection: psycopg.Connection[Any], recorder: _Recorder) -> str:
    for kind, body in connection.execute(EDITION).fetchall():
        read_document(kind, body)
    return recorder.again()
