"""The pages of `/verify`: what they say of whole, changed, missing and unknown things."""

import hashlib
import json
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfWriter
from sqlalchemy import select
from tests.factories.register import an_export, tampering, the_edition
from tests.factories.site import Site

from ogpmonitor.kit.db import Database
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.lookup import Fingerprint
from ogpmonitor.register.models import Document, EditionEntry, EvidenceReceipt, LogEntry
from ogpmonitor.settings import Settings

HOLDS, FAILS = "outcome--holds", "outcome--fails"


async def first(database: Database, statement: Any) -> Any:
    async with database.register_session() as session:
        return (await session.scalars(statement.limit(1))).one()


def a_pdf(attached: bytes | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if attached is not None:
        writer.add_attachment("edition.json", attached)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


async def sent(site: Site, content: bytes, name: str = "report.pdf", lang: str = "en") -> httpx.Response:
    return await site.client.post(f"/{lang}/verify/", files={"file": (name, content, "application/octet-stream")})


@pytest.mark.parametrize(("lang", "says"), [("es", "¿Es lo que se publicó?"), ("en", "Is it what was published?")])
async def test_the_form_is_open_to_everyone(site: Site, lang: str, says: str) -> None:
    answer = await site.client.get(f"/{lang}/verify/")

    assert answer.status_code == 200
    assert says in answer.text
    assert 'enctype="multipart/form-data"' in answer.text


async def test_an_edition_holds_step_by_step(site: Site, database: Database, key: SigningKey) -> None:
    edition = await the_edition(database)

    answer = await site.client.get(f"/en/verify/{edition.sha256}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert FAILS not in answer.text
    assert "It holds" in answer.text
    assert edition.sha256 in answer.text
    assert key.public_key in answer.text.replace("&#43;", "+")
    assert f'href="/en/penalolen/plans/{edition.plan}/editions/{edition.number}/"' in answer.text


async def test_a_document_says_whose_it_is_and_which_editions_hold_it(site: Site, database: Database) -> None:
    document = await first(database, select(Document).join(EditionEntry).where(EditionEntry.code == "CLPLN0002"))

    answer = await site.client.get(f"/en/verify/{document.sha256}")

    assert answer.status_code == 200
    assert FAILS not in answer.text
    assert 'href="/en/penalolen/plans/2021-2024/commitments/CLPLN0002/"' in answer.text


async def test_evidence_is_recomputed_from_its_file(site: Site, database: Database) -> None:
    receipt = await first(database, select(EvidenceReceipt).where(EvidenceReceipt.kind == "file"))

    answer = await site.client.get(f"/en/verify/{receipt.sha256}")

    assert answer.status_code == 200
    assert FAILS not in answer.text


async def test_a_link_is_recomputed_from_its_address(site: Site, database: Database) -> None:
    receipt = await first(database, select(EvidenceReceipt).where(EvidenceReceipt.kind == "link"))

    answer = await site.client.get(f"/en/verify/{receipt.sha256}")

    assert answer.status_code == 200
    assert FAILS not in answer.text
    assert "What stands at that address is not covered" in answer.text


async def test_a_head_of_the_log_leads_to_what_it_is_about(site: Site, database: Database) -> None:
    entry = await first(database, select(LogEntry).where(LogEntry.kind == "edition"))

    answer = await site.client.get(f"/en/verify/{entry.hash}")

    assert answer.status_code == 200
    assert FAILS not in answer.text
    assert f'href="/en/verify/{entry.subject_sha256}"' in answer.text


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_an_unknown_fingerprint_helps(site: Site, lang: str) -> None:
    unknown = hashlib.sha256(b"nothing").hexdigest()

    answer = await site.client.get(f"/{lang}/verify/{unknown}")

    assert answer.status_code == 404
    assert unknown in answer.text
    assert f'action="/{lang}/verify/"' in answer.text


async def test_the_beginning_of_a_fingerprint_is_enough(site: Site, database: Database) -> None:
    edition = await the_edition(database)

    typed = [
        edition.sha256.upper(),
        edition.sha256[:8],
        f"{edition.sha256[:6]}…{edition.sha256[-4:]}",
        "sha256:" + edition.sha256,
    ]
    answers = [await site.client.get("/en/verify/", params={"q": one}) for one in typed]

    assert [answer.status_code for answer in answers] == [303] * 4
    assert {answer.headers["location"] for answer in answers} == {f"/en/verify/{edition.sha256}"}


async def test_several_fingerprints_with_one_beginning_are_listed(
    site: Site, settings: Settings, database: Database
) -> None:
    edition = await the_edition(database)
    twin = edition.sha256[:12] + "0" * 52
    async with tampering(settings) as connection:
        await connection.execute(
            "INSERT INTO register.documents (sha256, kind, body, tenant_id)"
            " SELECT %s, kind, body, tenant_id FROM register.documents LIMIT 1",
            [twin],
        )

    answer = await site.client.get("/en/verify/", params={"q": edition.sha256[:8]})

    assert answer.status_code == 200
    assert {edition.sha256 in answer.text, twin in answer.text} == {True}


@pytest.mark.parametrize("typed", ["abc", "not a fingerprint", "0" * 65, "%", "' OR 1=1 --", "3f9a27..."])
async def test_what_is_no_fingerprint_is_said_beside_the_field(site: Site, typed: str) -> None:
    answer = await site.client.get("/en/verify/", params={"q": typed})

    assert answer.status_code == 422
    assert "This is not a fingerprint." in answer.text


async def test_a_document_changed_by_a_superuser_is_named(site: Site, settings: Settings, database: Database) -> None:
    edition = await the_edition(database)
    document = await first(
        database,
        select(Document)
        .join(EditionEntry)
        .where(EditionEntry.edition_sha256 == edition.sha256, EditionEntry.code == "C3"),
    )
    before = await site.client.get(f"/en/verify/{edition.sha256}")
    async with tampering(settings) as connection:
        await connection.execute(
            "UPDATE register.documents SET body = convert_to(replace(convert_from(body, 'UTF8'), 'C3', 'C4'), 'UTF8')"
            " WHERE sha256 = %s",
            [document.sha256],
        )

    of_edition = await site.client.get(f"/en/verify/{edition.sha256}")
    of_document = await site.client.get(f"/en/verify/{document.sha256}")

    assert FAILS not in before.text
    for answer in (of_edition, of_document):
        assert answer.status_code == 200
        assert "It does not hold" in answer.text
        assert "Its bytes do not give its name. <span>C3</span>" in answer.text


async def test_an_edition_taken_away_is_remembered_by_the_log(
    site: Site, settings: Settings, database: Database
) -> None:
    edition = await the_edition(database)
    async with tampering(settings) as connection:
        await connection.execute("DELETE FROM register.editions WHERE sha256 = %s", [edition.sha256])

    answer = await site.client.get(f"/en/verify/{edition.sha256}")

    assert answer.status_code == 200
    assert "Something that is gone" in answer.text
    assert FAILS in answer.text


async def test_a_published_edition_is_verified_from_its_file(site: Site, database: Database) -> None:
    answer = await sent(site, await an_export(database), "edition.json")

    assert answer.status_code == 200
    assert "Its data are what was published" in answer.text
    assert FAILS not in answer.text


async def test_a_report_is_verified_by_what_is_attached_to_it(site: Site, database: Database) -> None:
    answer = await sent(site, a_pdf(await an_export(database, signed=False)))

    assert answer.status_code == 200
    assert "Its data are what was published" in answer.text
    assert "What its pages say is not covered" in answer.text


async def test_a_changed_attachment_is_found(site: Site, database: Database) -> None:
    export = json.loads(await an_export(database))
    document = next(iter(export["documents"].values()))
    document["title"] = {"source": "es", "es": "Otro"}

    answer = await sent(site, a_pdf(json.dumps(export).encode()))

    assert "It does not hold" in answer.text
    assert "Its bytes do not give its name." in answer.text


async def test_a_stored_document_is_found_by_its_own_bytes(site: Site, database: Database) -> None:
    document = await first(database, select(Document))

    answer = await sent(site, document.body, "document.json")

    assert "It holds" in answer.text


@pytest.mark.parametrize("content", [b"%PDF-1.7\nbroken", b"{}", b"plain", b"[" * 100_000, b"\x00" * 10])
async def test_an_unknown_file_is_said_to_be_unknown(site: Site, content: bytes) -> None:
    answer = await sent(site, content)

    assert answer.status_code == 200
    assert "This register does not know this file" in answer.text
    assert hashlib.sha256(content).hexdigest() in answer.text


async def test_no_file_is_asked_for(site: Site) -> None:
    answer = await site.client.post("/en/verify/", data={"other": "x"})

    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


async def test_a_file_too_large_is_refused(site: Site) -> None:
    answer = await sent(site, b"x" * (25 * 1024 * 1024 + 100_000))

    assert answer.status_code == 413
    assert "25 MB" in answer.text


async def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    answer = await site.client.post(
        "/en/verify/", files={"file": ("a", b"a")}, headers={"Origin": "http://elsewhere.example"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("3F9A27 11", Fingerprint("3f9a2711")),
        ("3f9a27…c2d1", Fingerprint("3f9a27", "c2d1")),
        ("3f9a27...c2d1", Fingerprint("3f9a27", "c2d1")),
        ("SHA-256: 3f9a2711", Fingerprint("3f9a2711")),
        ("3f9a271", None),
        ("3f9a…c2d1aa", None),
        ("xyz", None),
        ("", None),
    ],
)
def test_fingerprint_typed_forgives_how_it_is_written(typed: str, found: Any) -> None:
    assert Fingerprint.typed(typed) == found
