"""An edition as a file proves itself without a database, and every change to it is found."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.factories.register import an_export, the_edition

from ogpmonitor.kit.attachments import attached_files
from ogpmonitor.kit.db import Database
from ogpmonitor.register.keys import Keyring
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.verify_export import NotAnExport, verify_export


async def test_the_same_edition_gives_the_same_bytes(database: Database) -> None:
    assert await an_export(database) == await an_export(database)


async def test_an_export_holds_by_itself(database: Database, key: SigningKey) -> None:
    edition = await the_edition(database)

    verdict = verify_export(await an_export(database), trusted_keys=Keyring.of([key.public_key]))

    assert verdict.holds
    assert verdict.sha256 == edition.sha256
    assert [step.code for step in verdict.steps] == ["manifest", "documents", "entry", "chain", "signature"]
    assert verdict.checkpoint.public_key == key.public_key


async def test_an_export_without_its_log_proves_less(database: Database) -> None:
    verdict = verify_export(await an_export(database, signed=False))

    assert verdict.holds
    assert verdict.checkpoint is None
    assert [step.code for step in verdict.steps] == ["manifest", "documents"]


async def test_however_it_is_written_an_export_says_the_same(database: Database) -> None:
    written = json.dumps(json.loads(await an_export(database)), indent=2, ensure_ascii=True).encode()

    assert verify_export(written).holds


async def test_another_key_is_not_trusted(database: Database) -> None:
    verdict = verify_export(await an_export(database), trusted_keys=Keyring.of(["other"]))

    assert [step.code for step in verdict.steps if not step.holds] == ["signature"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value that holds no further value."""
    if isinstance(value, dict | list) and value:
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path


def changed_at(export: Any, path: tuple[Any, ...]) -> Any:
    """A copy in which one leaf says something else of the same type."""
    copy = json.loads(json.dumps(export))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    old = holder[path[-1]]
    if isinstance(old, str) and len(old) == 64:
        holder[path[-1]] = ("1" if old[0] == "0" else "0") + old[1:]
    else:
        holder[path[-1]] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    return copy


async def test_any_one_changed_value_is_found(database: Database) -> None:
    """Also one that makes it no export at any more."""
    export = json.loads(await an_export(database, "renca"))
    unseen = []

    for path in leaves(export):
        try:
            if verify_export(json.dumps(changed_at(export, path)).encode()).holds:
                unseen.append(path)
        except NotAnExport:
            continue

    assert unseen == []


async def test_a_document_left_out_or_added_is_found(database: Database) -> None:
    export = json.loads(await an_export(database))
    name, document = next(iter(export["documents"].items()))
    less = {**export, "documents": {k: v for k, v in export["documents"].items() if k != name}}
    more = {**export, "documents": {**export["documents"], "0" * 64: document}}

    for wrong in (less, more):
        verdict = verify_export(json.dumps(wrong).encode())

        assert [step.code for step in verdict.steps if not step.holds] == ["documents"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 1_000_000, b'{"a":' * 10_000,
        b'{"schema": "ogpmonitor/export/1"}',
        b'{"schema":"ogpmonitor/export/1","manifest":{"a":NaN},"documents":{}}',
        b'{"schema":"ogpmonitor/export/1","manifest":{"a":' + b"9" * 10_000 + b'},"documents":{}}',
        b'{"schema":"ogpmonitor/export/1","manifest":{"a":"\\ud800"},"documents":{}}',
        b" " * (9 * 1024 * 1024),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(NotAnExport):
        verify_export(content)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"1 0 obj<<" * 50_000, b"\x00" * 1000])
async def test_nothing_is_attached_to_a_broken_pdf(content: bytes) -> None:
    assert await attached_files(content) == []
