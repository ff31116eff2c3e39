"""The end-of-term report as a page, as data and as PDF: one edition, and nothing but that edition."""

import asyncio
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.documents import publish_as_government, said, the_published_plan
from tests.factories.register import the_edition
from tests.factories.site import Site

from ogpmonitor.assessments.declaring import NO_CONFLICT, declare
from ogpmonitor.assessments.models import Assessment, AssessmentAnswer
from ogpmonitor.kit.db import Database, utc_now
from ogpmonitor.kit.errors import Unavailable
from ogpmonitor.plans.models import Milestone
from ogpmonitor.register.documents import canonical_json, name_of
from ogpmonitor.register.log import SigningKey
from ogpmonitor.reports.jobs import press_of
from ogpmonitor.reports.printing import SOURCES, draw
from ogpmonitor.reports.queries import read_source
from ogpmonitor.reports.render import MISSING_LIBRARY
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.directory import TenantDirectory

ADDRESS = "penalolen/plans/2021-2024/reports/end-of-term"
DRAFT_REPORT, DRAFT_VERDICT = "Esto aún no se informa a nadie", "Este borrador no es de nadie más"


async def put_drafts_there(cast: Cast) -> None:
    """Both voices are writing something that they have not published."""
    edition = await the_edition(cast.database)
    async with cast.at("penalolen", cast.coordinator) as session:
        milestone = (await session.scalars(select(Milestone).limit(1))).one()
        milestone.progress_text = said(DRAFT_REPORT).model_dump(mode="json")
    async with cast.at("penalolen", cast.monitor) as session:
        now = utc_now()
        draft = Assessment(
            form="end-of-commitment", form_version=1, plan="2021-2024", commitment="C3", edition_sha256=edition.sha256,
            status="draft", evaluator="Ente", created_at=now, updated_at=now, demo=False,
        )  # fmt: skip
        session.add(draft)
        await session.flush()
        await declare(session, draft, NO_CONFLICT, by=cast.monitor)
        answer = {
            "question": "EOC1.1",
            "value": "limited",
            "explanation": DRAFT_VERDICT,
            "references": "",
            "citations": [],
        }
        session.add(AssessmentAnswer(assessment_id=draft.id, **answer))


