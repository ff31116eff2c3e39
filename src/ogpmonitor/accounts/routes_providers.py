"""`/sign-in/with/…`: to a provider and back."""

from dataclasses import dataclass, replace
from typing import Self

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts import entries, identities
from ogpmonitor.accounts.arriving import arrive, browser_of, hold, local_path, origin_of, refused
from ogpmonitor.accounts.models import Entry, Way
from ogpmonitor.accounts.oidc import Client, Proof
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.providers import Provider, Providers
from ogpmonitor.accounts.routes import LARGEST_FORM_BYTES
from ogpmonitor.accounts.service import Came
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.forms import Form, FormModel, read_form
from ogpmonitor.kit.i18n import negotiate
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.limits.table import SIGN_IN

INVITATIONS = "invitations"  # who wants to go there is let through to show one, known or not
NOT_KNOWN = frozenset({Reason.UNKNOWN, Reason.UNVERIFIED})


class Going(FormModel):
    """Where to go afterwards, and whether somebody who is signed in shows again who it is."""

    next: str = ""
    again: bool = False


@dataclass(frozen=True)
class Answer:
    """What a provider sends along with the browser."""

    code: str
    state: str
    issuer: str | None
    error: str

    @classmethod
    def of(cls, request: AnyRequest) -> Self:
        """What the address of the request carries."""
        found = request.query_params
        return cls(found.get("code", ""), found.get("state", ""), found.get("iss"), found.get("error", ""))


class ProviderController(Controller):
    """Signing in at a provider."""

    request_max_body_size = LARGEST_FORM_BYTES

    @post("/{lang:str}/sign-in/with/{owner:str}/{key:str}", permission=Permission.PUBLIC, limit=SIGN_IN)
    async def go(self, request: AnyRequest, owner: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        """A sign-in is under way in this browser; its page leads on to the provider by itself."""
        provider = _providers(request).find(owner, key)
        going = Form.of(Going, await read_form(request)).value or Going()
        browser, wanted = browser_of(request), local_path(going.next)
        database: Database = request.app.state.database
        async with database.tenant_session(None) as session:
            secrets = await entries.begin(
                session, provider, browser, wanted=wanted, lang=place_of(request).lang, proving=going.again
            )
        client: Client = request.app.state.oidc
        try:
            address = await client.way_to(
                provider, secrets, redirect_uri=redirect_uri(request, provider), proving=going.again
            )
        except SignInRefused as error:
            return refused(request, error, where=provider.name, wanted=wanted)
        answer = page(request, "accounts/going.html", address=address, leaving=False, label=provider.label)
        hold(request, answer, browser, lasting=entries.LASTS)
        return answer

    @get("/sign-in/callback/{owner:str}/{key:str}", permission=Permission.PUBLIC, limit=SIGN_IN)
    async def come_back(
        self, request: AnyRequest, owner: FromPath[str], key: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The provider's answer: somebody whom we know is signed in, or is told why not."""
        provider = _providers(request).find(owner, key)
        _speak(request, negotiate(request.headers.get("accept-language")))
        said, entry = Answer.of(request), None
        try:
            entry = await _take(request, provider, said.state)
            _speak(request, entry.lang)
            return await _let_in(request, provider, entry, await _prove(request, provider, said))
        except SignInRefused as error:
            return refused(request, error, where=provider.name, wanted=entry.wanted if entry else "")


def redirect_uri(request: AnyRequest, provider: Provider) -> str:
    """Where the provider sends the browser back to: an address for each, so that no answer passes for another's."""
    return f"{origin_of(request)}/sign-in/callback/{provider.name}"


async def _take(request: AnyRequest, provider: Provider, state: str) -> Entry:
    """The sign-in under way, taken for good before anything else is done with it."""
    browser = request.cookies.get(entries.COOKIE)
    if not browser or not state:
        raise SignInRefused(Reason.ENDED, "nothing is under way in this browser")
    database: Database = request.app.state.database
    async with database.tenant_session(None) as session:
        return await entries.take(session, provider.name, browser, state)


async def _prove(request: AnyRequest, provider: Provider, said: Answer) -> Proof:
    if said.error or not said.code:
        raise SignInRefused(Reason.CANCELLED, "the provider sent no code")
    client: Client = request.app.state.oidc
    return await client.prove(
        provider,
        entries.secrets_of(browser_of(request), said.state),
        code=said.code,
        issuer=said.issuer,
        redirect_uri=redirect_uri(request, provider),
    )


async def _let_in(request: AnyRequest, provider: Provider, entry: Entry, proof: Proof) -> Redirect:
    database: Database = request.app.state.database
    try:
        async with database.tenant_session(None) as session:
            person = await identities.find_person(session, provider, proof)
            came = Came(Way.PROVIDER, provider.name, provider.only_in, proof.proved_at)
            return await arrive(request, session, person, came, wanted=entry.wanted)
    except SignInRefused as error:
        if error.reason not in NOT_KNOWN:
            raise
        async with database.tenant_session(None) as session:
            await entries.keep_waiting(session, entry, issuer=proof.issuer, subject=proof.subject)
        if INVITATIONS not in entry.wanted.split("/")[2:4]:
            raise
        return Redirect(entry.wanted, status_code=303)


def _providers(request: AnyRequest) -> Providers:
    found: Providers = request.app.state.providers
    return found


def _speak(request: AnyRequest, lang: str) -> None:
    """The answer is in `lang`: the address to which a provider sends people back has no language."""
    request.state["place"] = replace(place_of(request), lang=lang, path="sign-in/", query="")
