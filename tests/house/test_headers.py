"""Every answer, of every route and to everyone, says what a browser may do with it and who may keep it."""

import re
from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import httpx
import pytest
from tests.factories.site import Site, running_site
from tests.house.test_doors import handlers

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.headers import DATA_POLICY, FILE_POLICY, POLICY
from ogpmonitor.kit.static import program_files
from ogpmonitor.settings import Settings

HTTPS, PLAN = "https://testserver", "2021-2024"
PLACES = {
    "lang": "es", "tenant": "penalolen", "plan": PLAN, "code": "C2", "number": "1", "token": "x" * 43, "file": "x",
    "sha256": "a" * 64, "file_name": "a.pdf", "fingerprint": "x", "name": "x.css", "section": "vision",
}  # fmt: skip
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}
NEVER = ("server", "x-powered-by", "access-control-allow-origin")
DOCUMENTS = [
    ("/es/", "text/html", POLICY),
    ("/es/penalolen/", "text/html", POLICY),
    ("/es/sign-in/", "text/html", POLICY),
    ("/es/nowhere/at/all", "text/html", POLICY),
    ("/es/compare/compare.csv", "text/csv", DATA_POLICY),
    (f"/es/penalolen/plans/{PLAN}/reports/end-of-term.json", "application/json", DATA_POLICY),
    (f"/es/penalolen/plans/{PLAN}/history.csv", "text/csv", DATA_POLICY),
    ("/sitemap.xml", "application/xml", DATA_POLICY),
    ("/robots.txt", "text/plain", DATA_POLICY),
    ("/.well-known/security.txt", "text/plain", DATA_POLICY),
    ("/health/live", "text/plain", DATA_POLICY),
    ("/health/ready", "text/plain", DATA_POLICY),
    (program_files().url("ogpmonitor.css"), "text/css", DATA_POLICY),
    (program_files().url("app.js"), "text/javascript", DATA_POLICY),
    ("/static/tenants/penalolen.css", "text/css", DATA_POLICY),
    ("/static/tenants/penalolen.svg", "image/svg+xml", f"{FILE_POLICY}; style-src 'unsafe-inline'"),
]


def addresses() -> Iterable[tuple[str, str, Permission]]:
    """Every route of the application with something in its places: most lead nowhere, and say so in the same way."""
    for name, handler in handlers():
        method, path = name.split(" ")
        filled = re.sub(r"\{(\w+):uuid\}", str(UUID(int=1)), path)
        filled = re.sub(r"\{(\w+):\w+\}", lambda place: PLACES.get(place[1], "x"), filled)
        yield method.split("|")[0], filled, handler.opt["permission"]


ADDRESSES = sorted(set(addresses()))


@pytest.fixture
async def secure(settings: Settings) -> AsyncIterator[Site]:
    """The service as it is on the web, where nothing is counted: one test asks for everything."""
    told = settings.model_copy(update={"cookie_secure": True, "base_url": HTTPS, "limits_factor": 0.0})
    async with running_site(told) as site:
        yield site


async def browser(site: Site, persona: str) -> httpx.AsyncClient:
    headers = {"Origin": HTTPS, "Accept": "text/html"}
    client = httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url=HTTPS, headers=headers)
    site.others.append(client)
    if persona:
        assert (await client.post("/es/sign-in/", data={"persona": persona})).status_code == 303
    return client


def problems(answer: httpx.Response) -> list[str]:
    """What is wrong with the headers of `answer`."""
    headers, policy = answer.headers, answer.headers.get("content-security-policy", "")
    found = [f"{name}: {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value]
    found += [f"{name} is told" for name in NEVER if name in headers]
    if not policy.startswith("default-src 'none'; ") or "frame-ancestors 'none'" not in policy:
        found.append(f"policy: {policy}")
    if "unsafe-eval" in policy or ("unsafe-inline" in policy and "sandbox" not in policy):
        found.append(f"policy: {policy}")
    if not headers.get("cache-control"):
        found.append("says nothing about being kept")
    if answer.status_code >= 400 and "no-store" not in headers.get("cache-control", ""):
        found.append(f"a refusal may be kept: {headers.get('cache-control')}")
    kind = headers.get("content-type", "")
    if answer.content and (not kind or (kind.startswith("text/") and "charset=utf-8" not in kind)):
        found.append(f"content-type: {kind}")
    return found


@pytest.mark.parametrize("persona", ["", "penalolen-coordinator", "penalolen-monitor", "ogp-staff"])
async def test_every_answer_of_every_route_is_guarded(secure: Site, persona: str) -> None:
    client, wrong, statuses = await browser(secure, persona), {}, set()
    for method, path, permission in ADDRESSES:
        if path == "/es/sign-out":
            continue  # it would end what is tried here; it has a test of its own
        answer = await client.request(method, path)
        statuses.add(answer.status_code)
        found = problems(answer)
        if persona and permission != Permission.PUBLIC and answer.headers.get("cache-control") != "private, no-store":
            found.append(f"somebody's page may be kept: {answer.headers.get('cache-control')}")
        if found:
            wrong[f"{method} {path} {answer.status_code}"] = found

    assert wrong == {}
    assert len(ADDRESSES) > 100
    assert {200, 404} <= statuses
    assert persona or 401 in statuses


@pytest.mark.parametrize(("path", "kind", "policy"), DOCUMENTS, ids=[path for path, _, _ in DOCUMENTS])
async def test_each_kind_of_answer_has_its_policy(secure: Site, path: str, kind: str, policy: str) -> None:
    answer = await (await browser(secure, "")).get(path)

    assert answer.status_code == (404 if "nowhere" in path else 200)
    assert answer.headers["content-type"].split(";")[0] == kind
    assert answer.headers["content-security-policy"] == policy
    assert problems(answer) == []


async def test_other_kinds_of_answers_are_guarded_too(secure: Site) -> None:
    client = await browser(secure, "")
    page = await client.get("/es/")
    answers = {
        "kept, and not changed": await client.get("/es/", headers={"If-None-Match": page.headers["etag"]}),
        "without its body": await client.head("/es/"),
        "a redirect": await client.get("/"),
        "a problem": await client.get("/es/nowhere/", headers={"Accept": "application/json"}),
        "another origin": await client.post("/es/sign-in/", headers={"Origin": "https://elsewhere.example"}),
        "no such method": await client.request("TRACE", "/es/"),
        "what may be asked": await client.options("/es/"),
        "too large": await client.post("/es/sign-in/", content=b"x" * 20_000),
        "unreadable": await client.post(
            "/es/verify/", content=b"\xff", headers={"Content-Type": "multipart/form-data"}
        ),
    }

    assert {name: found for name, answer in answers.items() if (found := problems(answer))} == {}
    assert answers["kept, and not changed"].status_code == 304
    assert answers["kept, and not changed"].headers["content-security-policy"] == POLICY
    assert answers["no such method"].status_code == 405


async def test_a_failure_is_guarded_and_tells_nothing(secure: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secure.state, "directory", None)

    answer = await (await browser(secure, "")).get("/es/compare/")

    assert answer.status_code == 500
    assert problems(answer) == []
    assert not re.search(r"Traceback|NoneType|\.py|sqlalchemy", answer.text)