@pytest.mark.parametrize(
    ("lang", "telling"),
    [("es", ["Informe de fin de término", "De un vistazo", "Método y escalas", "demo"]),
     ("en", ["End-of-term report", "At a glance", "Method and scales", "demo"])],
)  # fmt: skip
async def test_the_page_says_what_the_edition_says_and_no_draft(
    cast: Cast, site: Site, lang: str, telling: list[str]
) -> None:
    await put_drafts_there(cast)

    answer = await site.client.get(f"/{lang}/{ADDRESS}.html")

    edition = await the_edition(cast.database)
    assert answer.status_code == 200
    assert [word for word in [*telling, edition.sha256] if word not in answer.text] == []
    assert [word for word in (DRAFT_REPORT, DRAFT_VERDICT) if word in answer.text] == []
    assert f'rel="canonical" href="http://testserver/{lang}/{ADDRESS}"' in answer.text
    again = await site.client.get(f"/{lang}/{ADDRESS}.html", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_every_plan_has_a_report_even_before_it_has_results(site: Site) -> None:
    for address in ("maipu/plans/2023-2024", "santiago/plans/2022-2024", "renca/plans/en-cocreacion"):
        answer = await site.client.get(f"/es/{address}/reports/end-of-term.html")
        assert answer.status_code == 200, address


@pytest.mark.parametrize("name", ["end-of-term.docx", "mid-term.pdf", "end-of-term.pdf.exe"])
async def test_another_report_is_not_found(site: Site, name: str) -> None:
    answer = await site.client.get(f"/es/penalolen/plans/2021-2024/reports/{name}")

    assert answer.status_code == 404


async def test_an_older_edition_is_still_the_report_it_was(cast: Cast, site: Site, key: SigningKey) -> None:
    before = await the_edition(cast.database)
    changed = (await the_published_plan(cast)).model_copy(update={"title": said("Un título nuevo")})
    await publish_as_government(cast, key, [changed])

    newest = await site.client.get(f"/es/{ADDRESS}.html")
    older = await site.client.get(f"/es/{ADDRESS}.html?edition={before.number}")

    assert "Un título nuevo" in newest.text
    assert "Un título nuevo" not in older.text
    assert f"edición {before.number}." in older.text
    assert (await site.client.get(f"/es/{ADDRESS}.html?edition=999")).status_code == 404


async def test_the_data_prove_themselves(cast: Cast, site: Site) -> None:
    answer = await site.client.get(f"/es/{ADDRESS}.json")

    exported = answer.json()
    edition = await the_edition(cast.database)
    assert answer.headers["content-type"].startswith("application/json")
    assert name_of(canonical_json(exported["manifest"])) == edition.sha256
    assert {name_of(canonical_json(document)) for document in exported["documents"].values()} == set(
        exported["documents"]
    )


async def test_the_pdf_is_tagged_carries_its_data_and_no_draft(cast: Cast, site: Site) -> None:
    await put_drafts_there(cast)

    answer = await site.client.get(f"/es/{ADDRESS}.pdf")
    data = await site.client.get(f"/es/{ADDRESS}.json")

    edition = await the_edition(cast.database)
    pdf = PdfReader(io.BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    name = f"penalolen-2021-2024-edition-{edition.number}.json"
    catalogue = pdf.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "es"
    assert pdf.metadata.title.startswith("Informe de fin de término")
    assert next(str(title.title) for title in pdf.outline if not isinstance(title, list)) == "De un vistazo"
    assert pdf.attachments[name][0] == data.content
    assert name_of(canonical_json(json.loads(pdf.attachments[name][0])["manifest"])) == edition.sha256
    assert all("Contenido de demostración" in page.extract_text() for page in pdf.pages)
    assert f"{len(pdf.pages)} de {len(pdf.pages)}" in pdf.pages[-1].extract_text()
    assert [word for word in (DRAFT_REPORT, DRAFT_VERDICT) if word in text] == []
    assert {entry.get_object()["/AFRelationship"] for entry in catalogue["/AF"]} == {"/Data"}
    assert b"<pdfuaid:part>1<" in catalogue["/Metadata"].get_data()


async def test_the_same_edition_gives_the_same_bytes_twice(site: Site, settings: Settings, database: Database) -> None:
    first = await site.client.get(f"/en/{ADDRESS}.pdf")
    kept = await site.client.get(f"/en/{ADDRESS}.pdf")
    async with database.register_session() as session:
        source = await read_source(session, "penalolen", "2021-2024")
    tenant = await TenantDirectory(database).get("penalolen")
    press = press_of(settings)

    drawn_again = await draw(press.composer.compose(source, tenant, "en"), settings)

    assert first.status_code == 200
    assert "End-of-term report" in PdfReader(io.BytesIO(first.content)).pages[0].extract_text()
    assert kept.content == first.content
    assert drawn_again == first.content


async def test_a_report_that_takes_too_much_says_so(settings: Settings, database: Database) -> None:
    async with database.register_session() as session:
        source = await read_source(session, "renca", "en-cocreacion")
    tenant = await TenantDirectory(database).get("renca")
    sheet = press_of(settings).composer.compose(source, tenant, "es")

    with pytest.raises(Unavailable) as refusal:
        await draw(sheet, settings.model_copy(update={"report_memory_mib": 1}))
    with pytest.raises(Unavailable) as slow:
        await draw(sheet, settings.model_copy(update={"report_seconds": 0}))

    assert (refusal.value.code, slow.value.code) == ("report.not_drawn", "report.too_slow")


def test_the_drawing_process_says_when_its_library_is_missing(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{SOURCES}"}

    done = subprocess.run(
        [sys.executable, "-m", "ogpmonitor.reports.render"],
        input=b"{}",
        capture_output=True,
        env=environment,
        check=False,
    )

    assert done.returncode == MISSING_LIBRARY
    assert b"libpango" in done.stderr


@pytest.mark.skipif(
    "OGPMONITOR_TEST_VERAPDF" not in os.environ, reason="OGPMONITOR_TEST_VERAPDF names no veraPDF program"
)
@pytest.mark.parametrize(("lang", "standard"), [("es", "ua1"), ("en", "ua1"), ("es", "3a")])
async def test_the_pdf_holds_to_the_standards(site: Site, tmp_path: Path, lang: str, standard: str) -> None:
    answer = await site.client.get(f"/{lang}/{ADDRESS}.pdf")
    (tmp_path / "report.pdf").write_bytes(answer.content)

    program = os.environ["OGPMONITOR_TEST_VERAPDF"]
    checking = await asyncio.create_subprocess_exec(
        program, "--flavour", standard, str(tmp_path / "report.pdf"), stdout=asyncio.subprocess.PIPE
    )
    said_of_it, _ = await checking.communicate()

    assert b'isCompliant="true"' in said_of_it, said_of_it[-3000:].decode()
