"""Large files, in the worker: read, compared and applied in the name of the person who asked."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import update

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Role
from ogpmonitor.imports.models import Import, ImportState
from ogpmonitor.imports.queries import get_import, plan_of
from ogpmonitor.imports.service import apply, compare_file, tell
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import DomainError, Unavailable
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.plans.amending import Why

READ_IMPORT, APPLY_IMPORT = "imports.read_import", "imports.apply_import"
BROKE_OFF = msgid("The work broke off. Nothing was written. Send the file again.")
log = structlog.get_logger()


async def read_import(context: Any, *, import_id: str, tenant: str, actor_id: str, language: str) -> None:
    """The import says what was understood of its file, or that it could not be read."""
    settings = context.additional_context["settings"]
    database = settings.database(pool_size=2)
    try:
        async with database.tenant_session(UUID(tenant), UUID(actor_id)) as session:
            row = await get_import(session, UUID(import_id), to_write=True)
            plan = await plan_of(session, row)
            content = await Storage.at(settings.files_url).get(blob_name(row.file_sha256))
            tell(row, await asyncio.to_thread(compare_file, content, plan, language))
    except DomainError as refused:
        await _fail(database, tenant, actor_id, import_id, refused)
    except Exception:
        await _fail(database, tenant, actor_id, import_id, Unavailable("import.broke_off", BROKE_OFF))
        raise  # whoever runs the platform finds it among the failed jobs
    finally:
        await database.close()


async def apply_import(
    context: Any,
    *,
    import_id: str,
    tenant: str,
    actor_id: str,
    language: str,
    state: str,
    reason: str,
    words: str,
) -> None:
    """The plan says what the file says, all of it or nothing; the import says which."""
    settings = context.additional_context["settings"]
    database = settings.database(pool_size=2)
    by = Actor(UUID(actor_id), "", role=Role.COORDINATOR)  # the row policies look the membership up themselves
    why = Why(reason, Localized.of(language, **{language: words})) if words else None  # type: ignore[arg-type]  # see Localized.of
    try:
        await _tell_progress(database, tenant, actor_id, import_id, share=0.2)
        async with database.tenant_session(UUID(tenant), UUID(actor_id)) as session:
            row = await get_import(session, UUID(import_id))
            plan = await plan_of(session, row)
            content = await Storage.at(settings.files_url).get(blob_name(row.file_sha256))
            compared = await asyncio.to_thread(compare_file, content, plan, language)
            await apply(session, row, compared, plan, why, state=state, by=by, demo=settings.demo)
    except DomainError as refused:
        await _fail(database, tenant, actor_id, import_id, refused)
    except Exception:
        await _fail(database, tenant, actor_id, import_id, Unavailable("import.broke_off", BROKE_OFF))
        raise  # whoever runs the platform finds it among the failed jobs
    finally:
        await database.close()


async def _tell_progress(database: Database, tenant: str, actor_id: str, import_id: str, *, share: float) -> None:
    """In a transaction of its own: the writing itself is seen only once it is whole."""
    async with database.tenant_session(UUID(tenant), UUID(actor_id)) as session:
        row = await get_import(session, UUID(import_id))
        row.done = int(row.rows * share)


async def _fail(database: Database, tenant: str, actor_id: str, import_id: str, refused: DomainError) -> None:
    log.info("import.failed", code=refused.code, import_id=import_id)
    finding: dict[str, Any] = {"severity": "error", "sheet": "", "cell": "", "message": refused.message, "value": ""}
    finding |= {"facts": dict(refused.facts)}
    async with database.tenant_session(UUID(tenant), UUID(actor_id)) as session:
        values = {"state": ImportState.FAILED.value, "findings": {"all": [finding]}, "version": Import.version + 1}
        waits = Import.state.in_([ImportState.READING, ImportState.APPLYING])  # what is done never failed
        await session.execute(update(Import).where(Import.id == UUID(import_id), waits).values(values))
