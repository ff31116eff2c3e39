"""A draft as the public will see it: seen by its jurisdiction alone, and true."""

import re

import httpx
import pytest
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.drafts import a_commitment, a_draft
from tests.factories.plans import LATE, address_of, milestone_of
from tests.factories.site import Site

from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.publishing import publish
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey

PLAN = "2021-2024"
PREVIEW, PUBLIC = f"/es/penalolen/workbench/preview/plans/{PLAN}/", f"/es/penalolen/plans/{PLAN}/"
PAGES = ["", "commitments/CLPLN0002/"]
TYPED = "El tablero se publicó con sus cuatro indicadores."
WHOSE = Jurisdiction(slug="penalolen", name=Localized.of("es", es="Peñalolén"), country="CL")
PROOF = re.compile(
    r'<p class="edition">.*?</p>|<p class="fingerprint fingerprint--full">.*?</p>'
    r'|<div class="notice notice--info">\s*<p class="notice__title">Este es un borrador.*?</div>'
    r'|<p><a href="[^"]*(?:changes/|reports/end-of-term\.html|[^"]*calendar-es\.ics)">.*?</p>'
    r'| · <a href="[^"]*editions/">Historial.*?</a>',
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>")


def said(page: str) -> list[str]:
    """What the page's own part says, apart from the banner and the proof."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0].partition(">")[2]
    return TAG.sub(" ", PROOF.sub("", main)).split()


async def report_it(cast: Cast) -> None:
    """A report that is not published yet."""
    async with cast.at("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, LATE)
        milestone.progress_text = {"source": "es", "es": TYPED}


async def test_a_draft_is_seen_before_it_is_published(site: Site, cast: Cast) -> None:
    await report_it(cast)
    client = await site.sign_in("penalolen-coordinator")

    draft, public = await client.get(f"{PREVIEW}{PAGES[1]}"), await site.client.get(f"{PUBLIC}{PAGES[1]}")

    assert TYPED in draft.text
    assert TYPED not in public.text
    assert "Este es un borrador: solo lo ve su jurisdicción" in draft.text
    assert 'name="robots" content="noindex"' in draft.text
    assert draft.headers["cache-control"] == "private, no-store"
    assert "etag" not in draft.headers


@pytest.mark.parametrize("path", PAGES)
async def test_a_draft_says_what_the_public_page_will(site: Site, cast: Cast, key: SigningKey, path: str) -> None:
    await report_it(cast)
    client = await site.sign_in("penalolen-coordinator")
    draft = (await client.get(f"{PREVIEW}{path}")).text
    before = (await site.client.get(f"{PUBLIC}{path}")).text

    async with cast.at("penalolen", cast.coordinator) as session:
        await publish(session, await get_plan(session, PLAN), WHOSE, key=key, by=cast.coordinator)
    site.forget_pages()
    after = (await site.client.get(f"{PUBLIC}{path}")).text

    assert len(said(draft)) > 100
    assert said(draft) == said(after)
    assert path == "" or said(before) != said(after)


@pytest.mark.parametrize("path", PAGES)
async def test_a_draft_claims_no_edition(site: Site, path: str) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = (await client.get(f"{PREVIEW}{path}")).text

    assert 'class="edition"' not in page
    assert "fingerprint--full" not in page
    assert f'href="{PUBLIC}editions/' not in page


async def test_links_stay_inside(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    plan = (await client.get(PREVIEW)).text
    commitment = (await client.get(f"{PREVIEW}{PAGES[1]}")).text

    assert f'href="{PREVIEW}commitments/CLPLN0002/"' in plan
    assert f'href="{PUBLIC}commitments/' not in plan
    assert f'href="{PREVIEW}"' in commitment
    assert 'href="/es/penalolen/evidence/' not in commitment
    files = re.findall(r'href="(/es/penalolen/workbench/evidence/[^"]+)"', commitment)
    assert files
    assert {(await client.get(one)).status_code for one in files} == {200}


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("penalolen-coordinator", 200),
        ("penalolen-contact", 200),
        ("penalolen-monitor", 403),
        ("maipu-coordinator", 404),
        ("ogp-staff", 404),
        ("operator", 404),
        (None, 401),
    ],
)
@pytest.mark.parametrize("path", PAGES)
async def test_only_the_jurisdictions_government_looks(
    site: Site, cast: Cast, persona: str | None, status: int, path: str
) -> None:
    await report_it(cast)
    client: httpx.AsyncClient = await site.sign_in(persona) if persona else site.client

    answer = await client.get(f"{PREVIEW}{path}")

    assert answer.status_code == status
    assert (TYPED in answer.text) == (status == 200 and path != "")


async def test_a_plan_never_published_is_seen_too(site: Site, cast: Cast) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator) as session:
        session.add(a_draft(slug="2027-2028", submitted_on=None))

    plan = await coordinator.get("/es/penalolen/workbench/preview/plans/2027-2028/")
    commitment = await coordinator.get("/es/penalolen/workbench/preview/plans/2027-2028/commitments/c1/")
    public = await site.client.get("/es/penalolen/plans/2027-2028/")

    assert (plan.status_code, commitment.status_code, public.status_code) == (200, 200, 404)
    assert "Mesa ambiental" in plan.text
    assert "Acta firmada" in commitment.text


async def test_what_is_not_there_is_not_found(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    for path in ("commitments/C99/", "../2050-2051/", "../nada%00/"):
        assert (await client.get(f"{PREVIEW}{path}")).status_code in {404, 422}


async def test_looking_writes_nothing(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    counts = (
        "SELECT (SELECT count(*) FROM register.editions), (SELECT count(*) FROM register.documents), "
        "(SELECT sum(version) FROM workbench.plans), (SELECT count(*) FROM workbench.audit_records)"
    )
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        before = (await session.execute(text(counts))).one()

    for path in PAGES:
        assert (await client.get(f"{PREVIEW}{path}")).status_code == 200

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert (await session.execute(text(counts))).one() == before
    assert (await client.get(await address_of(cast, LATE))).status_code == 200


async def test_a_long_plan_costs_no_more_than_a_short_one(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator) as session:
        session.add(a_draft(slug="2027-2028"))
        session.add(
            a_draft(slug="2028-2029", commitments=[a_commitment(f"C{one}", position=one) for one in range(100)])
        )
    root = "/es/penalolen/workbench/preview/plans/"
    await client.get(f"{root}2027-2028/")

    with counted() as short:
        first = await client.get(f"{root}2027-2028/")
    with counted() as long:
        second = await client.get(f"{root}2028-2029/")

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.text.count("Mesa ambiental") > 99 > first.text.count("Mesa ambiental") > 0
    assert len(long) == len(short) > 0
