"""Accepting an invitation with an account at a provider, where that is the only way back in."""

import httpx
import pytest
from tests.accounts.conftest import OWN, PLATFORM, own_provider
from tests.factories.cast import Cast
from tests.factories.entering import begin, come_back, give_provider
from tests.factories.hostile import Hostile
from tests.factories.people import PENALOLEN, invited
from tests.factories.reading import said
from tests.factories.site import Site, running_site

from ogpmonitor.accounts.invitations import Invited
from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.kit.db import utc_now
from ogpmonitor.mandates import service as mandating
from ogpmonitor.mandates.queries import get_mandate
from ogpmonitor.mandates.schemas import ProposalForm
from ogpmonitor.settings import Settings

WORKBENCH = "/es/penalolen/workbench/"


async def shown(client: httpx.AsyncClient, hostile: Hostile, provider: str, there: str) -> httpx.Response:
    """The browser has shown an account that nobody is known by, and is sent on to the invitation."""
    gone = await begin(client, provider, next=there)
    return await come_back(client, provider, state=gone["state"], code=hostile.honest_code(gone["nonce"]))


async def named_in_a_mandate(cast: Cast) -> Invited:
    """The invitation of a monitor, whose body was proposed and confirmed."""
    today = utc_now().date().isoformat()
    told = {"body": "Ente", "mandate": "Evalúa", "starts_on": today, "people": "Eva Díaz eva@example.org"}
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        made = await mandating.propose(session, ProposalForm.model_validate(told), language="es", by=cast.coordinator)
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        mandate = await get_mandate(session, made.id)
        await mandating.confirm(session, mandate, by=cast.ogp_staff)
        (link,) = await mandating.invite_people(session, mandate, language="es", by=cast.ogp_staff)
    return link


async def with_accounts_only(house: Site, real: Settings, hostile: Hostile) -> None:
    """Peñalolén's government signs in at its own provider, and by nothing else."""
    await give_provider(real, "penalolen", own_provider(hostile), email_links=False)
    await house.state.directory.refresh()


async def test_where_the_government_needs_accounts_one_is_shown_first(
    house: Site, hostile: Hostile, cast: Cast, real: Settings
) -> None:
    await with_accounts_only(house, real, hostile)
    there = f"/es/invitations/{(await invited(cast, Role.VIEWER)).token}/"
    browser = house.visitor()

    before = await browser.get(there)
    refused = await browser.post(there, data={"name": "Ana Soto"})
    sent_on = await shown(browser, hostile, OWN, there)
    back = await browser.get(there)
    accepted = await browser.post(there, data={"name": "Ana Soto"})

    assert "Primero ingrese con su cuenta" in said(before.text)
    assert "Aceptar la invitación" not in said(before.text)
    assert (refused.status_code, "Primero ingrese con su proveedor" in said(refused.text)) == (409, True)
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, there)
    assert "Ya mostró una cuenta" in said(back.text)
    assert (accepted.status_code, accepted.headers["location"]) == (303, WORKBENCH)
    assert (await browser.get(WORKBENCH)).status_code == 200
    later = house.visitor()
    again = await shown(later, hostile, OWN, "")
    assert (again.status_code, again.headers["location"]) == (303, WORKBENCH)
    assert (await later.get(WORKBENCH)).status_code == 200


async def test_an_account_shown_in_one_browser_is_not_taken_along_to_another(
    house: Site, hostile: Hostile, cast: Cast, real: Settings
) -> None:
    await with_accounts_only(house, real, hostile)
    there = f"/es/invitations/{(await invited(cast, Role.VIEWER)).token}/"
    await shown(house.visitor(), hostile, OWN, there)

    refused = await house.visitor().post(there, data={"name": "Ana Soto"})

    assert refused.status_code == 409


async def test_a_monitor_is_not_led_to_the_provider_of_the_government(house: Site, cast: Cast) -> None:
    """Nor is anybody made to show an account where links by e-mail are taken."""
    monitor = await named_in_a_mandate(cast)
    viewer = await invited(cast, Role.VIEWER, email="bea@example.org")

    pages = [said((await house.client.get(f"/es/invitations/{one.token}/")).text) for one in (monitor, viewer)]

    assert ["Ingresar con Cuenta municipal" in page for page in pages] == [False, True]
    assert all("Ingresar con la plataforma" in page for page in pages)
    assert all("Aceptar la invitación" in page for page in pages)


@pytest.mark.parametrize("needs_provider", [True, False])
async def test_the_platforms_people_show_an_account_where_their_role_needs_one(
    real: Settings, hostile: Hostile, cast: Cast, *, needs_provider: bool
) -> None:
    link = await invited(cast, PlatformRole.OGP_STAFF, by=cast.operator)
    there = f"/es/invitations/{link.token}/"
    async with running_site(real.model_copy(update={"platform_roles_need_provider": needs_provider})) as site:
        first = await site.client.post(there, data={"name": "Ana Soto"})
        if needs_provider:
            await shown(site.client, hostile, PLATFORM, there)
            await site.client.post(there, data={"name": "Ana Soto"})
        desk = await site.client.get("/es/desk/")

    assert first.status_code == (409 if needs_provider else 303)
    assert desk.status_code == 200
