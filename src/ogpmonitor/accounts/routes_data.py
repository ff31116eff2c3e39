"""`/account/data`: what is held about oneself: read, taken along, erased."""

import json
from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from ogpmonitor.accounts import erasure
from ogpmonitor.accounts.held import sections
from ogpmonitor.accounts.middleware import COOKIE
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.schemas_people import EraseOwnForm
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, see_other
from ogpmonitor.tenants.directory import TenantDirectory


class DataController(Controller):
    """One's own data."""

    path = "/{lang:str}/account/data"

    @get("/", permission=Permission.ACCOUNT_READ)
    async def show(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """Everything that is held, readable; 409 where the session counts in one jurisdiction only."""
        return _page(request, await erasure.own_data(session, by=request.user))

    @get("/data.json", permission=Permission.ACCOUNT_READ)
    async def take(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """The same as a file for other programs."""
        held = await erasure.own_data(session, by=request.user)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="ogpmonitor-my-data.json"'}
        body = json.dumps(held, ensure_ascii=False, indent=2).encode()
        return Response(body, media_type="application/json", headers=headers)

    @post("/erase", permission=Permission.ACCOUNT_READ)
    async def erase(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """Whoever asks is forgotten and signed out; 422 unless it was meant, 409 where a rule is against it."""
        form = Form.of(EraseOwnForm, await read_form(request))
        if form.value is None:
            problem = form.errors["sure"][0]
        else:
            try:
                await erasure.erase(session, request.user.id, reason=None, by=request.user)
            except Conflict as refused:
                problem = refused.message
            else:
                answer = see_other(request, "")
                answer.delete_cookie(COOKIE)
                return answer
        held = await erasure.own_data(session, by=request.user)
        return _page(request, held, problem=problem, status=409 if form.value else 422)


def _page(request: AnyRequest, held: Mapping[str, Any], *, problem: str = "", status: int = 200) -> Response[bytes]:
    lang = request.state.place.lang
    directory: TenantDirectory = request.app.state.directory
    places = {one.slug: one.name.in_(lang) for one in directory.all}
    return page(
        request,
        "accounts/data.html",
        status=status,
        account=held["account"],
        sections=sections(held, lang, places=places, actions=request.app.state.action_words),
        problem=translate(lang, problem) if problem else "",
    )
