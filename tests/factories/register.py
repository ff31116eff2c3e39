"""What the register holds after the demo, and somebody with all rights who changes it behind its back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from sqlalchemy import make_url, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.register import queries
from ogpmonitor.register.export import export_edition, log_proof
from ogpmonitor.register.models import Edition
from ogpmonitor.settings import Settings


@asynccontextmanager
async def tampering(settings: Settings) -> AsyncIterator[AsyncConnection[Any]]:
    """A superuser's connection in which neither triggers nor foreign keys refuse anything; committed at the end."""
    async with await psycopg.AsyncConnection.connect(conninfo(settings.database_url)) as connection:
        await connection.execute("SET session_replication_role = replica")
        yield connection


@asynccontextmanager
async def tampered(settings: Settings) -> AsyncIterator[AsyncSession]:
    """A superuser's session in which nothing refuses anything; what it changed is seen inside it only, and undone."""
    engine = create_async_engine(make_url(settings.database_url).set(drivername="postgresql+psycopg"))
    try:
        async with AsyncSession(engine) as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            await session.rollback()
    finally:
        await engine.dispose()


async def the_edition(database: Database, jurisdiction: str = "penalolen") -> Edition:
    """The newest edition of a jurisdiction's newest plan."""
    async with database.register_session() as session:
        statement = select(Edition).where(Edition.jurisdiction == jurisdiction)
        return (await session.scalars(statement.order_by(Edition.plan.desc(), Edition.number.desc()))).first()


async def an_export(database: Database, jurisdiction: str = "penalolen", *, signed: bool = True) -> bytes:
    """That edition as a file."""
    edition = await the_edition(database, jurisdiction)
    async with database.register_session() as session:
        proof = await log_proof(session, edition.sha256) if signed else None
        return export_edition(await queries.get_published(session, edition), proof)
