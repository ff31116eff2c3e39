"""`/sign-in/email`: asking for a link, and using it."""

import re
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import AfterValidator

from ogpmonitor.accounts import email_links, entries
from ogpmonitor.accounts.arriving import arrive, browser_of, hold, local_path, origin_of, refused
from ogpmonitor.accounts.models import Way
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.problems import SignInRefused
from ogpmonitor.accounts.routes import LARGEST_FORM_BYTES, offers_email
from ogpmonitor.accounts.service import Came, token_hash
from ogpmonitor.kit.db import Database, TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, FormModel, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.limits.table import LINK, SIGN_IN

ADDRESS = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,190}\.[^\s@<>\"'.]{2,60}")
NOT_AN_ADDRESS = msgid("This is not an e-mail address. Write it like nombre@municipio.cl.")


def _address(written: str) -> str:
    if not ADDRESS.fullmatch(written):
        raise ValueError(NOT_AN_ADDRESS)
    return written


class Asking(FormModel):
    """Who asks for a link, and where to go then."""

    email: Annotated[str, AfterValidator(_address)]
    next: str = ""


class EmailLinkController(Controller):
    """Signing in by a link."""

    path = "/{lang:str}/sign-in/email"
    request_max_body_size = LARGEST_FORM_BYTES

    @post("/", permission=Permission.PUBLIC, limit=SIGN_IN)
    async def ask(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """A link is on its way if somebody has the address; the answer is the same if nobody has."""
        if not offers_email(request):
            raise NotFound("email_links.off")
        lang = place_of(request).lang
        form = Form.of(Asking, await read_form(request))
        if form.value is None:
            errors = [translate(lang, one) for one in form.errors.get("email", [])]
            wanted = local_path(str(form["next"]))
            return page(
                request, "accounts/email_ask.html", status=422, wanted=wanted, email=form["email"], errors=errors
            )
        browser = browser_of(request)
        asked = email_links.Asked(
            address=form.value.email,
            network=request.app.state.limits.address(request),
            browser=browser,
            wanted=local_path(form.value.next),
            lang=lang,
            origin=origin_of(request),
        )
        secret = request.app.state.settings.secret_key.get_secret_value()
        is_taken = await email_links.ask_for_link(session, asked, secret=secret)
        answer = page(request, "accounts/email_sent.html", status=200 if is_taken else 429, is_taken=is_taken)
        hold(request, answer, browser, lasting=email_links.LASTS)
        return answer

    @get("/{token:str}", permission=Permission.PUBLIC, limit=LINK)
    async def look(self, request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
        """Whom the link signs in, and a button. Looking uses nothing."""
        database: Database = request.app.state.database
        try:
            async with database.tenant_session(None, read_only=True) as session:
                link, person = await email_links.look_at_link(session, token)
        except SignInRefused as error:
            return refused(request, error, where="e-mail")
        is_here = link.browser_sha256 == token_hash(request.cookies.get(entries.COOKIE, ""))
        return page(request, "accounts/email_link.html", name=person.name, email=person.email, is_here=is_here)

    @post("/{token:str}", permission=Permission.PUBLIC, limit=SIGN_IN)
    async def use(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The person is signed in, and the link is used."""
        try:
            if not offers_email(request):
                raise NotFound("email_links.off")
            link, person = await email_links.take_link(session, token)
        except SignInRefused as error:
            return refused(request, error, where="e-mail")
        counts = not request.app.state.settings.platform_roles_need_provider
        came = Came(Way.EMAIL, platform_role_counts=counts)
        return await arrive(request, session, person, came, wanted=link.wanted)
