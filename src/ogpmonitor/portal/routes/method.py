"""`/{lang}/about/method/`: forms, scales and deadlines of this release, and the reference cases they are checked with.

On a jurisdiction's own host `about` is the jurisdiction's; under `about-platform` the same pages are found everywhere.
"""

from litestar import Controller, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page
from ogpmonitor.method.cases import load_cases
from ogpmonitor.portal.method import case_page, method_page
from ogpmonitor.portal.routes.answering import about_of


class MethodController(Controller):
    """By which rules is assessed."""

    path = "/{lang:str}"

    @get(["/about/method", "/about-platform/method"], permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest) -> Response[bytes]:
        return public_page(request, "portal/method.html", about=about_of(request), **method_page())

    @get(["/about/method/cases/{code:str}", "/about-platform/method/cases/{code:str}"], permission=Permission.PUBLIC)
    async def case(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes] | Redirect:
        """One reference case; its code is compared without case, and another spelling is sent to the one address.

        Raises:
            NotFound: there is none.
        """
        case = load_cases().get(code.upper())
        if case is None:
            raise NotFound("case.not_found")
        about = about_of(request)
        if case.code != code:
            return Redirect(place_of(request).href(f"{about}method/cases/{case.code}/"), status_code=301)
        return public_page(request, "portal/method_case.html", about=about, **case_page(case))
