"""`/demo/mail`: the demo's mailbox, open to all; `/desk/mail`: what did not arrive, for the operator."""

from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.mail import outbox
from ogpmonitor.kit.mail.letters import Letter, compose, message_of, sheet_source
from ogpmonitor.kit.mail.outbox import Taken
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page
from ogpmonitor.kit.templating import Templates

# A letter is shown with its own style and nothing else: no script, no picture, no form, as a page of no origin.
LETTER_POLICY = f"default-src 'none'; style-src {sheet_source()}; base-uri 'none'; form-action 'none'; \
frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
DEMO_SENDER = "OGP Monitor <demo@example.org>"


class MailboxController(Controller):
    """Every message that the demo would have sent. Outside the demo there is no such page."""

    path = "/{lang:str}/demo/mail"

    @get("/", permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """The newest first."""
        _only_in_the_demo(request)
        kept = [(one, _letter(request, one)) for one in await outbox.kept(session)]
        return page(request, "notifications/mailbox.html", kept=kept)

    @get("/{mail_id:uuid}", permission=Permission.PUBLIC)
    async def message(
        self, request: AnyRequest, session: NamedDependency[TenantSession], mail_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One message: who writes to whom, and its text."""
        found = await _kept(request, session, mail_id)
        letter = _letter(request, found)
        headers = [(name, str(value)) for name, value in message_of(letter, found, sender=DEMO_SENDER).items()]
        return page(request, "notifications/mail.html", mail=found, letter=letter, headers=headers)

    @get("/{mail_id:uuid}/letter.html", permission=Permission.PUBLIC)
    async def letter(
        self, request: AnyRequest, session: NamedDependency[TenantSession], mail_id: FromPath[UUID]
    ) -> Response[bytes]:
        """Its HTML as a mail program would show it, at an address of its own that may do nothing."""
        letter = _letter(request, await _kept(request, session, mail_id))
        headers = {**PRIVATE, "Content-Security-Policy": LETTER_POLICY}
        return Response(letter.html.encode(), media_type=MediaType.HTML, headers=headers)


class OutboxController(Controller):
    """How mail is doing, for whoever runs the platform: addresses and reasons, never what a message says."""

    path = "/{lang:str}/desk/mail"

    @get("/", permission=Permission.MAIL_READ)
    async def show(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """How many messages are in each state, and those that did not arrive, or not yet."""
        settings = request.app.state.settings
        return page(
            request,
            "notifications/outbox.html",
            counts=await outbox.counts(session),
            troubles=await outbox.troubles(session),
            has_server=settings.smtp_url is not None,
        )


def _only_in_the_demo(request: AnyRequest) -> None:
    if not request.app.state.demo:
        raise NotFound("mailbox.not_found")


async def _kept(request: AnyRequest, session: TenantSession, mail_id: UUID) -> Taken:
    _only_in_the_demo(request)
    found = next((one for one in await outbox.kept(session) if one.id == mail_id), None)
    if found is None:
        raise NotFound("mail.not_found")
    return found


def _letter(request: AnyRequest, taken: Taken) -> Letter:
    templates: Templates = request.app.state.templates
    return compose(templates, taken.template, taken.lang, taken.context)
