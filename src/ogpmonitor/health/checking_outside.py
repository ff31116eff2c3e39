"""What `doctor` looks at around the installation: mail, sign-in, operators, a pooler, and the proxies in front."""

from collections.abc import Mapping
from email.utils import parseaddr

import psycopg
from sqlalchemy import func, select

from ogpmonitor.accounts.discovery import Discovery
from ogpmonitor.accounts.models import Invitation, PlatformRole
from ogpmonitor.accounts.problems import SignInRefused
from ogpmonitor.health.checking_database import WHICH, first_line, rows
from ogpmonitor.health.checking_house import House
from ogpmonitor.health.finding import Finding, doubtful, fails, holds
from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, owner_session, utc_now
from ogpmonitor.kit.mail.smtp import Server, greet
from ogpmonitor.settings import Settings, is_of_this_machine
from ogpmonitor.tenants.files import read_tenants
from ogpmonitor.tenants.sign_in import PLATFORM, ProviderFile, read_platform, secret_variable

PATIENCE_SECONDS = 10.0
INVITE = "run: ogpmonitor operators invite"
_OPERATORS = """SELECT count(*) FROM platform.people
                WHERE platform_role = 'operator' AND erased_at IS NULL AND (persona IS NULL OR %s)"""


async def check_mail(house: House) -> list[Finding]:
    """The mail server lets us in and takes our sender; no letter is sent."""
    settings = house.settings
    if settings.demo:
        return [holds("mail", "the demo keeps every letter; nothing is sent.")]
    if settings.smtp_url is None:
        to_do = "set OGPMONITOR_SMTP_URL and OGPMONITOR_MAIL_FROM."
        return [doubtful("mail", "Nothing is sent: no mail server is named. Letters wait.", to_do)]
    server, sender = Server.at(settings.smtp_url.get_secret_value()), parseaddr(settings.mail_from)[1]
    outcome = await greet(server, sender, seconds=PATIENCE_SECONDS)
    if outcome.result != "sent":
        to_do = "see whether OGPMONITOR_SMTP_URL and OGPMONITOR_MAIL_FROM are right; letters wait meanwhile."
        return [fails("mail", f"{server.host}:{server.port}: {outcome.said}", to_do)]
    return [holds("mail", f"{server.host}:{server.port} takes letters from {sender}.")]


async def check_sign_in(house: House) -> list[Finding]:
    """Somebody can sign in: by links that are sent, or at a provider that answers and whose secret is there."""
    settings = house.settings
    if settings.demo:
        return [holds("sign-in", "the demo lets anyone enter as one of its people.")]
    found, ways, governments = [], [], {}
    tenants = read_tenants(settings.tenants_folder)
    owners = {each.tenant.slug: each.tenant.sign_in.providers for each in tenants}
    for owner, providers in {PLATFORM: read_platform(settings.tenants_folder).providers, **owners}.items():
        looked = {f"{owner}/{one.key}": await _looked_at(owner, one, settings) for one in providers}
        found += [finding for finding in looked.values() if finding is not None]
        governments[owner] = [name for name, finding in looked.items() if finding is None]
        ways += governments[owner]
    if settings.email_links and settings.smtp_url is not None:
        ways.append("links by e-mail")
    shut = [
        each.tenant.slug
        for each in tenants
        if not each.tenant.sign_in.email_links and not governments[each.tenant.slug] and not governments[PLATFORM]
    ]
    if shut:
        seen = f"no provider is ready for the governments of {', '.join(shut)}, which take no links by e-mail."
        found.append(doubtful("sign-in", seen, "name one, or take email_links = false away (docs/signing-in.md)."))
    if settings.platform_roles_need_provider and not governments[PLATFORM]:
        seen = (
            "operators and OGP staff need a provider of the platform (OGPMONITOR_…_NEED_PROVIDER), and none is ready."
        )
        found.append(doubtful("sign-in", seen, "name one in platform.toml (docs/signing-in.md)."))
    if not ways:
        to_do = "name a mail server (OGPMONITOR_SMTP_URL) or a provider (docs/signing-in.md)."
        return [*found, fails("sign-in", "Nobody can sign in: no link is sent, and no provider is ready.", to_do)]
    return [*found, holds("sign-in", f"people can sign in by: {', '.join(ways)}.")]


