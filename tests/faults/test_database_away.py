"""PostgreSQL is stopped, and killed, under people who write: the service says so, and recovers by itself."""

import asyncio
import os
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from tests.faults.deployed import Deployed, browser, ready
from tests.faults.writing import recorded, writers

AWAY_SECONDS = 1.5
STEPS = 15


def stop(house: Deployed) -> None:
    house.server.stop()


def kill(house: Deployed) -> None:
    """The server's first process is gone without a word, and with it, a moment later, all others."""
    pid = int((Path(house.server.folder) / "cluster" / "postmaster.pid").read_text("utf-8").splitlines()[0])
    os.kill(pid, signal.SIGKILL)


async def watch(address: str, path: str, seen: list[httpx.Response], *, until: asyncio.Event) -> None:
    """What a stranger is answered meanwhile; no connection is ever refused."""
    async with browser(address) as client:
        while not until.is_set():
            seen.append(await client.get(path))
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", [stop, kill])
async def test_the_service_says_so_and_recovers(house: Deployed, fault: object) -> None:
    assert callable(fault)
    address = house.serve()
    house.work()
    await ready(address)
    people = await writers(house.settings, address, "xyz" if fault is stop else "uvw")
    seen: list[httpx.Response] = []
    done = asyncio.Event()
    watching = asyncio.create_task(watch(address, "/es/penalolen/", seen, until=done))
    writing = asyncio.gather(*(each.write(STEPS) for each in people))

    await asyncio.sleep(0.5)
    await asyncio.to_thread(fault, house)
    away = time.monotonic()
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(house.server.start)
    back = time.monotonic()
    await ready(address)
    recovered = time.monotonic() - back
    await writing
    done.set()
    await watching
    for each in people:
        await each.client.aclose()

    met = sum((each.met for each in people), Counter())
    print(  # noqa: T201  the figures are what a long run is for
        f"\n{fault.__name__}: away {back - away:.1f} s, ready {recovered:.1f} s after it was back, writers met "
        f"{dict(met)}, a reader {dict(Counter(answer.status_code for answer in seen))}"
    )
    refused = [answer for answer in seen if answer.status_code != 200]
    assert {answer.status_code for answer in refused} == {503}
    assert [answer for answer in refused if "Volvemos en un momento" not in answer.text] == []
    assert set(met) <= {"303", "409", "503", "done but not acknowledged"}
    assert met["503"] > 0
    assert {each.name: recorded(house.settings, each) for each in people} == {
        each.name: [f"paso {each.name}-{number:04d}" for number in range(1, STEPS + 1)] for each in people
    }
    assert {name: program.starts for name, program in house.programs.items() if name.startswith("web")} == {"web 1": 1}
