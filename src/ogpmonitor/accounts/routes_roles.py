"""`/about/roles`: who can do what here, made from the table of permissions."""

from litestar import Controller, Response, get

from ogpmonitor.accounts.abilities import EVERYONE, abilities
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page


class RolesController(Controller):
    """Open to all: who may do what is no secret."""

    path = "/{lang:str}"

    @get(["/about/roles", "/about-platform/roles"], permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest) -> Response[bytes]:
        place = place_of(request)
        rows = [(translate(place.lang, one.words), one.cells) for one in abilities()]
        return public_page(
            request,
            "accounts/roles.html",
            about=f"{place.path.partition('/')[0]}/",
            columns=[translate(place.lang, who.words) for who in EVERYONE],
            rows=rows,
        )
