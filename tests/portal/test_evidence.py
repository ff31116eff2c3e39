"""Published files: handed over as they were published, or not at all."""

import pytest
from tests.factories.published import (
    OPEN_FILE,
    OPEN_NAME,
    OPEN_SHA256,
    RESTRICTED_NAME,
    SECRET_SHA256,
    Publisher,
    a_commitment,
    a_file,
    a_milestone,
    keep_files,
)
from tests.factories.site import Site

from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.storage import blob_name
from ogpmonitor.portal.routes.evidence import disposition
from ogpmonitor.settings import Settings

OPEN = f"/es/penalolen/evidence/{OPEN_SHA256}/{OPEN_NAME}"


@pytest.mark.usefixtures("story")
async def test_a_published_file_is_handed_over_and_never_opened_as_a_page(site: Site, settings: Settings) -> None:
    await keep_files(settings)

    answer = await site.client.get(OPEN)

    assert (answer.status_code, answer.content) == (200, OPEN_FILE)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="_rboles por barrio.csv"')
    assert "filename*=UTF-8''%C3%A1rboles%20por%20barrio.csv" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == FILE_POLICY
    assert answer.headers["cache-control"] == "no-cache"
    again = await site.client.get(OPEN, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


NOT_FOR_EVERYONE = {
    "restricted": f"/es/penalolen/evidence/{SECRET_SHA256}/{RESTRICTED_NAME}",
    "of another jurisdiction": f"/es/maipu/evidence/{OPEN_SHA256}/{OPEN_NAME}",
    "another name": f"/es/penalolen/evidence/{OPEN_SHA256}/other.csv",
    "unknown": f"/es/penalolen/evidence/{'0' * 64}/{OPEN_NAME}",
    "no hash": f"/es/penalolen/evidence/not-a-hash/{OPEN_NAME}",
    "a null": f"/es/penalolen/evidence/{OPEN_SHA256}%00/{OPEN_NAME}",
}


@pytest.mark.usefixtures("story")
async def test_what_was_not_published_for_everyone_is_not_found(site: Site, settings: Settings) -> None:
    await keep_files(settings)

    for why, path in NOT_FOR_EVERYONE.items():
        assert (await site.client.get(path)).status_code == 404, why


@pytest.mark.usefixtures("story")
async def test_a_file_restricted_since_is_not_found_either(
    site: Site, settings: Settings, publisher: Publisher
) -> None:
    await keep_files(settings)
    assert (await site.client.get(OPEN)).status_code == 200

    withheld = a_file().model_copy(update={"restricted": True})
    await publisher.government(a_commitment(milestones=(a_milestone(evidence=(withheld,)),)))

    assert (await site.client.get(OPEN)).status_code == 404


@pytest.mark.usefixtures("story")
async def test_an_altered_or_lost_file_is_not_handed_over(site: Site, settings: Settings) -> None:
    storage = await keep_files(settings)
    await storage.put(blob_name(OPEN_SHA256), b"something else")

    altered = await site.client.get(OPEN)

    await storage.put(blob_name(OPEN_SHA256), OPEN_FILE)
    assert altered.status_code == 503
    assert "no es lo que se publicó" in altered.text


def test_disposition_lets_no_header_be_broken() -> None:
    assert (
        disposition('a"\r\nX: y.txt')
        == "attachment; filename=\"a___X_ y.txt\"; filename*=UTF-8''a%22%0D%0AX%3A%20y.txt"
    )
