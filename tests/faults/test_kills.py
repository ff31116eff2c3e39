"""Web server and worker are killed again and again while people write: nothing acknowledged is lost or done twice."""

import asyncio
import random
import time
from collections import Counter

import psycopg
from tests.faults.deployed import Deployed, browser, ready, sign_in
from tests.faults.writing import publish, recorded, writers

from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.verifying import Asked, verify_house

NAMES = "abcde"


async def kill_at_random(house: Deployed, *, until: asyncio.Future[object], chance: random.Random) -> Counter[str]:
    """One program after another is killed, and started again as an init system would, until the writing is done."""
    killed: Counter[str] = Counter()
    while not until.done():
        await asyncio.sleep(chance.uniform(0.5, 3))
        name = chance.choice(sorted(house.programs))
        house.programs[name].kill()
        killed[name.split()[0]] += 1
        await asyncio.sleep(chance.uniform(0, 0.5))
        house.programs[name].restart_if_ended()
    return killed


async def publish_now_and_then(house: Deployed, *, until: asyncio.Future[object]) -> int:
    """How many publications were acknowledged while the others wrote, and one at the end."""
    acknowledged = 0
    async with browser(house.addresses[0]) as client:
        await sign_in(client, "penalolen-coordinator")
        while not until.done():
            acknowledged += await publish(client)
            await asyncio.sleep(0.3)
        await ready(house.addresses[0])
        return acknowledged + await publish(client)


def editions(house: Deployed) -> int:
    with psycopg.connect(conninfo(house.settings.database_url)) as superuser:
        found = superuser.execute("SELECT count(*) FROM register.editions WHERE jurisdiction = 'penalolen'").fetchone()
    return int(found[0]) if found else 0


async def test_what_was_acknowledged_is_there_once_whatever_is_killed(house: Deployed, writes: int) -> None:
    address, before = house.serve(), editions(house)
    house.work()
    await ready(address)
    people, started = await writers(house.settings, address, NAMES), time.monotonic()
    steps = writes // len(NAMES)

    writing: asyncio.Future[object] = asyncio.gather(*(each.write(steps) for each in people))
    killed, published, _ = await asyncio.gather(
        kill_at_random(house, until=writing, chance=random.Random(1)),  # noqa: S311  no secret
        publish_now_and_then(house, until=writing),
        writing,
    )
    for each in people:
        await each.client.aclose()

    met = sum((each.met for each in people), Counter())
    told = {each.name: recorded(house.settings, each) for each in people}
    wanted = {each.name: [f"paso {each.name}-{number:04d}" for number in range(1, steps + 1)] for each in people}
    verified = await verify_house(house.settings, Asked(files=True))
    print(  # noqa: T201  the figures are what a long run is for
        f"\n{steps * len(people)} writes in {time.monotonic() - started:.0f} s, killed {dict(killed)}, clients met "
        f"{dict(met)}, {published} publications acknowledged, {editions(house) - before} made"
    )
    assert killed.total() > 0
    assert told == wanted
    assert {text for each in people for text in each.acknowledged} <= {text for all_ in told.values() for text in all_}
    assert published <= editions(house) - before
    assert verified.lines[-1] == "All of it holds."
