"""People, the one role each has per tenant, and their sessions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class Role(StrEnum):
    """What a person is in one tenant. One person has at most one."""

    COORDINATOR = "coordinator"  # the open-government unit
    CONTACT = "contact"  # of an implementing unit
    MONITOR = "monitor"  # of the independent monitoring body
    VIEWER = "viewer"  # of the government; reads only
    SUPPORT = "support"  # an operator for some hours; reads what the government works on. Never a membership


class PlatformRole(StrEnum):
    """What a person is on the whole platform. Neither sees a draft."""

    OGP_STAFF = "ogp_staff"
    OPERATOR = "operator"


class Person(Identified, Versioned, Base):
    """Somebody who can sign in."""

    __tablename__ = "people"
    __table_args__ = ({"schema": "platform"},)

    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    platform_role: Mapped[str | None]
    persona: Mapped[str | None] = mapped_column(unique=True)  # set on the demo's invented people only


class Membership(Identified, TenantOwned, Versioned, Base):
    """The one role of a person in a tenant, from and until a day."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id"),
        ForeignKeyConstraint(["tenant_id", "mandate_id"], ["platform.mandates.tenant_id", "platform.mandates.id"]),
        {"schema": "platform"},
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), index=True)
    role: Mapped[str]
    unit: Mapped[str | None]  # of a contact: the unit whose milestones it reports on
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    mandate_id: Mapped[UUID | None]  # of a monitor: the mandate it works under, and without which it is none


class PastRole(Identified, TenantOwned, Base):
    """A role in a government that somebody had until a day. The database keeps it itself and lets nobody read it."""

    __tablename__ = "past_roles"
    __table_args__ = ({"schema": "platform"},)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), index=True)
    role: Mapped[str]
    until: Mapped[date]


class SignIn(Identified, Base):
    """A session: one browser in which a person is signed in. Only a hash of its token is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = ({"schema": "platform"},)

    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
