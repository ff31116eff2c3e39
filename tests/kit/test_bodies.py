"""How much, how many and how slowly somebody may send."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.factories.site import Site

from ogpmonitor.kit.bodies import Patience
from ogpmonitor.kit.errors import TooSlow
from ogpmonitor.kit.forms import LARGEST_TEXT, MOST_FIELDS, MOST_FILES

SCOPE: Any = {"type": "http"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


async def nobody_listens(_message: Any) -> None:
    raise AssertionError


class Reader:
    """An application that reads everything it is sent, and then asks once more, as one does that waits for the end."""

    def __init__(self, *, asks_again: bool = False) -> None:
        self.read, self._asks_again = b"", asks_again

    async def __call__(self, _scope: Any, receive: Any, _send: Any) -> None:
        more = True
        while more:
            message = await receive()
            self.read += message.get("body", b"")
            more = message.get("more_body", False)
        if self._asks_again:
            await receive()


def sender(*chunks: bytes, ends: bool = True) -> Any:
    """Sends `chunks`; then, unless it `ends`, nothing more for ever."""
    waiting: Iterator[tuple[int, bytes]] = iter(enumerate(chunks, start=1))

    async def receive() -> Any:
        number, chunk = next(waiting, (0, b""))
        if not number:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": not ends or number < len(chunks)}

    return receive


async def test_whoever_stops_sending_is_not_waited_for() -> None:
    app = Reader()

    with pytest.raises(TooSlow):
        await Patience(app, between=0.01)(SCOPE, sender(b"a", b"b", ends=False), nobody_listens)

    assert app.read == b"ab"


async def test_whoever_sends_a_little_at_a_time_is_not_waited_for_without_end() -> None:
    async def drip() -> Any:
        await asyncio.sleep(0.005)
        return {"type": "http.request", "body": b".", "more_body": True}

    with pytest.raises(TooSlow):
        await Patience(Reader(), between=10, whole=0.05)(SCOPE, drip, nobody_listens)


async def test_what_has_been_sent_is_passed_on_whole() -> None:
    app = Reader()

    await Patience(app, between=10)(SCOPE, sender(b"a", b"b", b"c"), nobody_listens)

    assert app.read == b"abc"


async def test_after_the_end_waiting_is_not_the_senders() -> None:
    """An answer that takes long listens whether the reader is still there."""
    running = asyncio.ensure_future(
        Patience(Reader(asks_again=True), between=0.01)(SCOPE, sender(b"a"), nobody_listens)
    )

    await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()


async def test_a_form_that_stops_coming_is_answered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole service: 408, in words, with nothing saved."""
    app, sent = site.app, []

    async def keep(message: Any) -> None:
        sent.append(message)

    patient = app
    while not isinstance(patient, Patience):
        patient = patient._app  # noqa: SLF001  the wrappers do not show what they wrap
    monkeypatch.setattr(patient, "_between", 0.01)  # nobody wants to wait for thirty seconds
    headers = {
        "host": "testserver", "origin": "http://testserver", "content-length": "20", "accept": "text/html",
        "content-type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    scope = {
        "type": "http", "method": "POST", "path": "/es/sign-in/", "raw_path": b"/es/sign-in/", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "http_version": "1.1",
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("testserver", 80), "root_path": "", "extensions": {},
        "asgi": {"version": "3.0", "spec_version": "2.3"}, "state": {},
    }  # fmt: skip

    await app(scope, sender(b"persona=", ends=False), keep)

    assert sent[0]["status"] == 408
    assert "no llegó a tiempo" in b"".join(one.get("body", b"") for one in sent).decode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=1&" * (MOST_FIELDS - 2) + b"b=2", 422),
        (b"a=1&" * MOST_FIELDS + b"b=2", 413),
        (b"a=" + b"x" * (LARGEST_TEXT - 2), 422),
        (b"a=" + b"x" * LARGEST_TEXT, 413),
    ],
)
async def test_a_form_without_files_has_its_measure(site: Site, body: bytes, status: int) -> None:
    client = await site.sign_in("penalolen-coordinator")

    answer = await client.post("/es/penalolen/workbench/plans/", content=body, headers=URLENCODED)

    assert answer.status_code == status


async def test_the_same_without_saying_how_long_it_is(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    async def chunks() -> Any:
        for _ in range(3):
            yield b"x" * LARGEST_TEXT

    answer = await client.post("/es/penalolen/workbench/plans/", content=chunks(), headers=URLENCODED)

    assert answer.status_code == 413


@pytest.mark.parametrize(("files", "status"), [(MOST_FILES, 422), (MOST_FILES + 1, 413), (999, 413), (1001, 400)])
async def test_a_form_brings_so_many_files_and_no_more(site: Site, files: int, status: int) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = [(f"file_{number}", ("a.txt", b"Hola", "text/plain")) for number in range(files)]

    answer = await client.post("/es/penalolen/workbench/plans/", files=sent)

    assert answer.status_code == status


async def test_more_than_any_form_can_bring_is_refused_before_it_is_read(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")
    settings = site.state.settings
    most = settings.max_upload_bytes * settings.max_files_per_form + 1024 * 1024

    answer = await client.post(
        "/es/penalolen/workbench/plans/",
        headers={"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(most + 1)},
        content=b"--x--",
    )

    assert answer.status_code == 413


async def test_a_stranger_sends_hardly_anything_to_sign_in(site: Site) -> None:
    answer = await site.client.post("/es/sign-in/", content=b"persona=" + b"x" * 17_000, headers=URLENCODED)

    assert answer.status_code == 413
