"""Every route says what it does; one that does not is shut; looking at a page changes nothing."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.site import ADDRESS, Site

from ogpmonitor.accounts.middleware import FindActor, authorize
from ogpmonitor.accounts.permissions import ALLOWED, Permission, permits
from ogpmonitor.app import ROUTES
from ogpmonitor.kit.db import Database, TenantSession
from ogpmonitor.kit.errors import DomainError
from ogpmonitor.tenants.middleware import PLATFORM_SEGMENTS
from ogpmonitor.tenants.schemas import RESERVED_SLUGS

SAFE = {"GET", "HEAD", "OPTIONS"}


def no_door() -> Provide:
    """In place of a database: routes are looked at here, not called."""

    def nothing() -> None:
        return None

    return Provide(nothing, sync_to_thread=False)


def handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every handler of ours, under its first path."""
    doors = {name: no_door() for name in ("session", "register")}
    for route in Litestar(route_handlers=list(ROUTES), dependencies=doors, openapi_config=None).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            if handler.http_methods - {"OPTIONS"}:
                yield f"{'|'.join(sorted(handler.http_methods))} {route.path}", handler


def test_there_are_routes() -> None:
    assert len(list(handlers())) > 10


def test_every_route_declares_a_permission() -> None:
    assert [name for name, handler in handlers() if handler.opt.get("permission") not in set(Permission)] == []


def test_only_opening_pages_is_open_to_everyone() -> None:
    """What changes something needs somebody.

    But for signing in by any way, verifying a file, which keeps nothing, taking a request or an invitation by its link,
    and stopping notices by theirs.
    """
    changing = {name for name, handler in handlers() if not handler.http_methods <= SAFE}
    open_to_all = {name for name, handler in handlers() if handler.opt["permission"] == Permission.PUBLIC}

    assert changing & open_to_all == {
        "POST /{lang:str}/sign-in",
        "POST /{lang:str}/sign-in/email",
        "POST /{lang:str}/sign-in/email/{token:str}",
        "POST /{lang:str}/sign-in/with/{owner:str}/{key:str}",
        "POST /{lang:str}/verify",
        "POST /{lang:str}/invitations/{token:str}",
        "POST /{lang:str}/{tenant:str}/requests/{token:str}",
        "POST /{lang:str}/{tenant:str}/notices/stop/{token:str}",
    }


def test_only_a_mailbox_may_send_a_form_from_elsewhere() -> None:
    """RFC 8058: the button of a mail program stops notices. The link says whose, and no cookie is looked at."""
    found = {name: handler.opt["permission"] for name, handler in handlers() if handler.opt.get("from_anywhere")}

    assert found == {"POST /{lang:str}/{tenant:str}/notices/stop/{token:str}": Permission.PUBLIC}


async def test_a_route_that_declares_nothing_answers_403() -> None:
    @get("/")
    async def forgetful() -> str:
        return "open"

    def refuse(_request: Request[Any, Any, Any], error: DomainError) -> Response[str]:
        return Response(error.code, status_code=error.status)

    app = Litestar(
        [forgetful],
        guards=[authorize],
        middleware=[FindActor(None, idle=None)],  # type: ignore[arg-type]  # never asked for such a route
        exception_handlers={DomainError: refuse},
        openapi_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.text) == (403, "route.declares_no_permission")


def test_every_permission_has_rules_and_every_rule_a_permission() -> None:
    assert set(ALLOWED) == set(Permission)
    assert [permission for permission, rules in ALLOWED.items() if not rules] == []


def test_permissions_stand_in_alphabetical_order() -> None:
    assert [*Permission] == sorted(Permission)
    assert [permission.name for permission in Permission] == sorted(permission.name for permission in Permission)


def test_a_stranger_may_nothing_but_what_is_public(cast: Cast) -> None:
    assert [one for one in Permission if permits(cast.citizen, one)] == [Permission.PUBLIC]


def test_nobody_speaks_in_both_voices(cast: Cast) -> None:
    people = (cast.coordinator, cast.contact, cast.monitor, cast.operator, cast.ogp_staff)
    government = {Permission.MILESTONE_REPORT, Permission.PLAN_PUBLISH}
    monitor = {Permission.ASSESSMENT_WRITE, Permission.ASSESSMENT_PUBLISH}

    def can(actor: Any, some: set[Permission]) -> bool:
        return any(permits(actor, one) for one in some)

    assert [one.name for one in people if can(one, government) and can(one, monitor)] == []
    assert can(cast.coordinator, government)
    assert can(cast.monitor, monitor)


def inner(site: Site) -> Litestar:
    """The Litestar application inside what wraps it."""
    app = site.app
    while not isinstance(app, Litestar):
        app = app._app  # noqa: SLF001  the wrappers do not show what they wrap
    return app


PLANS = text("SELECT sum(version) FROM workbench.plans")


async def test_a_get_that_writes_changes_nothing(site: Site, cast: Cast) -> None:
    """The transaction of a GET is read-only: PostgreSQL refuses, whatever the code tries."""

    @get("/{lang:str}/{tenant:str}/house-writes", permission=Permission.WORKBENCH_ENTER)
    async def writes(session: NamedDependency[TenantSession]) -> str:
        await session.execute(text("UPDATE workbench.plans SET version = version + 1"))
        return "written"

    inner(site).register(writes)
    client = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator) as session:
        before = await session.scalar(PLANS)

    answer = await client.get("/es/penalolen/house-writes")

    async with cast.at("penalolen", cast.coordinator) as session:
        assert await session.scalar(PLANS) == before > 0
    assert answer.status_code == 500


@pytest.mark.parametrize("statement", ["UPDATE workbench.plans SET version = 9", "DELETE FROM facts.plans"])
async def test_the_register_session_writes_nothing(database: Database, statement: str) -> None:
    with pytest.raises(Exception, match=r"read-only transaction|permission denied"):
        async with database.register_session() as session:
            await session.execute(text(statement))


def test_no_jurisdiction_can_be_called_like_a_page_of_the_platform() -> None:
    paths = {route.split(" ")[1] for route, _ in handlers()}
    own = {parts[2] for path in paths if len(parts := path.split("/")) > 2 and parts[1] == "{lang:str}"}

    assert {segment for segment in own if segment and "{" not in segment} <= RESERVED_SLUGS
    assert PLATFORM_SEGMENTS <= RESERVED_SLUGS
