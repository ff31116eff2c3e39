"""Signing in at a provider, as a browser does it, step by step; and people whom a provider may show."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.settings import Settings

REFRESH = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')
REFERENCE = re.compile(r"(?:Referencia|Reference): ([0-9A-F]{8})")


def address_on(page: str) -> str:
    """Where the page sends the browser by itself."""
    found = REFRESH.search(page)
    assert found, page
    return html.unescape(found[1])


async def begin(client: httpx.AsyncClient, provider: str, **form: str) -> dict[str, str]:
    """What the browser carries to the provider; "address" is where to."""
    answer = await client.post(f"/es/sign-in/with/{provider}", data=form)
    assert answer.status_code == 200, answer.text
    address = address_on(answer.text)
    return {"address": address, **{name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}}


async def come_back(client: httpx.AsyncClient, provider: str, **said: str) -> httpx.Response:
    """The answer to the browser that the provider sends back."""
    return await client.get(f"/sign-in/callback/{provider}", params=said)


def write_platform(folder: Path, *providers: Mapping[str, Any]) -> None:
    """The platform's file names `providers`."""
    lines = ['source_language = "es"']
    for one in providers:
        lines.append("[[providers]]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in one.items()]
    (folder / "platform.toml").write_text("\n".join(lines), encoding="utf-8")


async def give_provider(settings: Settings, slug: str, *providers: Mapping[str, Any], email_links: bool = True) -> None:
    """Jurisdiction `slug` names `providers` as its own."""
    told = [{**one, "label": {"source": "es", "es": one["label"]}} for one in providers]
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text("""UPDATE platform.tenants SET identity =
                    jsonb_set(identity, '{tenant,sign_in}', CAST(:sign_in AS jsonb)) WHERE slug = :slug"""),
            {"slug": slug, "sign_in": json.dumps({"email_links": email_links, "providers": told})},
        )


async def a_person(
    settings: Settings, name: str, *, email: str | None = None, platform_role: str | None = None
) -> UUID:
    """Somebody new, who is known by nothing yet but an address."""
    person = uuid4()
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text("""INSERT INTO platform.people (id, version, name, email, platform_role)
                    VALUES (:id, 1, :name, :email, :role)"""),
            {"id": person, "name": name, "email": email, "role": platform_role},
        )
    return person


async def a_role(settings: Settings, person: UUID, slug: str, role: str) -> None:
    """`person` has `role` in jurisdiction `slug` since long ago, a monitor under the demo's mandate."""
    async with owner_session(settings.database_url) as session:
        tenant = await session.scalar(text("SELECT id FROM platform.tenants WHERE slug = :slug"), {"slug": slug})
        await seal(session, tenant, None)
        await session.execute(
            text("""INSERT INTO platform.memberships (id, version, tenant_id, person_id, role, starts_on, mandate_id)
                    VALUES (gen_random_uuid(), 1, :tenant, :person, :role, '2021-01-01',
                        CASE WHEN :role = 'monitor'
                            THEN (SELECT id FROM platform.mandates WHERE tenant_id = :tenant) END)"""),
            {"tenant": tenant, "person": person, "role": role},
        )


async def known_by(settings: Settings, person: UUID, issuer: str, subject: str, *, slug: str | None = None) -> None:
    """`person` has an account there; with `slug`, at that jurisdiction's own provider."""
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text("""INSERT INTO platform.identities
                    (id, person_id, issuer, subject, tenant_id, created_at, last_used_at)
                    VALUES (gen_random_uuid(), :person, :issuer, :subject,
                        (SELECT id FROM platform.tenants WHERE slug = :slug), now(), now())"""),
            {"person": person, "issuer": issuer, "subject": subject, "slug": slug},
        )
