"""The table of tenants: what each folder under `tenants/` says, as it was last synced."""

from typing import Any

from sqlalchemy import ARRAY, Text, UniqueConstraint
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
