"""Sessions sealed to one tenant, and the two doors to the database.

`TenantSession` goes in as the application's role and sees one tenant. `RegisterSession` goes in as a read-only role
that can see what has been published and nothing else. They are different types, so a page made from the register cannot
be handed a workbench session by mistake.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from sqlalchemy import DateTime, MetaData, NullPool, Text, Uuid, func, make_url, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from ogpmonitor.kit.metrics import watch_pool

OVERFLOW = 5  # connections beyond the pool's size, for a moment
OWNER_ROLE, APP_ROLE, PUBLIC_ROLE = "ogpmonitor_owner", "ogpmonitor_app", "ogpmonitor_public"
TENANT_SETTING, ACTOR_SETTING, KEY_SETTING = "ogp.tenant_id", "ogp.actor_id", "ogp.request_key"
SIGN_IN_SETTING = "ogp.sign_in_id"
NAMES: Mapping[str, str] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one registry of tables."""

    metadata = MetaData(naming_convention=dict(NAMES))
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


class TenantOwned:
    """Mixin for a table whose every row belongs to exactly one tenant.

    PostgreSQL fills the column in from the transaction's setting and hides other tenants' rows; code outside `kit/` and
    `migrations/` neither sets the column nor filters on it.
    """

    tenant_id: Mapped[UUID] = mapped_column(
        server_default=text(f"current_setting('{TENANT_SETTING}')::uuid"), index=True
    )


def owner_of(row: TenantOwned) -> UUID:
    """The id of the tenant that `row` belongs to."""
    return row.tenant_id


class Versioned:
    """Mixin for a row people edit: a write raises `version`; a write over a version one did not read is refused."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy calls it on the class
        return {"version_id_col": cls.version}


class Identified:
    """Mixin for a row named by a random UUID."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class TenantSession(AsyncSession):
    """One transaction of the application's role: one tenant's workbench, or none."""


class RegisterSession(AsyncSession):
    """One read-only transaction of the public role: what has been published, of every tenant."""


def utc_now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def role_password(secret: str, role: str) -> str:
    """The password of a database role, derived from the deployment's secret so that one variable is enough to run."""
    return hmac.new(secret.encode(), f"ogpmonitor database role {role}".encode(), hashlib.sha256).hexdigest()


def role_url(owner_url: str, role: str, secret: str) -> str:
    """`owner_url` with its user replaced by `role` and its derived password."""
    url = make_url(owner_url).set(drivername="postgresql+psycopg", username=role, password=role_password(secret, role))
    return url.render_as_string(hide_password=False)


def through(pooler_url: str | None, direct_url: str) -> str:
    """`direct_url` by way of a pooler, as the same user; unchanged where there is none."""
    if pooler_url is None:
        return direct_url
    direct = make_url(direct_url)
    pooled = make_url(pooler_url).set(drivername=direct.drivername, username=direct.username, password=direct.password)
    return pooled.render_as_string(hide_password=False)


class Database:
    """The engines of one process, closed together by `close`.

    `pooled` says that a pooler in transaction mode stands in between: statements are then not prepared by name, because
    the next transaction may meet another server process.
    """

    def __init__(self, app_url: str, public_url: str, *, pool_size: int = 10, pooled: bool = False) -> None:
        options: dict[str, Any] = {
            "pool_size": pool_size,
            "max_overflow": OVERFLOW,
            "pool_pre_ping": True,  # a tenth of a millisecond, so that nobody's form meets a dead connection
            "pool_timeout": 10,
            "hide_parameters": True,  # what people typed would stand in every logged error
            "connect_args": {"prepare_threshold": None} if pooled else {},
        }
        self.app_engine: AsyncEngine = create_async_engine(
            make_url(app_url).set(drivername="postgresql+psycopg"), **options
        )
        self._alone = self.app_engine.execution_options(isolation_level="AUTOCOMMIT")
        self.public_engine: AsyncEngine = create_async_engine(
            make_url(public_url).set(drivername="postgresql+psycopg"),
            execution_options={"postgresql_readonly": True},
            **options,
        )
        watch_pool(self.app_engine.sync_engine.pool, "app", most=pool_size + OVERFLOW)
        watch_pool(self.public_engine.sync_engine.pool, "public", most=pool_size + OVERFLOW)
        self._tenant_sessions = async_sessionmaker(self.app_engine, class_=TenantSession, expire_on_commit=False)
        self._register_sessions = async_sessionmaker(self.public_engine, class_=RegisterSession, expire_on_commit=False)

    @asynccontextmanager
    async def tenant_session(
        self,
        tenant_id: UUID | None,
        actor_id: UUID | None = None,
        *,
        key: str | None = None,
        sign_in: UUID | None = None,
        read_only: bool = False,
    ) -> AsyncIterator[TenantSession]:
        """Open one transaction that sees `tenant_id`'s rows as `actor_id` may, and nobody else's; commit at the end.

        `key` is the hash of what the holder of a request for reports shows instead of an account. `sign_in` is the
        session through which the actor came: its roles count as far as that session does.
        Without a tenant every workbench table is empty. Any exception rolls everything back.
        """
        async with self._tenant_sessions.begin() as session:
            if tenant_id or actor_id or read_only:  # a fresh transaction is sealed to nobody already
                await seal(session, tenant_id, actor_id, key=key, sign_in=sign_in, read_only=read_only)
            yield session

    @asynccontextmanager
    async def register_session(self) -> AsyncIterator[RegisterSession]:
        """Open one read-only transaction on what has been published."""
        async with self._register_sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection of the application's role, sealed to nobody, that commits each statement by itself."""
        async with self._alone.connect() as connection:
            yield connection

    async def __aenter__(self) -> Self:
        """Nothing is connected before it is needed."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Every connection has been given back."""
        await self.close()

    async def close(self) -> None:
        """Give every connection back."""
        await self.app_engine.dispose()
        await self.public_engine.dispose()


@asynccontextmanager
async def owner_session(owner_url: str) -> AsyncIterator[AsyncSession]:
    """Open one transaction as the owner, whom row policies bind too: for loading files, never for people."""
    engine = create_async_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool, hide_parameters=True
    )
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            await session.execute(text(f"SET LOCAL ROLE {OWNER_ROLE}"))
            yield session
    finally:
        await engine.dispose()


async def seal(
    session: AsyncSession,
    tenant_id: UUID | None,
    actor_id: UUID | None,
    *,
    key: str | None = None,
    sign_in: UUID | None = None,
    read_only: bool = False,
) -> None:
    """Seal the open transaction to a tenant and an actor; both end with it, so transaction pooling is fine.

    A transaction that was once sealed to a `sign_in`, or to reading only, stays so, whatever else it is sealed to
    afterwards.
    """
    settings = [
        func.set_config(TENANT_SETTING, str(tenant_id or ""), True),
        func.set_config(ACTOR_SETTING, str(actor_id or ""), True),
        func.set_config(KEY_SETTING, key or "", True),
    ]
    if read_only:
        settings.append(func.set_config("transaction_read_only", "on", True))
    if sign_in:
        settings.append(func.set_config(SIGN_IN_SETTING, str(sign_in), True))
    await session.execute(select(*settings))


async def show_key(session: AsyncSession, key: str) -> None:
    """From now until its end the open transaction is that of whoever holds `key` (a hash), in the same tenant."""
    await session.execute(select(func.set_config(KEY_SETTING, key, True)))
