"""Counting, in the database, so that every process counts together."""

import hashlib
import hmac
import math
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from litestar.connection import ASGIConnection
from sqlalchemy import delete, func, text

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import TooMany
from ogpmonitor.limits.addresses import Network, ProxyHeader, address_of, house_of
from ogpmonitor.limits.models import Allowance

log = structlog.get_logger()
Connection = ASGIConnection[Any, Any, Any, Any]
MOST_REMEMBERED = 10_000
# One statement in a transaction of its own. `used_until` is when everything used will have come back (GCRA): a use
# moves it on by its share of `per`, and is refused where that would move it further than `per` from now.
TAKE = text("""
    WITH asked AS (SELECT CAST(:share AS interval) AS share, CAST(:per AS interval) AS per),
    taken AS (
        INSERT INTO platform.allowances AS a (name, who, used_until) SELECT :name, :who, now() + share FROM asked
        ON CONFLICT (name, who) DO UPDATE SET used_until = greatest(a.used_until, now()) + CAST(:share AS interval)
            WHERE greatest(a.used_until, now()) + CAST(:share AS interval) <= now() + CAST(:per AS interval)
        RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM taken), extract(epoch FROM a.used_until + share - per - now())
    FROM asked LEFT JOIN platform.allowances a ON a.name = :name AND a.who = :who
""")


class Limits:
    """Every allowance of this installation.

    `factor` makes all of them wider; 0 counts nothing, for an installation where something in front counts already.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        *,
        factor: float = 1.0,
        trusted: Sequence[Network] = (),
        header: ProxyHeader = "x-forwarded-for",
    ) -> None:
        self._database, self._factor, self._trusted, self._header = database, factor, trusted, header
        self._key = hmac.new(secret.encode(), b"ogpmonitor limits", hashlib.sha256).digest()
        self._refused: dict[tuple[str, str], float] = {}  # until when each is refused for certain

    def address(self, connection: Connection) -> str:
        """What is counted as the address that `connection` comes from: IPv6 by its /64 network."""
        return house_of(address_of(connection.scope, trusted=self._trusted, header=self._header))

    async def take(
        self,
        name: str,
        *,
        by: str,
        most: int,
        per: timedelta,
        cost: int = 1,
        message: str = "",
        is_quota: bool = False,
    ) -> None:
        """`by` has used `cost` of the `most` that `name` allows it in `per`. Counted at once, whatever comes after.

        Used up, it comes back evenly: a `most`-th part of `per` for each. A refusal uses nothing. `message` (a msgid)
        says what is used up, where that is not the number of requests. A quota stays as it is, whatever the factor.

        Raises:
            TooMany: less than `cost` is left; it says in how many seconds that much will be there.
        """
        factor = 1.0 if is_quota else self._factor
        if not factor:
            return
        most, who = max(1, round(most * factor)), self._hashed(name, by)
        if cost > most:
            raise _too_many(name, who, per.total_seconds(), message)
        if cost == 1 and (left := self._refused.get((name, who), 0.0) - time.monotonic()) > 0:
            raise _too_many(name, who, left, message)
        given = {"name": name, "who": who, "per": per, "share": per * cost // most}
        async with self._database.alone() as connection:
            is_taken, wait = (await connection.execute(TAKE, given)).one()
        if not is_taken:
            seconds = max(float(wait or 0), 0.0)
            if cost == 1:
                self._remember(name, who, seconds)
            raise _too_many(name, who, seconds, message)

    def begin(self) -> None:
        """Nobody is known to be refused any more: what the database says counts."""
        self._refused.clear()

    def _hashed(self, name: str, by: str) -> str:
        """A different word under each limit, so that rows do not say that two of them are of one person."""
        return hmac.new(self._key, f"{name}\0{by}".encode(), hashlib.sha256).hexdigest()[:32]

    def _remember(self, name: str, who: str, seconds: float) -> None:
        """A flood that goes on is refused without asking the database."""
        if len(self._refused) >= MOST_REMEMBERED:
            self.begin()
        self._refused[name, who] = time.monotonic() + seconds


def _too_many(name: str, who: str, seconds: float, message: str) -> TooMany:
    log.warning("limit.reached", limit=name, who=who[:8], seconds=math.ceil(seconds))
    return TooMany(f"limit.{name}", message, seconds=max(1, math.ceil(seconds)))


async def limit(
    connection: Connection, name: str, *, by: str | None = None, most: int, per: timedelta, cost: int = 1
) -> None:
    """`by`, or else the address that `connection` comes from, has used `cost` of what `name` allows (`Limits.take`).

    The door for routes: `await limit(request, "sign-in-as", by=email, most=10, per=timedelta(minutes=15))`.

    Raises:
        TooMany: it is used up.
    """
    limits: Limits = connection.app.state.limits
    await limits.take(name, by=limits.address(connection) if by is None else by, most=most, per=per, cost=cost)


async def forget_old(database: Database) -> int:
    """Rows that say nothing any more are gone; how many they were."""
    async with database.alone() as connection:
        gone = await connection.execute(delete(Allowance).where(Allowance.used_until < func.now()))
    return gone.rowcount
