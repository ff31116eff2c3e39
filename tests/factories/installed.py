"""An installation as a town runs it: two web servers taking turns, a worker, a mail server; nothing of the demo."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from tests.factories.in_turn import HERE, InTurn, in_turn
from tests.factories.mail import SENDER, Mailbox
from tests.factories.programs import environment_of, free_port, program, ran, rows, until

from ogpmonitor.reports.jobs import RENDER_EDITION
from ogpmonitor.settings import Settings

PATIENCE_SECONDS = 90  # of a letter: the worker may be drawing a report


class Installation:
    """What is there before anything runs: ports, variables and a mailbox that collects every letter."""

    def __init__(self, settings: Settings, folder: Path, box: Mailbox, **variables: str) -> None:
        """`settings` say which database; logs go into `folder`; `variables` are added to the environment."""
        self.settings, self.folder, self.box = settings, folder, box
        self.port, self.web_ports = free_port(), (free_port(), free_port())
        self.address = f"http://{HERE}:{self.port}"
        self.webs = [f"http://{HERE}:{port}" for port in self.web_ports]
        self._read: set[int] = set()
        self.environment = variables | environment_of(
            settings,
            demo=False,
            base_url=self.address,
            smtp_url=f"smtp+plain://{HERE}:{box.port}",
            mail_from=SENDER,
            trusted_proxies=f"{HERE}/32",
            check_links=False,
        )

    def ran(self, *arguments: str) -> str:
        """What `ogpmonitor …` said, which has ended well."""
        done = ran(*arguments, environment=self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @asynccontextmanager
    async def running(self) -> AsyncIterator[InTurn]:
        """Both web servers are ready, and the worker works; reports that waited to be drawn hold up no letter."""
        rows(self.settings, "DELETE FROM jobs.procrastinate_jobs WHERE task_name = %s", RENDER_EDITION)
        async with in_turn(self.port, self.web_ports) as turns:
            with ExitStack() as programs:
                for number, port in enumerate(self.web_ports, 1):
                    self._start(programs, f"web {number}", "serve", "--port", str(port))
                self._start(programs, "worker", "worker")
                for web in self.webs:
                    await asyncio.to_thread(until, lambda web=web: _is_ready(web), f"{web} is ready")
                yield turns

    def _start(self, programs: ExitStack, name: str, *arguments: str) -> None:
        log = self.folder / f"{name}.log"
        programs.enter_context(program(*arguments, environment=self.environment, log=log))

    async def letter(self, to: str, about: str) -> EmailMessage:
        """The next letter to `to` whose subject says `about`, and that nobody has read yet."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for number, (_sender, recipients) in enumerate(self.box.envelopes):
                    message = self.box.messages[number]
                    if number not in self._read and to in recipients and about in str(message["Subject"]):
                        self._read.add(number)
                        return message
                await asyncio.sleep(0.05)


def _is_ready(web: str) -> bool:
    return httpx.get(f"{web}/health/ready").status_code == 200


def text_of(letter: EmailMessage) -> str:
    """What it says to a reader without HTML."""
    return _part(letter, "plain")


def html_of(letter: EmailMessage) -> str:
    """The same as a page."""
    return _part(letter, "html")


def _part(letter: EmailMessage, kind: str) -> str:
    part: Any = letter.get_body((kind,))
    assert part is not None, f"no {kind} part in {letter['Subject']}"
    return str(part.get_content())


def link_in(letter: EmailMessage) -> str:
    """The first link in it; the page of the letter leads to the same."""
    link = next(word for word in text_of(letter).split() if word.startswith("http"))
    assert f'href="{link}"' in html_of(letter), letter["Subject"]
    return link
