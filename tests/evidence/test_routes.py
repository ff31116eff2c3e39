"""Downloading one's own evidence: saved, never shown, and only by those who may."""

import httpx
import pytest
from tests.factories.cast import Cast
from tests.factories.plans import LATE, address_of, report
from tests.factories.site import Site

from ogpmonitor.evidence.service import About, submit_link
from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.settings import Settings

CONTENT = b"Acta de la mesa, " * 20


async def submitted(site: Site, cast: Cast) -> str:
    """The address of a file that the coordinator has just reported with."""
    client = await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)
    before = set(addresses_in((await client.get(address)).text))
    answer = await client.post(address, data=report(), files={"file_1": ("Acta “final”.txt", CONTENT, "text/html")})
    assert answer.status_code == 303
    [added] = set(addresses_in((await client.get(address)).text)) - before
    return added


def addresses_in(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('href="') if part.startswith("/es/penalolen/workbench/evidence/")]


async def test_a_file_is_saved_and_never_shown(site: Site, cast: Cast) -> None:
    address = await submitted(site, cast)
    contact = await site.sign_in("penalolen-contact")

    answer = await contact.get(address)

    assert answer.content == CONTENT
    assert answer.headers["content-type"].split(";")[0] == "text/plain"
    assert answer.headers["content-disposition"] == 'attachment; filename="Acta-final.txt"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == FILE_POLICY
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 401),
        ("penalolen-coordinator", 200),
        ("penalolen-contact", 200),
        ("penalolen-monitor", 404),
        ("maipu-coordinator", 404),
        ("maipu-monitor", 404),
        ("ogp-staff", 404),
        ("operator", 404),
    ],
)
async def test_a_file_is_for_its_own_voice(site: Site, cast: Cast, persona: str | None, status: int) -> None:
    address = await submitted(site, cast)
    client: httpx.AsyncClient = await site.sign_in(persona) if persona else site.client

    answer = await client.get(address)

    assert answer.status_code == status
    assert (CONTENT in answer.content) == (status == 200)


async def test_a_file_is_not_found_under_another_tenant(site: Site, cast: Cast) -> None:
    address = (await submitted(site, cast)).replace("/penalolen/", "/maipu/")
    neighbour = await site.sign_in("maipu-coordinator")

    assert (await neighbour.get(address)).status_code == 404


async def test_a_link_is_not_a_file(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        about = About(Localized.of("es", es="Página"))
        kept = await submit_link(session, "https://example.org/", about, by=cast.coordinator)
    client = await site.sign_in("penalolen-coordinator")

    assert (await client.get(f"/es/penalolen/workbench/evidence/{kept.id}/")).status_code == 404


async def test_a_file_that_was_changed_in_the_store_is_not_handed_out(
    site: Site, cast: Cast, settings: Settings
) -> None:
    address = await submitted(site, cast)
    client = await site.sign_in("penalolen-coordinator")
    storage = Storage.at(settings.files_url)
    name = blob_name(sha256_of(CONTENT))

    await storage.put(name, b"something else")
    answer = await client.get(address)
    await storage.put(name, CONTENT)

    assert answer.status_code == 503
    assert b"something else" not in answer.content
