"""Two web servers before one database: sessions are shared, and each forgets its pages when the other publishes."""

import asyncio
import time

from tests.faults.deployed import Deployed, browser, ready
from tests.faults.writing import publish, writers

PLAN = "/es/penalolen/plans/2021-2024/"


async def test_two_web_servers_are_one_service(house: Deployed) -> None:
    first, second = house.serve(), house.serve()
    for address in (first, second):
        await ready(address)
    person = (await writers(house.settings, first, "t"))[0]
    await person.write(1)
    async with browser(second) as elsewhere:
        for name, value in person.client.cookies.items():
            elsewhere.cookies.set(name, value)
        desk = await elsewhere.get("/es/penalolen/workbench/")
        elsewhere.cookies.clear()
        before = await elsewhere.get(PLAN)
        kept = await elsewhere.get(PLAN, headers={"If-None-Match": before.headers["ETag"]})

        assert await publish(person.client)
        published = time.monotonic()
        async with asyncio.timeout(10):
            while (await elsewhere.get(PLAN)).headers["ETag"] == before.headers["ETag"]:  # noqa: ASYNC110  another process
                await asyncio.sleep(0.005)
        forgotten = time.monotonic() - published
        async with browser(first) as there:
            same = [
                (await client.get(PLAN)).text.replace(at, "") for at, client in ((first, there), (second, elsewhere))
            ]
    await person.client.aclose()

    print(f"\nthe other server forgot its page {forgotten * 1000:.0f} ms after the publication")  # noqa: T201  a figure
    assert desk.status_code == 200
    assert kept.status_code == 304
    assert same[0] == same[1]
