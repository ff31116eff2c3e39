"""The table of tenants: what each folder under `tenants/` says, as it was last synced."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified


class Tenant(Identified, Base):
    """One jurisdiction being monitored. Its slug is its address and never changes."""

    __tablename__ = "tenants"
    __table_args__ = (UniqueConstraint("id", "slug"), {"schema": "platform"})

    slug: Mapped[str] = mapped_column(unique=True)
    hosts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    identity: Mapped[dict[str, Any]]  # the validated tenant file, as JSON
    digest: Mapped[str]  # of the folder as last synced


class Rule(Base):
    """A rule that the database keeps itself, as `method/independence.toml` says it."""

    __tablename__ = "rules"
    __table_args__ = ({"schema": "platform"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    months: Mapped[int]


class State(StrEnum):
    """Whether a jurisdiction's government works here. Its monitoring body does, whatever the state."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # for a time: nobody of the government writes
    ARCHIVED = "archived"  # for good: the same, and it is no longer among the current ones


class TenantState(Base):
    """One change of a jurisdiction's state, public with its reason. Rows can be inserted, never changed.

    Only `platform.set_tenant_state` inserts them; the newest counts, and without any a jurisdiction is active.
    """

    __tablename__ = "tenant_states"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("platform.tenants.slug"), index=True)
    state: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    set_by: Mapped[UUID | None]
