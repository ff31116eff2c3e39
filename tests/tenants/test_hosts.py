"""Own hosts beside the platform's address: the same pages, never another's; one canonical address; cookies apart."""

import httpx
import pytest
from tests.factories import requests as links
from tests.factories.cast import Cast
from tests.factories.plans import OWN_UNIT, milestone_of
from tests.factories.site import ADDRESS, Site, new_client

from ogpmonitor.tenants.middleware import host_of

OWN = "http://renca.localhost"


@pytest.mark.parametrize(
    ("header", "host"),
    [
        (b"Renca.Localhost:8000", "renca.localhost"), (b"renca.localhost", "renca.localhost"), (b"[::1]:80", "[::1]"),
        (b"[::1]", "[::1]"), (b"", ""), (b"x:y", "x:y"),
    ],
)  # fmt: skip
def test_the_host_of_a_request_is_told_without_its_port(header: bytes, host: str) -> None:
    assert host_of([(b"accept", b"*/*"), (b"host", header)]) == host


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_an_own_host_shows_its_jurisdiction_and_names_the_one_address(site: Site, lang: str) -> None:
    own, platform = await site.client.get(f"{OWN}/{lang}/"), await site.client.get(f"/{lang}/renca/")

    assert (own.status_code, platform.status_code) == (200, 200)
    for page in (own, platform):
        assert f'<link rel="canonical" href="{ADDRESS}/{lang}/renca/">' in page.text
    assert f'href="/{lang}/about/"' in own.text
    assert f'href="/{lang}/renca/about/"' not in own.text
    assert (await site.client.get(f"{OWN}:8000/{lang}/")).status_code == 200


@pytest.mark.parametrize("path", ["/es/penalolen/", "/en/penalolen/plans/2021-2024/", "/es/penalolen/workbench/"])
async def test_on_an_own_host_no_other_jurisdiction_is_found(site: Site, path: str) -> None:
    assert (await site.client.get(f"{OWN}{path}")).status_code == 404


@pytest.mark.parametrize("host", ["nowhere.localhost", "evil.example", "penalolen.localhost.evil.example", "10.0.0.7"])
async def test_a_host_that_nobody_announced_shows_nobodys_page(site: Site, host: str) -> None:
    for path in ("/es/", "/en/penalolen/", "/es/penalolen/plans/2021-2024/", "/", "/es/sign-in/", "/sitemap.xml"):
        page = await site.client.get(f"http://{host}{path}")
        assert page.status_code == 421, path
        assert page.headers["cache-control"] == "private, no-store"
        assert "2021-2024" not in page.text.replace(path[3:], "")  # what was asked for is said back
    assert (await site.client.get(f"http://{host}/es/penalolen/")).text.count(f"{ADDRESS}/es/penalolen/") > 0
    machine = await site.client.get(f"http://{host}/es/", headers={"Accept": "application/json"})
    assert machine.json()["type"] == "urn:ogpmonitor:host.not_ours"


@pytest.mark.parametrize("host", ["nowhere.localhost", "10.0.0.7", "localhost:8000"])
async def test_whoever_looks_after_the_machine_asks_it_by_any_name(site: Site, host: str) -> None:
    assert (await site.client.get(f"http://{host}/health/ready")).status_code == 200


async def test_a_kept_page_is_not_handed_to_a_strange_host(site: Site) -> None:
    for _ in range(2):
        assert (await site.client.get("/es/maipu/")).status_code == 200

    assert (await site.client.get("http://evil.example/es/maipu/")).status_code == 421


async def test_a_session_belongs_to_the_host_where_it_began(site: Site) -> None:
    client = new_client(site.app, Origin=OWN)
    site.others.append(client)

    entered = await client.post(f"{OWN}/es/sign-in/", data={"persona": "renca-coordinator"})

    assert entered.headers["location"] == "/es/workbench/"
    cookie = entered.headers["set-cookie"].lower()
    assert "domain=" not in cookie
    assert "httponly" in cookie
    assert (await client.get(f"{OWN}/es/workbench/")).status_code == 200
    assert (await client.get(f"{ADDRESS}/es/renca/workbench/")).status_code == 401
    assert (await client.get("http://penalolen.localhost/es/workbench/")).status_code == 401


async def test_a_form_of_another_host_is_refused(site: Site) -> None:
    """Hosts of jurisdictions are strangers to each other and to the platform."""
    for origin in (ADDRESS, "http://penalolen.localhost"):
        client = new_client(site.app, Origin=origin)
        site.others.append(client)
        answer = await client.post(f"{OWN}/es/sign-in/", data={"persona": "renca-coordinator"})
        assert answer.status_code == 403, origin


async def test_what_leaves_the_house_names_the_platforms_address(site: Site, cast: Cast) -> None:
    """A link for reports made on an own host leads to the one address, as the report's own address does."""
    host = "http://penalolen.localhost"
    client: httpx.AsyncClient = new_client(site.app, Origin=host)
    site.others.append(client)
    await client.post(f"{host}/es/sign-in/", data={"persona": "penalolen-coordinator"})
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, OWN_UNIT)

    made = await client.post(f"{host}/es/workbench/requests/new/", data=links.form(milestones=str(milestone.id)))

    assert f"{ADDRESS}/es/penalolen/requests/" in made.text
    assert f"{host}/es/requests/" not in made.text
