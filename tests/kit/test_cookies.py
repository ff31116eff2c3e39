"""Over HTTPS no neighbouring host can plant a cookie that this one believes."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories.cast import Cast
from tests.factories.requests import ask
from tests.factories.site import Site, running_site

import ogpmonitor
from ogpmonitor.kit.cookies import PrefixedCookies
from ogpmonitor.settings import Settings

HTTPS = "https://testserver"
WORKBENCH = "/es/penalolen/workbench/"


@pytest.fixture
async def secure(settings: Settings) -> AsyncIterator[Site]:
    """The service as it is on the web."""
    told = settings.model_copy(update={"cookie_secure": True, "base_url": HTTPS})
    async with running_site(told) as site:
        yield site


def browser(site: Site) -> httpx.AsyncClient:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url=HTTPS, headers={"Origin": HTTPS})
    site.others.append(client)
    return client


def flags(header: str) -> set[str]:
    return {part.strip().lower() for part in header.split(";")[1:]}


async def test_the_session_is_the_hosts_own(secure: Site) -> None:
    client = browser(secure)

    answer = await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})

    header = answer.headers["set-cookie"]
    assert header.startswith("__Host-ogpmonitor_session=")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags(header)
    assert not any(flag.startswith("domain") for flag in flags(header))
    assert (await client.get(WORKBENCH)).status_code == 200


@pytest.mark.parametrize(
    "name", ["ogpmonitor_session", "__Secure-ogpmonitor_session", "__Host-__Host-ogpmonitor_session"]
)
async def test_a_session_under_another_name_is_nobodys(secure: Site, name: str) -> None:
    client = browser(secure)
    answer = await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]

    planted = await browser(secure).get(WORKBENCH, headers={"Cookie": f"{name}={token}"})
    own = await browser(secure).get(WORKBENCH, headers={"Cookie": f"a=1; {name}=x; __Host-ogpmonitor_session={token}"})

    assert (planted.status_code, own.status_code) == (401, 200)


async def test_signing_out_takes_the_cookie_and_what_was_typed_away(secure: Site) -> None:
    client = browser(secure)
    await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})

    answer = await client.post("/es/sign-out/")

    assert answer.headers["set-cookie"].startswith("__Host-ogpmonitor_session=")
    assert "max-age=0" in flags(answer.headers["set-cookie"])
    assert answer.headers["clear-site-data"] == '"storage"'
    assert list(client.cookies.jar) == []


async def test_a_requests_key_is_for_its_own_pages(secure: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = browser(secure)

    taken = await client.post(f"/es/penalolen/requests/{asked.token}/")

    for header in taken.headers.get_list("set-cookie"):
        assert header.startswith("__Secure-ogpmonitor_request=")
        assert {"secure", "httponly", "samesite=lax"} <= flags(header)
        assert any(flag.endswith(f"/penalolen/requests/{asked.token}".lower()) for flag in flags(header))
    assert (await client.get(f"/es/penalolen/requests/{asked.token}/milestones/")).status_code == 200


async def test_other_cookies_pass_as_they_came() -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"theirs=1; Path=/")]})

    async def keep(message: Any) -> None:
        seen.append(message["headers"])

    scope: Any = {"type": "http", "headers": [(b"cookie", b"a=1; b; c=x=y; =z"), (b"accept", b"*/*")]}
    await PrefixedCookies(app, on_paths=())(scope, None, keep)  # type: ignore[arg-type]  nothing is received

    assert seen == [(b"cookie", b"a=1; b; c=x=y; =z"), (b"accept", b"*/*"), [(b"set-cookie", b"theirs=1; Path=/")]]


def test_only_the_requests_cookie_is_set_for_some_paths() -> None:
    """Any other with a path would be refused by browsers under its new name."""
    found = [
        path.name
        for path in sorted(Path(ogpmonitor.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "set_cookie"
        and {"path", "domain"} & {keyword.arg for keyword in node.keywords}
    ]

    assert found == ["routes_answers.py"]
