"""A session ends while somebody writes: what was typed comes back on the page that refuses it."""

import html
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.plans import LATE, address_of, milestone_of, report, version_at
from tests.factories.site import ADDRESS, Site

from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.settings import Settings

TYPED = "Se plantaron 400 árboles.\n\nFaltan los de la plaza."
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
End = Callable[[], Awaitable[None]]
# An update finds no row any more, as when another transaction was faster.
NO_ROW_ANY_MORE = (
    "CREATE FUNCTION workbench.gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE TRIGGER gone BEFORE UPDATE ON workbench.milestones FOR EACH ROW EXECUTE FUNCTION workbench.gone()",
)


@pytest.fixture
def session_ends(settings: Settings) -> End:
    """A function that ends every session, as time would."""

    async def end() -> None:
        async with owner_session(settings.database_url) as session:
            await session.execute(text("UPDATE platform.sign_ins SET revoked_at = now()"))

    return end


def given_back(page: str) -> dict[str, str]:
    """What the form "Send again" would send."""
    form = page.split("Enviar de nuevo", maxsplit=1)[0].rpartition("<form")[2]
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(form)}


async def test_what_was_typed_survives_the_end_of_the_session(site: Site, cast: Cast, session_ends: End) -> None:
    client, address = await site.sign_in("penalolen-coordinator"), await address_of(cast, LATE)
    sent = report(await version_at(client, address), text=TYPED)
    await session_ends()

    refused = await client.post(address, data=sent, headers={"Referer": f"{ADDRESS}{address}"})
    await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
    again = await client.post(address, data=given_back(refused.text))

    assert refused.status_code == 401
    assert refused.headers["cache-control"] == "private, no-store"
    assert f'action="{address}"' in refused.text
    assert f'href="/es/sign-in/?next={address}" target="_blank" rel="noopener"' in refused.text
    assert given_back(refused.text) == sent
    assert again.status_code == 303
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert ((await milestone_of(session, LATE)).progress_text or {})["es"] == TYPED


@pytest.mark.parametrize(
    ("lang", "said", "label"),
    [
        ("es", "Lo que usted escribió no se guardó", "Lo que usted escribió"),
        ("en", "What you wrote was not saved", "What you wrote"),
    ],
)
async def test_the_page_says_what_to_do_in_the_writers_language(
    site: Site, cast: Cast, lang: str, said: str, label: str
) -> None:
    page = (await site.client.post(await address_of(cast, LATE, lang), data=report(text=TYPED))).text

    assert said in page
    assert f'<h2 id="returned">{label}</h2>' in page
    assert f"<dd>{TYPED}</dd>" in page


async def test_hostile_words_come_back_as_words(site: Site, cast: Cast) -> None:
    sent = {"text": HOSTILE, HOSTILE: "a name", "late_reason": "\x00\x08bare"}
    page = (await site.client.post(await address_of(cast, LATE), data=sent)).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert given_back(page) == {"text": HOSTILE, HOSTILE: "a name", "late_reason": "bare"}


async def test_files_are_named_as_lost(site: Site, cast: Cast) -> None:
    files = {"file_1": ("acta <b>.pdf", b"%PDF-1.7 secret bytes", "application/pdf")}

    page = (await site.client.post(await address_of(cast, LATE), data={"text": TYPED}, files=files)).text

    assert "Elíjalos de nuevo después:</strong> acta &lt;b&gt;.pdf" in page
    assert "secret bytes" not in page
    assert given_back(page) == {"text": TYPED}


@pytest.mark.parametrize("headers", [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site", "Origin": ""}])
async def test_another_origin_gets_nothing(site: Site, cast: Cast, headers: dict[str, str]) -> None:
    refused = await site.client.post(await address_of(cast, LATE), data={"text": TYPED}, headers=headers)

    assert refused.status_code == 403
    assert TYPED not in refused.text


async def test_passwords_never_come_back(site: Site, cast: Cast) -> None:
    sent = {"text": TYPED, "password": "geheim-77", "client_secret": "geheim-78"}  # pragma: allowlist secret

    page = (await site.client.post(await address_of(cast, LATE), data=sent)).text

    assert TYPED in page
    assert "geheim" not in page


async def test_only_forms_of_a_workbench_come_back(site: Site) -> None:
    entered = await site.client.post("/es/sign-in/", data={"persona": "nobody-at-all"})
    left = await site.client.post("/es/sign-out/", data={"text": TYPED})

    assert (entered.status_code, left.status_code) == (404, 401)
    assert "nobody-at-all" not in entered.text
    assert TYPED not in left.text


async def test_what_is_far_too_long_does_not_come_back(site: Site, cast: Cast) -> None:
    address = await address_of(cast, LATE)
    much = "palabra " * 140_000

    long_text = await site.client.post(address, data={"text": much})
    unread = await site.client.post(address, data={"text": TYPED}, headers={"Content-Length": str(13 * 1024 * 1024)})

    assert (long_text.status_code, unread.status_code) == (401, 401)
    assert "palabra palabra" not in long_text.text
    assert TYPED not in unread.text


async def test_what_was_typed_survives_the_end_of_a_role(site: Site, cast: Cast, settings: Settings) -> None:
    client, address = await site.sign_in("penalolen-contact"), await address_of(cast, LATE)
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids["penalolen"], None)
        await session.execute(
            text("UPDATE platform.memberships SET ends_on = current_date - 1 WHERE person_id = :id"),
            {"id": cast.contact.id},
        )

    refused = await client.post(address, data={"text": TYPED})

    assert refused.status_code == 404
    assert f"<dd>{TYPED}</dd>" in refused.text
    assert "Enviar de nuevo" not in refused.text


async def test_what_was_typed_survives_a_refusal_of_the_service(site: Site, cast: Cast) -> None:
    other = await address_of(cast, "C2/M1")
    client = await site.sign_in("penalolen-contact")

    refused = await client.post(other, data=report(text=TYPED))

    assert refused.status_code == 403
    assert f"<dd>{TYPED}</dd>" in refused.text


async def test_what_was_typed_survives_a_row_that_moved_on(site: Site, cast: Cast, settings: Settings) -> None:
    """The last line of defence: two transactions met at the row, and the form could not show both texts."""
    client, address = await site.sign_in("penalolen-coordinator"), await address_of(cast, LATE)
    async with owner_session(settings.database_url) as session:
        for statement in NO_ROW_ANY_MORE:
            await session.execute(text(statement))

    refused = await client.post(address, data=report(await version_at(client, address), text=TYPED))

    assert refused.status_code == 409
    assert "Alguien se adelantó" in refused.text
    assert given_back(refused.text)["text"] == TYPED


async def test_machines_get_their_refusal_as_before(site: Site, cast: Cast) -> None:
    machine = site.visitor(Accept="application/json")

    refused = await machine.post(await address_of(cast, LATE), data={"text": TYPED})

    assert (refused.status_code, refused.json()["title"]) == (401, "not_signed_in")


async def test_a_page_that_was_only_looked_at_comes_back_after_signing_in(site: Site, cast: Cast) -> None:
    address = await address_of(cast, LATE)

    refused = await site.client.get(address)
    entered: httpx.Response = await site.client.post(
        "/es/sign-in/", data={"persona": "penalolen-coordinator", "next": address}
    )

    assert f'href="/es/sign-in/?next={address}"' in refused.text
    assert entered.headers["location"] == address
