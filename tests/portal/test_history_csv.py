"""The history of a plan as a file: from the register alone, and without any person's name."""

import csv
import io

from tests.factories.cast import Cast
from tests.factories.site import Site

ADDRESS = "/es/penalolen/plans/2021-2024/history.csv"


async def rows(site: Site, lang: str = "es") -> list[list[str]]:
    answer = await site.client.get(ADDRESS.replace("/es/", f"/{lang}/"))
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_file_tells_every_edition_in_both_languages(site: Site) -> None:
    spanish, english = await rows(site), await rows(site, "en")

    assert (spanish[0][0], english[0][0]) == ("Edición", "Edition")
    assert len(spanish) == len(english) > 10
    assert {row[0] for row in spanish[1:]} >= {"1", "2"}
    assert {row[2] for row in spanish[1:]} == {"gobierno", "ente de monitoreo independiente"}
    assert ADDRESS in (await site.client.get(ADDRESS.replace("history.csv", "editions/"))).text
    assert any(row[5] and row[6] != row[7] for row in spanish[1:])


async def test_file_names_nobody(site: Site, cast: Cast) -> None:
    said = (await site.client.get(ADDRESS)).text

    assert [one.name for one in (cast.coordinator, cast.monitor, cast.contact) if one.name in said] == []


async def test_file_of_a_plan_that_is_not_public_is_not_found(site: Site) -> None:
    assert (await site.client.get(ADDRESS.replace("2021-2024", "1999-2000"))).status_code == 404
