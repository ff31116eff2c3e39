"""Runs the migrations as the owner, in one transaction per revision, refusing to wait long for a lock."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from ogpmonitor.kit.db import Base
from ogpmonitor.kit.migrate import OUR_SCHEMAS, import_models

import_models()


def in_our_schemas(name: str | None, kind: str, _parents: object) -> bool:
    """Leave schemas that are not ours alone."""
    return kind != "schema" or name in OUR_SCHEMAS


engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET ROLE ogpmonitor_owner"))
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS platform"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=in_our_schemas,
        version_table="schema_revisions",
        version_table_schema="platform",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
