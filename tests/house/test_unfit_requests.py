"""What no browser sends is refused with a reason, by every room in the same way, and never fails."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from tests.factories.cast import Cast
from tests.factories.published import PLAN
from tests.factories.site import Site, running_site

from ogpmonitor.kit.db import Database
from ogpmonitor.settings import Settings

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
DOORS: Mapping[str, str | None] = {
    "/es/sign-in/": None,
    "/es/verify/": None,
    "/es/penalolen/workbench/publish/": "penalolen-coordinator",
    "/es/penalolen/workbench/assessments/": "penalolen-monitor",
}
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("path", DOORS)
async def test_a_form_whose_bytes_are_no_text_is_refused(site: Site, path: str) -> None:
    persona = DOORS[path]
    client = await site.sign_in(persona) if persona else site.client
    body = b'--x\r\nContent-Disposition: form-data; name="persona"\r\n\r\n\xff\xfe\r\n--x--\r\n'

    answer = await client.post(path, content=body, headers=PARTS)

    assert answer.status_code == 422
    assert "No se pudo leer el formulario." in answer.text


@pytest.mark.parametrize("path", DOORS)
async def test_a_form_with_characters_that_no_database_keeps_is_refused(site: Site, path: str) -> None:
    persona = DOORS[path]
    client = await site.sign_in(persona) if persona else site.client
    body = b"persona=%00&plan=%00&state=%00&chosen=plan:%00&form=%00&commitment=%00&version=1"

    answer = await client.post(path, content=body, headers=FORM)

    assert answer.status_code in {404, 422}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("penalolen/workbench/?plan=%00", 422),
        ("penalolen/workbench/publish/?plan=%00", 422),
        ("penalolen/plans/%00/reports/end-of-term.html", 404),
        (f"penalolen/plans/{PLAN}/reports/end-of-term.html?edition=99999999999999999999", 404),
        (f"penalolen/plans/{PLAN}/reports/end-of-term.json?edition=2147483648", 404),
        (f"penalolen/plans/{PLAN}/reports/end-of-term.json?edition=-1", 404),
    ],
)
async def test_an_address_that_fits_no_column_is_refused(site: Site, address: str, status: int) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")

    assert (await coordinator.get(f"/es/{address}")).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/es/nowhere/", 404),
        ("GET", "/es/penalolen/workbench/", 401),
        ("PUT", "/es/penalolen/", 405),
        ("GET", "/es/penalolen/workbench/?plan=x", 401),
    ],
)
async def test_a_machine_is_refused_in_its_own_words_and_nobody_keeps_it(
    site: Site, method: str, path: str, status: int
) -> None:
    answer = await site.client.request(method, path, headers=JSON)

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_wrong_method_is_told_the_right_ones(site: Site) -> None:
    answer = await site.client.post("/es/penalolen/", data={"a": "b"})

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_an_error_of_the_database_does_not_tell_what_was_typed(cast: Cast) -> None:
    with pytest.raises(DataError) as raised:
        async with cast.at("penalolen", cast.coordinator) as session:
            await session.execute(text("SELECT :typed"), {"typed": "a secret\0"})

    assert "a secret" not in str(raised.value)


async def test_when_every_connection_is_taken_the_service_says_so(settings: Settings) -> None:
    async with running_site(settings) as site:
        database: Database = site.state.database
        pool = database.public_engine.pool
        pool._timeout = 0.05  # type: ignore[attr-defined]  # noqa: SLF001  nobody waits ten seconds here
        held = [await database.public_engine.connect() for _ in range(15)]
        try:
            answer = await site.client.get("/es/")
        finally:
            for connection in held:
                await connection.close()

    assert answer.status_code == 503
