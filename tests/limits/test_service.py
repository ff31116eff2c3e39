"""Counting: how many, for how long, by whom, and that all processes count together."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text, update

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import TooMany
from ogpmonitor.limits.jobs import forget_counts
from ogpmonitor.limits.models import Allowance
from ogpmonitor.limits.service import Limits, forget_old
from ogpmonitor.settings import Settings

SECRET = "not a secret, and long enough to be taken for one"  # noqa: S105  it opens nothing
HOUR = timedelta(hours=1)


@pytest.fixture
def limits(database: Database) -> Limits:
    return Limits(database, SECRET)


@pytest.fixture
async def second(settings: Settings) -> AsyncIterator[Limits]:
    """Another process's."""
    opened = Database(settings.app_url, settings.public_url, pool_size=2)
    yield Limits(opened, SECRET)
    await opened.close()


async def allowed(limits: Limits, by: str, *, times: int = 1, most: int = 3, per: timedelta = HOUR) -> int:
    """How many of `times` were allowed."""
    done = 0
    for _ in range(times):
        try:
            await limits.take("knock", by=by, most=most, per=per)
        except TooMany:
            continue
        done += 1
    return done


async def later(database: Database, by: timedelta) -> None:
    """As if everything had happened that much earlier."""
    async with database.alone() as connection:
        await connection.execute(update(Allowance).values(used_until=Allowance.used_until - by))


async def test_exactly_as_many_as_the_limit_says_are_allowed(limits: Limits) -> None:
    assert await allowed(limits, "a", times=10, most=7) == 7


async def test_each_who_and_each_limit_is_counted_by_itself(limits: Limits) -> None:
    await allowed(limits, "a", times=3)

    assert (await allowed(limits, "a"), await allowed(limits, "b")) == (0, 1)
    await limits.take("another", by="a", most=1, per=HOUR)


async def test_what_is_used_comes_back_evenly(database: Database, limits: Limits, second: Limits) -> None:
    await allowed(limits, "a", times=3)

    await later(database, timedelta(minutes=21))  # a third of the hour, and a little

    assert await allowed(second, "a", times=3) == 1


async def test_whoever_waited_long_has_no_more_than_the_limit(database: Database, limits: Limits) -> None:
    await allowed(limits, "a", times=3)
    await later(database, timedelta(days=9))

    assert await allowed(limits, "a", times=9) == 3


async def test_a_refusal_says_when_and_uses_nothing(database: Database, limits: Limits, second: Limits) -> None:
    await allowed(limits, "a", times=3)
    for _ in range(50):
        with pytest.raises(TooMany) as refused:
            await limits.take("knock", by="a", most=3, per=HOUR)

    assert 1190 <= refused.value.seconds <= 1200
    assert refused.value.code == "limit.knock"
    await later(database, timedelta(seconds=refused.value.seconds))
    assert await allowed(second, "a", times=3) == 1


async def test_a_flood_is_refused_without_the_database(database: Database, limits: Limits) -> None:
    await allowed(limits, "a", times=4)
    await database.close()
    broken = Database("postgresql://nobody@127.0.0.1:1/none", "postgresql://nobody@127.0.0.1:1/none")
    limits._database = broken  # noqa: SLF001  the only way to show that it is not asked

    with pytest.raises(TooMany):
        await limits.take("knock", by="a", most=3, per=HOUR)


async def test_two_processes_count_together_also_at_the_same_moment(limits: Limits, second: Limits) -> None:
    done = await asyncio.gather(*(allowed(one, "a", times=10, most=12) for one in (limits, second) for _ in range(2)))

    assert sum(done) == 12


async def test_a_use_may_cost_more_than_one(limits: Limits) -> None:
    await limits.take("bytes", by="a", most=100, per=HOUR, cost=60)

    with pytest.raises(TooMany):
        await limits.take("bytes", by="a", most=100, per=HOUR, cost=60)
    await limits.take("bytes", by="a", most=100, per=HOUR, cost=40)


async def test_what_costs_more_than_there_ever_is_is_refused_at_once(database: Database, limits: Limits) -> None:
    with pytest.raises(TooMany):
        await limits.take("bytes", by="a", most=100, per=HOUR, cost=101)

    assert await rows(database) == []


async def rows(database: Database) -> list[tuple[str, str]]:
    async with database.alone() as connection:
        return [(row.name, row.who) for row in await connection.execute(select(Allowance.name, Allowance.who))]


async def test_who_was_counted_cannot_be_read(database: Database, limits: Limits) -> None:
    for name in ("one", "two"):
        await limits.take(name, by="203.0.113.7", most=3, per=HOUR)

    kept = await rows(database)
    assert [bool(re.fullmatch(r"[0-9a-f]{32}", who)) for _, who in kept] == [True, True]
    assert len({who for _, who in kept}) == 2  # the same address under two limits looks like two
    elsewhere = Limits(database, "another secret")
    await elsewhere.take("one", by="203.0.113.7", most=3, per=HOUR)
    assert len({who for _, who in await rows(database)}) == 3  # without the key nobody computes it


async def test_a_factor_widens_and_nought_counts_nothing_but_quotas(database: Database) -> None:
    wide, off = Limits(database, SECRET, factor=2), Limits(database, SECRET, factor=0)

    assert await allowed(wide, "a", times=10) == 6
    assert await allowed(off, "b", times=10) == 10
    with pytest.raises(TooMany):
        await off.take("bytes", by="a", most=1, per=HOUR, cost=2, is_quota=True)


async def test_counts_that_say_nothing_any_more_are_deleted(
    database: Database, settings: Settings, limits: Limits
) -> None:
    await allowed(limits, "old")
    await later(database, 2 * HOUR)
    await allowed(limits, "new", times=2)

    assert await forget_old(database) == 1
    assert len(await rows(database)) == 1

    await later(database, 2 * HOUR)
    await forget_counts(SimpleNamespace(additional_context={"settings": settings}))
    assert await rows(database) == []


async def test_nothing_of_it_is_written_ahead(database: Database) -> None:
    """An unlogged table: what is counted costs no write to the log, and is gone after a crash."""
    async with database.alone() as connection:
        kind = await connection.scalar(
            select(func.max(text("relpersistence"))).select_from(text("pg_class")).where(text("relname = 'allowances'"))
        )

    assert kind == "u"
