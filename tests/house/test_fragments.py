"""Every fragment renders the same bytes in its page as alone."""

import re
from pathlib import Path

import pytest
from tests.factories.cast import Cast
from tests.factories.plans import LATE, OTHER_UNIT, address_of, report
from tests.factories.site import Site

FOLDER = Path(__file__).parents[2] / "templates"
SAYS = re.compile(r"Needs:|Macros:")  # a file of macros renders nothing by itself
ALONE = {"HX-Request": "true"}


def test_every_fragment_opens_by_naming_what_it_needs() -> None:
    fragments = sorted(FOLDER.rglob("_*.html"))

    assert [path.name for path in fragments if not SAYS.search(path.read_text("utf-8").partition("#}")[0])] == []


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(("persona", "place"), [("penalolen-coordinator", LATE), ("penalolen-contact", OTHER_UNIT)])
async def test_a_milestone_is_the_same_in_its_page_and_alone(
    site: Site, cast: Cast, lang: str, persona: str, place: str
) -> None:
    client = await site.sign_in(persona)
    address = await address_of(cast, place, lang)

    page, fragment = await client.get(address), await client.get(address, headers=ALONE)

    assert fragment.text.startswith('<section id="milestone-')
    assert "HX-Request" in fragment.headers["vary"]
    assert fragment.text in page.text


async def test_a_form_that_comes_back_is_the_same_in_its_page_and_alone(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address, wrong = await address_of(cast, LATE), report(late_reason="")

    page, fragment = await client.post(address, data=wrong), await client.post(address, data=wrong, headers=ALONE)

    assert (page.status_code, fragment.status_code) == (422, 422)
    assert fragment.text in page.text
