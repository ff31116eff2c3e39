"""Where people sign in: providers of OpenID Connect, as `tenant.toml` and the platform's `platform.toml` name them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized

PLATFORM = "platform"  # stands where a jurisdiction's slug does
PLATFORM_FILE = "platform.toml"
SECRET_PREFIX = "OGPMONITOR_CLIENT_SECRET__"  # noqa: S105  only a name  # pragma: allowlist secret
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ENTRA = re.compile(r"https://login\.microsoftonline\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/v2\.0")


def safe_address(address: str) -> str:
    """`address`, which is https, or leads to this very machine.

    Raises:
        ValueError: anything else; it would carry secrets in the open.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.fragment:
        raise ValueError(f"{address!r} is not an address")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"{address!r} does not begin with https://")
    return address


SafeAddress = Annotated[str, AfterValidator(safe_address)]
ProviderKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=30)]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)]


class ProviderFile(Data):
    """One provider. Its secret is never in a file: `secret_variable` says where in the environment it is."""

    key: ProviderKey
    kind: Literal["claveunica", "entra", "google", "keycloak", "oidc"]
    issuer: SafeAddress
    client_id: str = Field(min_length=1, max_length=300)
    label: Localized
    client_auth: Literal["client_secret_basic", "client_secret_post", "none"] | None = None
    # An address that this issuer calls verified, in one of these domains, is believed once, to know a person by.
    trust_email: bool = False
    email_domains: tuple[Domain, ...] = ()
    hosted_domain: Domain | None = None  # Google Workspace: the only organisation whose accounts are let in
    # Instead of what the provider announces, for one that announces nothing.
    authorization_endpoint: SafeAddress | None = None
    token_endpoint: SafeAddress | None = None
    userinfo_endpoint: SafeAddress | None = None
    jwks_uri: SafeAddress | None = None
    end_session_endpoint: SafeAddress | None = None

    @model_validator(mode="after")
    def _email_is_bounded(self) -> Self:
        if self.trust_email != bool(self.email_domains):
            raise ValueError("trust_email and email_domains are given together: it is believed for its own domains")
        if self.trust_email and self.kind in {"claveunica", "entra"}:
            raise ValueError(f"trust_email: {self.kind} verifies no addresses")
        return self

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "entra" and not _ENTRA.fullmatch(self.issuer):
            raise ValueError("issuer: one directory's own, https://login.microsoftonline.com/<its id>/v2.0")
        if (self.kind == "google") != (self.hosted_domain is not None):
            raise ValueError("hosted_domain is given for Google Workspace, and only there")
        if any(self._endpoints) and not all(self._endpoints):
            raise ValueError("authorization_endpoint, token_endpoint and jwks_uri are given together, or none of them")
        return self

    @property
    def _endpoints(self) -> Sequence[str | None]:
        return (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)


def _named_once(providers: tuple[ProviderFile, ...]) -> tuple[ProviderFile, ...]:
    keys = [one.key for one in providers]
    if len(set(keys)) != len(keys):
        raise ValueError("two providers have the same key")
    return providers


ProviderFiles = Annotated[tuple[ProviderFile, ...], AfterValidator(_named_once)]


class SignInFile(Data):
    """How a jurisdiction's people sign in: `[sign_in]` in its file."""

    # Without them its government signs in at its own provider, or the platform's; its monitors still may.
    email_links: bool = True
    providers: ProviderFiles = ()


class PlatformFile(Data):
    """The platform's own providers: `platform.toml` beside the folders of jurisdictions."""

    source_language: Literal["es", "en"]
    providers: ProviderFiles = ()


def read_platform(folder: Path) -> PlatformFile:
    """What the platform's file says; a folder without one has no providers of its own.

    Raises:
        DataRefused: it cannot be read, or says what it cannot.
    """
    path = folder / PLATFORM_FILE
    return read_toml(path, PlatformFile, below=folder) if path.exists() else PlatformFile(source_language="es")


def secret_variable(owner: str, key: str) -> str:
    """The environment variable with the secret of provider `key` of jurisdiction `owner`, or of "platform".

    `OGPMONITOR_CLIENT_SECRET__GOBIERNO_SANTIAGO__ENTRA`: no name has two underscores in a row, so no two share one.
    """
    return SECRET_PREFIX + "__".join(name.replace("-", "_").upper() for name in (owner, key))


def secrets_wanted(owner: str, providers: Iterable[ProviderFile]) -> Sequence[str]:
    """The variables that `owner`'s providers need."""
    return [secret_variable(owner, one.key) for one in providers if one.client_auth != "none"]