async def _looked_at(owner: str, provider: ProviderFile, settings: Settings) -> Finding | None:
    """What is amiss with one provider; None when it answers and its secret is there."""
    variable = secret_variable(owner, provider.key)
    if provider.client_auth != "none" and variable not in settings.client_secrets:
        seen = f"{owner}/{provider.key} is not offered: its secret is not set."
        return doubtful("sign-in", seen, f"set {variable}.")
    try:
        await Discovery().metadata(provider)
    except SignInRefused as refused:
        said = _WORDS.get(refused.reason, refused.reason)
        seen = f"{owner}/{provider.key}: {provider.issuer} {said} ({refused.detail})."
        return doubtful("sign-in", seen, "see whether `issuer` is right, and whether this machine may reach it.")
    return None


_WORDS: Mapping[str, str] = {"away": "does not answer", "nonsense": "answers what cannot be believed"}


async def check_operators(house: House) -> list[Finding]:
    """There is an operator, or somebody was invited to be the first."""
    settings = house.settings
    ((operators,),) = await rows(settings.direct_app_url, _OPERATORS, settings.demo)
    if operators:
        return [holds("operators", f"{operators}.")]
    if settings.database_url and await _open_invitations(settings.database_url):
        return [doubtful("operators", "There is none yet; the invitation of one is open.", "open its link.")]
    return [doubtful("operators", "There is none yet: nobody can invite anyone.", INVITE)]


async def _open_invitations(owner_url: str) -> int:
    """How many are asked to be an operator. Only the owner may read that without being one."""
    statement = select(func.count()).where(
        Invitation.role == PlatformRole.OPERATOR,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > utc_now(),
    )
    async with owner_session(owner_url) as session:
        return await session.scalar(statement) or 0


async def check_pooler(house: House) -> list[Finding]:
    """Both roles reach the same database through the pooler as without it."""
    settings = house.settings
    if settings.pooler_url is None:
        return [holds("pooler", "none; everything goes directly.")]
    found = []
    for role, pooled, direct in (
        (APP_ROLE, settings.app_url, settings.direct_app_url),
        (PUBLIC_ROLE, settings.public_url, settings.direct_public_url),
    ):
        try:
            is_same = await rows(pooled, WHICH) == await rows(direct, WHICH)
        except psycopg.OperationalError as error:
            to_do = "see whether OGPMONITOR_POOLER_URL is right, and whether the pooler knows the role's password."
            found.append(fails("pooler", f"{role}: {first_line(error)}", to_do))
            continue
        if not is_same:
            to_do = "have OGPMONITOR_POOLER_URL lead to the database of the other addresses."
            found.append(fails("pooler", f"{role} comes to another database.", to_do))
    return found or [holds("pooler", "both roles reach the same database through it.")]


async def check_proxies(house: House) -> list[Finding]:
    """Visitors can be told apart behind a proxy, or there is none."""
    settings = house.settings
    if settings.trusted_proxies:
        seen = f"{settings.trusted_proxies} say in {settings.proxy_header} whose request it is."
        return [holds("proxies", seen)]
    if settings.limits_factor == 0:
        return [holds("proxies", "none is believed, and nothing is counted here.")]
    if is_of_this_machine(settings.base_url):
        return [holds("proxies", "none is believed, and the site is not public.")]
    seen = "none is believed: behind one, everybody counts as a single visitor and soon is refused."
    return [doubtful("proxies", seen, "name its network in OGPMONITOR_TRUSTED_PROXIES.")]
