"""`ogpmonitor doctor`: everything an installation needs, looked at one after the other.

To add a check, write `async def check_…(house: House) -> list[Finding]` beside its like and name it in `CHECKS`. A
check that raises is itself a finding; the others go on.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from ogpmonitor.health.checking_database import (
    check_clocks,
    check_database,
    check_queue,
    check_roles,
    check_rows_are_sealed,
    check_schema,
)
from ogpmonitor.health.checking_house import (
    House,
    check_files,
    check_parts,
    check_reports,
    check_settings,
    check_signing_key,
    check_tenants,
)
from ogpmonitor.health.checking_outside import (
    check_mail,
    check_operators,
    check_pooler,
    check_proxies,
    check_sign_in,
)
from ogpmonitor.health.finding import Finding, fails
from ogpmonitor.settings import Settings

# In the order they are printed: the name one may choose by, and what looks.
CHECKS: Sequence[tuple[str, Callable[[House], Awaitable[list[Finding]]]]] = (
    ("settings", check_settings),
    ("database", check_database),
    ("pooler", check_pooler),
    ("roles", check_roles),
    ("schema", check_schema),
    ("row security", check_rows_are_sealed),
    ("clocks", check_clocks),
    ("queue", check_queue),
    ("files", check_files),
    ("signing key", check_signing_key),
    ("tenants", check_tenants),
    ("mail", check_mail),
    ("sign-in", check_sign_in),
    ("operators", check_operators),
    ("proxies", check_proxies),
    ("parts", check_parts),
    ("reports", check_reports),
)


async def examine(settings: Settings, *, only: str = "", environment: Mapping[str, str]) -> list[Finding]:
    """What each check found, in order; with `only`, of those checks whose name begins like that."""
    house = House(settings, environment)
    found: list[Finding] = []
    for name, check in CHECKS:
        if name.startswith(only):
            found += await _looked(name, check, house)
    return found


async def _looked(name: str, check: Callable[[House], Awaitable[list[Finding]]], house: House) -> list[Finding]:
    try:
        return await check(house)
    except Exception as error:  # noqa: BLE001  whatever stops a check is what it found
        reason = (str(error).splitlines() or [""])[0]
        return [fails(name, f"could not be looked at ({type(error).__name__}: {reason}).", "mend what stands above.")]
