"""What `tenants/<slug>/tenant.toml` may say: who is monitored, how it is called and how it looks."""

import re
from collections.abc import Callable
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ogpmonitor.kit.datafiles import Data, Source, WebAddress
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.mail.outbox import ADDRESS
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.tenants.contrast import PAPERS_DARK, PAPERS_LIGHT, check_readable
from ogpmonitor.tenants.sign_in import PLATFORM, SignInFile

LANGUAGES = ("es", "en")
# First segments of the platform's own addresses: a tenant of that name could never be reached.
RESERVED_SLUGS = frozenset(
    [
        "about",
        "about-platform",
        "accessibility",
        "account",
        "api",
        "assets",
        "compare",
        "data",
        "demo",
        "desk",
        "en",
        "es",
        "health",
        "help",
        "invitations",
        "login",
        "logout",
        "metrics",
        PLATFORM,
        "plans",
        "search",
        "sign-in",
        "sign-out",
        "static",
        "verify",
        "workbench",
    ]
)
Language = Literal["es", "en"]
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def _free_slug(slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise ValueError(f"{slug!r} is an address of the platform itself")
    return slug


def _host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is not a host name in lower case, without port")
    return host


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone") from error
    return name


def _readable_on(papers: tuple[str, ...]) -> Callable[[str], str]:
    return lambda colour: check_readable(colour, papers)


TenantSlug = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40), AfterValidator(_free_slug)
]
Host = Annotated[str, AfterValidator(_host)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]


class Territory(Data):
    """Codes of the country's own register, as text because zeros lead them. Chile: Código Único Territorial."""

    system: Literal["CUT"]
    region: str = Field(pattern=r"^[0-9]{2}$")
    province: str | None = Field(default=None, pattern=r"^[0-9]{3}$")
    comuna: str | None = Field(default=None, pattern=r"^[0-9]{5}$")
    source: Source

    @model_validator(mode="after")
    def _nested(self) -> Self:
        if self.province and not self.province.startswith(self.region):
            raise ValueError(f"province {self.province} does not lie in region {self.region}")
        if self.comuna and not self.comuna.startswith(self.province or self.region):
            raise ValueError(f"comuna {self.comuna} does not lie in province {self.province or self.region}")
        return self


class Population(Data):
    people: int = Field(gt=0)
    year: int
    kind: Literal["projection", "census"]
    source: Source


class Colours(Data):
    """One accent per tenant, once for light paper and once for dark; both must be readable as text."""

    accent: Annotated[str, AfterValidator(_readable_on(PAPERS_LIGHT))]
    accent_dark: Annotated[str, AfterValidator(_readable_on(PAPERS_DARK))]


class Words(Data):
    """What this tenant calls things: `government` with its article, `unit` as a name, the others as bare nouns."""

    government: Localized
    unit: Localized
    commitment: Localized
    commitments: Localized


class Switches(Data):
    """Where tenants may differ. Every tenant says each of them; there is no other way to behave differently."""

    own_measure: bool
    second_review: bool  # an assessment is published only once a second monitor has rated it blind
    right_of_reply: bool  # an assessment is published only once the government could reply to it


class Reporting(Data):
    """How often units report: periods of `every_months`, open from `opens` to `closes` days after each has ended."""

    every_months: Literal[1, 2, 3, 4, 6, 12] = 3
    opens: int = Field(default=0, ge=-31, le=92)
    closes: int = Field(default=30, ge=1, le=184)

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("a period closes after it opens")
        return self


class Uploads(Data):
    """How much its people may upload in a day, where that is not what the installation allows everyone."""

    mib_per_day: int | None = Field(default=None, gt=0)


SenderName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f<>\"]+$")]


class Mail(Data):
    """As whom the platform writes for this tenant. The address it writes from stays the platform's own."""

    sender_name: SenderName | None = None
    reply_to: Annotated[str, StringConstraints(pattern=f"^{ADDRESS.pattern}$", max_length=254)] | None = None


class OgpStatus(Data):
    """Whether this is a member of OGP Local, and the sentence that says so on its badge."""

    member: bool
    since: PartialDate | None = None
    sentence: Localized
    source: Source

    @model_validator(mode="after")
    def _member_since(self) -> Self:
        if self.since and not self.member:
            raise ValueError("since is given for a tenant that is not a member")
        if self.member and not self.since:
            raise ValueError("a member says since when")
        return self


class TenantFile(Data):
    """One jurisdiction: identity, territory, look, words and switches."""

    source_language: Language
    slug: TenantSlug
    name: Localized
    official_name: Localized
    country: str = Field(pattern=r"^[A-Z]{2}$")
    level: Literal["municipality", "region"]
    time_zone: TimeZone
    languages: tuple[Language, ...] = Field(min_length=1)
    hosts: tuple[Host, ...] = ()
    logo: str = Field(pattern=r"^[a-z0-9-]+\.svg$")
    contact_page: WebAddress
    territory: Territory
    population: Population
    colours: Colours
    words: Words
    switches: Switches
    reporting: Reporting = Reporting()
    uploads: Uploads = Uploads()
    sign_in: SignInFile = SignInFile()
    mail: Mail = Mail()
    ogp: OgpStatus

    @model_validator(mode="after")
    def _level_fits_the_codes(self) -> Self:
        if (self.level == "municipality") != (self.territory.comuna is not None):
            raise ValueError("territory.comuna is given for a municipality, and only for one")
        return self

    @model_validator(mode="after")
    def _speaks_its_languages(self) -> Self:
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("languages: one is named twice")
        words = {f"words.{name}": getattr(self.words, name) for name in Words.model_fields}
        texts = {"name": self.name, "official_name": self.official_name, "ogp.sentence": self.ogp.sentence, **words}
        for key, text in texts.items():
            silent = [language for language in self.languages if not text.has(language)]
            if silent:
                raise ValueError(f"{key} has no text in {', '.join(silent)}")
        return self
