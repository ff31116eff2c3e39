"""Whatever changes something must come from a page of this very host."""

import pytest
from tests.factories.site import Site


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/es/sign-in/", "/es/sign-out/", "/es/penalolen/workbench/publish/"])
async def test_form_of_another_site_is_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")

    answer = await coordinator.post(path, data={"persona": "penalolen-coordinator"}, headers=headers)

    assert answer.status_code == 403
    assert "Este formulario no se envió desde una página de este sitio." in answer.text


async def test_form_of_this_site_is_taken(site: Site) -> None:
    visitor = site.visitor(**{"Sec-Fetch-Site": "same-origin"})

    answer = await visitor.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})

    assert answer.status_code == 303
