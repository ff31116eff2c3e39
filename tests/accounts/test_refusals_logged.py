"""Who was refused what stands in the log, and nothing in it opens anything."""

import pytest
from structlog.testing import capture_logs
from tests.factories.cast import Cast
from tests.factories.site import Site

from ogpmonitor.kit.log import told

TOKEN = "aZ0_-" * 8 + "xyz"  # as long as that of a link


@pytest.mark.parametrize(
    ("persona", "path", "expected"),
    [
        ("penalolen-contact", "/es/penalolen/workbench/publish/", ("plan:publish", "plan:publish", "contact")),
        ("maipu-coordinator", "/es/penalolen/workbench/publish/", ("tenant.not_found", "plan:publish", None)),
        ("", "/es/penalolen/workbench/publish/", ("not_signed_in", "plan:publish", None)),
    ],
)
async def test_a_refusal_says_who_wanted_what(
    site: Site, cast: Cast, persona: str, path: str, expected: tuple[str, str, str | None]
) -> None:
    client = await site.sign_in(persona) if persona else site.client
    people = {"penalolen-contact": str(cast.contact.id), "maipu-coordinator": str(cast.neighbour.id), "": None}

    with capture_logs() as lines:
        await client.get(path)

    [line] = [one for one in lines if one["event"] == "access.refused"]
    assert (line["why"], line["permission"], line["role"]) == expected
    assert (line["person"], line["method"], line["path"]) == (people[persona], "GET", path.rstrip("/"))


async def test_a_form_from_elsewhere_is_noted(site: Site) -> None:
    with capture_logs() as lines:
        await site.client.post(f"/es/penalolen/requests/{TOKEN}/", headers={"Origin": "https://elsewhere.example"})

    [line] = [one for one in lines if one["event"] == "request.other_origin"]
    assert line["origin"] == "https://elsewhere.example"
    assert TOKEN not in str(lines)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/es/penalolen/requests/{TOKEN}/milestones/", "/es/penalolen/requests/…/milestones/"),
        (f"/es/x/{TOKEN}", "/es/x/…"),
        ("/es/verify/" + "0a" * 32, "/es/verify/" + "0a" * 32),
        ("/es/verify/" + "0a" * 32 + "Z", "/es/verify/…"),
        ("/es/penalolen/workbench/milestones/3f2504e0-4f89-11d3-9a0c-0305e82c3301/",) * 2,
    ],
)
def test_what_opens_something_is_left_out_of_paths(path: str, shown: str) -> None:
    assert told(path) == shown
