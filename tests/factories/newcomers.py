"""A jurisdiction that was not there before: from `tenants new`, with people of its own who can sign in."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

from click.testing import CliRunner

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, Role
from ogpmonitor.cli import main
from ogpmonitor.demo.people import DEMO_BEGAN
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.plans.loading import read_folders, sync
from ogpmonitor.settings import Settings

SLUG, NAME = "lo-espejo", "Lo Espejo"
ANSWERS: Mapping[str, str] = {
    "name-es": NAME,
    "official-name-es": 'Municipalidad de "Lo Espejo"',
    "official-name-en": "Municipality of Lo Espejo",
    "region": "13",
    "province": "131",
    "comuna": "13116",
    "codes-source": "SUBDERE, Códigos Únicos Territoriales, 2018",
    "contact-page": "https://www.loespejo.example/contacto",
    "population": "103.865",
    "population-year": "2024",
    "population-source": "INE, proyecciones de población",
    "accent": "#7a1f4c",
    "member-source": "Lista de miembros de OGP Local",
}


async def a_newcomer(settings: Settings, folder: Path) -> UUID:
    """Lo Espejo is made in a copy of the folder of tenants, and loaded. Its id; nobody has a role there yet."""
    shutil.copytree(settings.tenants_folder, folder)
    said = [part for key, answer in ANSWERS.items() for part in ("--say", f"{key}={answer}")]
    made = CliRunner().invoke(main, ["tenants", "new", SLUG, "--folder", str(folder), "--no-ask", *said])
    assert made.exit_code == 0, made.output
    loaded = await sync(settings.database_url, read_folders(folder))
    return next(one.id for one in loaded if one.slug == SLUG)


async def a_member(
    settings: Settings, tenant: UUID, role: Role, *, unit: str | None = None, persona: str | None = None
) -> Actor:
    """Somebody with a role there, who can sign in as `persona`."""
    actor = Actor(uuid4(), "Alguien", role=role, unit=unit)
    async with owner_session(settings.database_url) as session:
        session.add(Person(id=actor.id, name=actor.name, persona=persona))
        await session.flush()
        await seal(session, tenant, None)
        assert actor.id is not None
        session.add(Membership(person_id=actor.id, role=role, unit=unit, starts_on=DEMO_BEGAN))
        await session.flush()
    return actor
