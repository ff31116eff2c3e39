"""People, the one role each has per tenant, invitations, sessions, and what is left of who was erased."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
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
    erased_at: Mapped[datetime | None]  # from then on the row is an id without a name


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
    since: Mapped[date | None]


class Way(StrEnum):
    """How somebody signed in."""

    PERSONA = "persona"  # as one of the demo's invented people
    PROVIDER = "provider"
    EMAIL = "email"  # by a link


class SignIn(Identified, Base):
    """A session: one browser in which a person is signed in. Only a hash of its token is kept.

    `only_in` is the one tenant where it counts, because it came through that tenant's own provider.
    """

    __tablename__ = "sign_ins"
    __table_args__ = ({"schema": "platform"},)

    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    only_in: Mapped[UUID | None] = mapped_column("tenant_id", ForeignKey("platform.tenants.id"))
    way: Mapped[str]
    provider: Mapped[str | None]  # "platform/google", "penalolen/entra"
    browser: Mapped[str]  # "Firefox, Windows": what a person recognises it by
    proved_at: Mapped[datetime]  # when the person last showed who it is
    platform_role_counts: Mapped[bool]


class Identity(Identified, Base):
    """What a provider calls a person. `only_in` is the tenant whose own provider that is."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", "tenant_id", postgresql_nulls_not_distinct=True),
        UniqueConstraint("person_id", "issuer", "tenant_id", postgresql_nulls_not_distinct=True),
        {"schema": "platform"},
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    only_in: Mapped[UUID | None] = mapped_column("tenant_id", ForeignKey("platform.tenants.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Entry(Identified, Base):
    """A sign-in at a provider that is under way in one browser. Only hashes are kept of what the browser holds.

    An identity that nobody is known by waits in it for an invitation, until it expires.
    """

    __tablename__ = "entries"
    __table_args__ = ({"schema": "platform"},)

    state_sha256: Mapped[str] = mapped_column(unique=True)
    browser_sha256: Mapped[str] = mapped_column(index=True)
    provider: Mapped[str]
    only_in: Mapped[UUID | None] = mapped_column("tenant_id", ForeignKey("platform.tenants.id"))
    wanted: Mapped[str]  # a path of this host, or ""
    lang: Mapped[str]
    proving: Mapped[bool]  # somebody who is signed in shows again who it is
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    linked_at: Mapped[datetime | None]


class EmailLink(Identified, Base):
    """A link that was asked for by e-mail. The address and the network it was asked from are kept as keyed hashes.

    It has a token and a person only if somebody has that address.
    """

    __tablename__ = "email_links"
    __table_args__ = ({"schema": "platform"},)

    address_hash: Mapped[str] = mapped_column(index=True)
    network_hash: Mapped[str] = mapped_column(index=True)
    browser_sha256: Mapped[str]
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("platform.people.id"))
    wanted: Mapped[str]
    lang: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Invitation(Identified, Base):
    """Somebody is asked by e-mail to take a role, in one jurisdiction or on the platform.

    Functions of the database write it. Only a hash of its link's token is kept; a newer link takes the older's place.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("(tenant_id IS NULL) = (role IN ('ogp_staff', 'operator'))", name="place"),
        Index(
            "uq_invitations_one_open",
            "tenant_id",
            "email",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("withdrawn_at IS NULL AND accepted_at IS NULL"),
        ),
        {"schema": "platform"},
    )

    invited_to: Mapped[UUID | None] = mapped_column("tenant_id", ForeignKey("platform.tenants.id"), index=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str | None]
    ends_on: Mapped[date | None]  # the last day of the role, not of the invitation
    mandate_id: Mapped[UUID | None]  # of a monitor
    body: Mapped[str | None]  # the monitoring body that it works for
    language: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    demo: Mapped[bool]


class AddressKey(Base):
    """The key by which addresses of erased people are hashed. Only functions of the database read it."""

    __tablename__ = "address_keys"
    __table_args__ = ({"schema": "platform"},)

    key: Mapped[str] = mapped_column(primary_key=True)


class ErasedAddress(Identified, Base):
    """By which a person who was erased is known while it must not come back as a monitor: no name, no address."""

    __tablename__ = "erased_addresses"
    __table_args__ = ({"schema": "platform"},)

    address_hash: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[UUID]
    kept_until: Mapped[date]
