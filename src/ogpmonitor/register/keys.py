"""Which keys may sign the log, and until where: the present one, and former ones that it vouches for.

A change of keys is a statement of five facts. The new key signs it, so whoever trusts the new key learns until where
the former one signed; the former key signs it too, so whoever trusts that one learns which followed. Where the former
key was lost, its signature is missing, and the new key has to be made known by other ways.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.register.log import START, SigningKey, is_signed, key_id_of, written
from ogpmonitor.register.models import Checkpoint, KeyChange, LogEntry

ORIGIN = "ogpmonitor/key/1"


def change_text(*, sequence: int, head_hash: str, former_key: str, new_key: str, at: datetime) -> bytes:
    """What both keys sign: six lines. `sequence` is the last entry that the former key may sign; 0 where none is."""
    return f"{ORIGIN}\n{sequence}\n{head_hash}\n{former_key}\n{new_key}\n{written(at)}\n".encode()


@dataclass(frozen=True, slots=True)
class Span:
    """The entries of the log that a key may sign: from `first` on, to `last` where it is a former one."""

    first: int = 0
    last: int | None = None

    def covers(self, sequence: int) -> bool:
        return self.first <= sequence and (self.last is None or sequence <= self.last)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Public keys (base64) that are trusted, each for its own time."""

    spans: Mapping[str, Span]

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Keyring":
        """`keys`, each trusted for the whole log."""
        return cls({key: Span() for key in keys})

    def knows(self, public_key: str) -> bool:
        """Whether it is, or was, a key of this log."""
        return public_key in self.spans

    def may_sign(self, public_key: str, sequence: int) -> bool:
        """Whether it was the key when entry `sequence` was signed."""
        return public_key in self.spans and self.spans[public_key].covers(sequence)

    def widened(self, changes: Sequence[KeyChange]) -> "Keyring":
        """With the former keys that trusted ones vouch for, each until it was followed. `changes` are oldest first."""
        spans = dict(self.spans)
        for change in reversed(changes):
            if change.new_key in spans and is_vouched_for(change):
                spans[change.new_key] = Span(change.sequence + 1, spans[change.new_key].last)
                spans[change.former_key] = Span(0, change.sequence)
        return Keyring(spans)


def is_vouched_for(change: KeyChange) -> bool:
    """Whether the new key signed it, and the former one too where its signature is given."""
    is_whole = change.at.microsecond == 0  # signatures cover the second, so nothing may hide behind it
    signed = is_whole and is_signed(_text(change), signature=change.signature, public_key=change.new_key)
    by_former = change.former_signature
    return signed and (by_former is None or is_signed(_text(change), signature=by_former, public_key=change.former_key))


def _text(change: KeyChange) -> bytes:
    return change_text(
        sequence=change.sequence,
        head_hash=change.head_hash,
        former_key=change.former_key,
        new_key=change.new_key,
        at=change.at,
    )


async def changes_of(session: AsyncSession) -> Sequence[KeyChange]:
    """Every change of the signing key, oldest first."""
    return (await session.scalars(select(KeyChange).order_by(KeyChange.id))).all()


async def present_key(session: AsyncSession) -> str | None:
    """The public key that signs now: the newest that followed another, or the one that signed so far; None at first."""
    signed = select(Checkpoint.public_key).order_by(Checkpoint.id.desc()).limit(1)
    return await newest_key(session) or await session.scalar(signed)


async def newest_key(session: AsyncSession) -> str | None:
    """The public key that followed all others; None where no key was ever changed."""
    newest: str | None = await session.scalar(select(KeyChange.new_key).order_by(KeyChange.id.desc()).limit(1))
    return newest


async def change_key(session: AsyncSession, new: SigningKey, former: SigningKey | None, *, lock: int) -> KeyChange:
    """From the end of this transaction on only `new` signs; what `former` signed until now stays trusted.

    Without `former` (lost, or in wrong hands) the key that signed so far is followed without a word of its own. `lock`
    keeps publications out meanwhile.

    Raises:
        Conflict: nothing was signed yet, `former` is not the present key, or `new` is or was one already.
    """
    await session.execute(select(func.pg_advisory_xact_lock(lock)))
    present = await present_key(session)
    if present is None:
        raise Conflict("keys.none", "Nothing was signed yet: put the new key in the place of the old one.")
    if former is not None and former.public_key != present:
        raise Conflict("keys.not_present", f"The key of OGPMONITOR_SIGNING_KEY_FILE does not sign now; {present} does.")
    known = {present} | {key for change in await changes_of(session) for key in (change.former_key, change.new_key)}
    if new.public_key in known:
        raise Conflict("keys.known", "The new key has been in use already; make another.")
    head = (await session.scalars(select(LogEntry).order_by(LogEntry.sequence.desc()).limit(1))).one_or_none()
    change = KeyChange(
        sequence=head.sequence if head else 0,
        head_hash=head.hash if head else START,
        at=utc_now().replace(microsecond=0),
        former_key=present,
        new_key=new.public_key,
    )
    change.signature = new.sign(_text(change))
    change.former_signature = former.sign(_text(change)) if former else None
    session.add(change)
    await session.flush()
    return change


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as people are told of it. `last` is the last entry it signed, None for the present one."""

    public_key: str
    key_id: str
    first: int
    last: int | None
    since: datetime | None


def shown_keys(present: str, changes: Sequence[KeyChange]) -> list[ShownKey]:
    """Every key of the log, the present one first; a former one only where the one after it vouches for it."""
    since = {change.new_key: change.at for change in changes}
    spans = Keyring.of([present]).widened(changes).spans
    ordered = sorted(spans.items(), key=lambda one: one[1].first, reverse=True)
    return [ShownKey(key, key_id_of(key), span.first, span.last, since.get(key)) for key, span in ordered]
