"""The register's tables. Rows are inserted, never updated or deleted: no role has the grant, and a trigger refuses.

The facts are the one exception: rows derived from the latest edition so that comparing needs no documents. They live in
a schema of their own, and verifying recomputes them.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, TenantOwned
from ogpmonitor.register.log import written


class Document(TenantOwned, Base):
    """Canonical JSON (RFC 8785), named by its SHA-256 and stored once."""

    __tablename__ = "documents"
    __table_args__ = ({"schema": "register"},)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # plan | commitment | assessment
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Edition(TenantOwned, Base):
    """A numbered manifest of document names, itself canonical JSON named by its SHA-256."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("jurisdiction", "plan", "number"),
        UniqueConstraint("tenant_id", "sha256"),
        ForeignKeyConstraint(["tenant_id", "jurisdiction"], ["platform.tenants.id", "platform.tenants.slug"]),
        {"schema": "register"},
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str]
    plan: Mapped[str]
    number: Mapped[int]
    voice: Mapped[str]  # whose publication it was: government | monitor
    is_baseline: Mapped[bool]
    published_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class EditionEntry(TenantOwned, Base):
    """One line of a manifest: this edition holds that document under this kind and code."""

    __tablename__ = "edition_entries"
    __table_args__ = (PrimaryKeyConstraint("edition_sha256", "kind", "code"), {"schema": "register"})

    edition_sha256: Mapped[str] = mapped_column(ForeignKey("register.editions.sha256"))
    kind: Mapped[str]
    code: Mapped[str]
    position: Mapped[int]
    document_sha256: Mapped[str] = mapped_column(ForeignKey("register.documents.sha256"), index=True)


class LogEntry(TenantOwned, Base):
    """One link of the hash chain: an edition, or the receipt of a piece of evidence."""

    __tablename__ = "log_entries"
    __table_args__ = ({"schema": "register"},)

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]  # edition | evidence
    subject_sha256: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class Checkpoint(TenantOwned, Base):
    """The chain's head, signed with Ed25519."""

    __tablename__ = "checkpoints"
    __table_args__ = ({"schema": "register"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sequence: Mapped[int] = mapped_column(ForeignKey("register.log_entries.sequence"), index=True)
    head_hash: Mapped[str]
    at: Mapped[datetime]
    key_id: Mapped[str]
    public_key: Mapped[str]  # base64 of the raw Ed25519 key
    signature: Mapped[str]  # base64, over `log.checkpoint_text`

    @property
    def written_at(self) -> str:
        """The instant as it was signed."""
        return written(self.at)


class KeyChange(Base):
    """One signing key followed another. Belongs to no tenant: the log is one for all of them."""

    __tablename__ = "key_changes"
    __table_args__ = ({"schema": "register"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)  # of the last entry that the former key may sign
    head_hash: Mapped[str]
    at: Mapped[datetime]
    former_key: Mapped[str]  # base64 of the raw Ed25519 key, as the next
    new_key: Mapped[str] = mapped_column(unique=True)
    signature: Mapped[str]  # by the new key, over `keys.change_text`
    former_signature: Mapped[str | None]  # by the former; none where it was lost


class EvidenceReceipt(TenantOwned, Base):
    """A piece of evidence as it was published: what may be served to anyone, and under which name."""

    __tablename__ = "evidence_receipts"
    __table_args__ = (
        PrimaryKeyConstraint("edition_sha256", "evidence_id"),
        {"schema": "register"},
    )

    edition_sha256: Mapped[str] = mapped_column(ForeignKey("register.editions.sha256"))
    evidence_id: Mapped[UUID] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    restricted: Mapped[bool]


class PlanFact(TenantOwned, Base):
    """What the latest edition of a plan says, in columns."""

    __tablename__ = "plans"
    __table_args__ = (PrimaryKeyConstraint("jurisdiction", "plan"), {"schema": "facts"})

    jurisdiction: Mapped[str]
    plan: Mapped[str]
    edition_sha256: Mapped[str]
    edition_number: Mapped[int]
    editions_published_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]  # latest report of progress among its milestones
    status: Mapped[str]
    title_en: Mapped[str]
    title_es: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    search: Mapped[str]  # lower case, without accents
    demo: Mapped[bool]


class CommitmentFact(TenantOwned, Base):
    """What the latest edition says of one commitment, in columns."""

    __tablename__ = "commitments"
    __table_args__ = (PrimaryKeyConstraint("jurisdiction", "plan", "code"), {"schema": "facts"})

    jurisdiction: Mapped[str]
    plan: Mapped[str]
    code: Mapped[str]
    position: Mapped[int]
    title_en: Mapped[str]
    title_es: Mapped[str]
    declared_status: Mapped[str | None]
    fulfilled: Mapped[bool | None]  # by the tenant's own measure; null where it is not used
    added: Mapped[bool]  # after submission: not part of the original plan
    set_aside: Mapped[str | None]
    completion: Mapped[str | None]  # rated by the monitor; null is "not assessed"
    best_degree: Mapped[str | None]  # highest degree of opening among the values; null is "not assessed"
    assessed_at: Mapped[datetime | None]
    search: Mapped[str]
    demo: Mapped[bool]
    rating_demo: Mapped[bool]


class MilestoneFact(TenantOwned, Base):
    """What the latest edition says of one milestone, in columns."""

    __tablename__ = "milestones"
    __table_args__ = (PrimaryKeyConstraint("jurisdiction", "plan", "commitment", "code"), {"schema": "facts"})

    jurisdiction: Mapped[str]
    plan: Mapped[str]
    commitment: Mapped[str]
    code: Mapped[str]
    progress: Mapped[str]
    added: Mapped[bool]
    set_aside: Mapped[str | None]  # its own or its commitment's
    due_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    reported_at: Mapped[datetime | None]
    demo: Mapped[bool]
