"""The chain: whatever is done to its entries, somebody who holds the signed head sees it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ogpmonitor.register import checks
from ogpmonitor.register.log import (
    START,
    SigningKey,
    checkpoint_text,
    entry_hash,
    is_signed,
    key_id_of,
    new_signing_key_pem,
    read_signing_key,
    written,
)  # fmt: skip

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DIGITS = st.text("0123456789abcdef", min_size=64, max_size=64)
SUBJECTS = st.lists(st.tuples(st.sampled_from(["edition", "evidence"]), DIGITS), min_size=1, max_size=8)


@dataclass(frozen=True)
class Entry:
    """One link, as a row of the log holds it."""

    sequence: int
    kind: str
    subject_sha256: str
    at: datetime
    previous_hash: str
    hash: str


def a_chain(subjects: Any) -> list[Entry]:
    entries, previous_hash = [], START
    for sequence, (kind, subject) in enumerate(subjects, start=1):
        facts = {
            "sequence": sequence, "kind": kind, "subject_sha256": subject, "at": BEGAN + timedelta(minutes=sequence),
            "previous_hash": previous_hash,
        }  # fmt: skip
        entries.append(Entry(**facts, hash=entry_hash(**facts)))
        previous_hash = entries[-1].hash
    return entries


def holds(entries: Any, head: tuple[int, str]) -> bool:
    """Whether these entries are, in order, a whole chain that ends with the head (sequence, hash) that was signed."""
    previous_hash, expected = START, 1
    for entry in entries:
        if entry.sequence != expected or checks.link_faults(entry, previous_hash):
            return False
        previous_hash, expected = entry.hash, expected + 1
    return (expected - 1, previous_hash) == head


def head_of(entries: list[Entry]) -> tuple[int, str]:
    return (entries[-1].sequence, entries[-1].hash)


@given(SUBJECTS)
def test_a_chain_holds(subjects: Any) -> None:
    entries = a_chain(subjects)

    assert holds(entries, head_of(entries))


@given(SUBJECTS, st.data())
@settings(deadline=None)
def test_any_change_of_one_entry_is_found(subjects: Any, data: Any) -> None:
    entries = a_chain(subjects)
    place = data.draw(st.integers(0, len(entries) - 1))
    other = {
        "sequence": st.integers(-1, 99),
        "kind": st.text(max_size=10),
        "subject_sha256": DIGITS,
        "at": st.datetimes(timezones=st.just(UTC)),
        "previous_hash": DIGITS,
        "hash": DIGITS,
    }
    name = data.draw(st.sampled_from(sorted(other)))
    value = data.draw(other[name])
    assume(value != getattr(entries[place], name))

    changed = [*entries[:place], replace(entries[place], **{name: value}), *entries[place + 1 :]]

    assert not holds(changed, head_of(entries))


@given(SUBJECTS, st.data())
def test_any_entry_removed_repeated_or_moved_is_found(subjects: Any, data: Any) -> None:
    entries = a_chain(subjects)
    order = data.draw(st.lists(st.sampled_from(range(len(entries))), max_size=len(entries) + 2))
    assume(order != list(range(len(entries))))

    assert not holds([entries[place] for place in order], head_of(entries))


@given(SUBJECTS, SUBJECTS)
def test_another_history_has_another_head(one: Any, other: Any) -> None:
    assume(one != other)

    assert head_of(a_chain(one)) != head_of(a_chain(other))


@given(st.integers(1, 10**9), DIGITS, st.data())
def test_a_signature_covers_every_part_of_a_head(
    tmp_path_factory: pytest.TempPathFactory, sequence: int, head: Any, data: Any
) -> None:
    key = a_key(tmp_path_factory)
    signature = key.sign(checkpoint_text(sequence=sequence, head_hash=head, at=BEGAN))
    claims = data.draw(
        st.sampled_from(
            [
                (sequence + 1, head, BEGAN),
                (sequence, head[::-1] + "0", BEGAN),
                (sequence, head, BEGAN + timedelta(seconds=1)),
            ]
        )
    )

    def signed(sequence: int, head: Any, at: datetime, public_key: str = key.public_key) -> bool:
        return is_signed(
            checkpoint_text(sequence=sequence, head_hash=head, at=at), signature=signature, public_key=public_key
        )

    assert signed(sequence, head, BEGAN)
    assert not signed(*claims)
    assert not signed(sequence, head, BEGAN, a_key(tmp_path_factory, "other").public_key)
    assert not signed(sequence, head, BEGAN, "no key")


KEYS: dict[str, SigningKey] = {}


def a_key(tmp_path_factory: pytest.TempPathFactory, name: str = "one") -> SigningKey:
    if name not in KEYS:
        path = tmp_path_factory.mktemp("keys") / name
        path.write_bytes(new_signing_key_pem())
        KEYS[name] = read_signing_key(path)
    return KEYS[name]


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_an_instant_is_written_in_utc_whatever_zone_it_comes_in(moment: datetime, hours: int) -> None:
    at = moment.replace(tzinfo=UTC)

    assert written(at.astimezone(timezone(timedelta(hours=hours)))) == written(at)


def test_what_is_no_key_has_no_name() -> None:
    assert key_id_of("no key") == ""
