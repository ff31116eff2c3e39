"""Every environment variable, read once by `app` and `cli` and handed down. Documented in docs/settings.md."""

import ipaddress
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, Database, role_url, through
from ogpmonitor.kit.mail.outbox import is_address
from ogpmonitor.kit.mail.smtp import Server
from ogpmonitor.limits.addresses import Network, ProxyHeader, read_networks
from ogpmonitor.tenants.sign_in import SECRET_PREFIX

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024
PREFIX = "OGPMONITOR_"
_FEWEST_CHARACTERS = 8  # different ones: "aaaa…" is long and no secret
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _networks(text: str) -> str:
    read_networks(text)
    return text


class Settings(BaseSettings):
    """What a deployment decides. A default is safe in production and fit to be public; a secret has none."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, hide_input_in_errors=True, frozen=True, extra="ignore"
    )

    app_database_url: str | None = Field(
        None, description="The same database as the workbench's role; derived when not given."
    )
    public_database_url: str | None = Field(
        None, description="The same database as the read-only role; derived when not given."
    )
    database_url: str = Field(
        "",
        description="PostgreSQL 15 to 18, as a user who may create roles; used to migrate, to back up and to sync "
        "tenants. Web server and worker do without where both others are given.",
    )
    pooler_url: str | None = Field(
        None,
        description="The same database through a pooler in transaction mode: what serves pages goes that way, as the "
        "users and with the passwords of the two roles.",
    )
    secret_key: SecretStr = Field(
        min_length=32, description="At least 32 random characters; role passwords derive from it."
    )
    signing_key_file: Path = Field(description="Ed25519 private key (PEM) that signs the log's checkpoints.")
    files_url: str = Field(description="Where evidence and reports are kept: file:///folder or s3://bucket/prefix.")
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="Address of the platform as people type it; in reports, QR codes and feeds.",
    )
    tenants_folder: Path = Field(ROOT / "tenants", description="The folder of tenants.")
    templates_folder: Path = Field(ROOT / "templates", description="The folder of templates.")
    security_contact: str | None = Field(
        None, description="Where a weakness is reported (mailto: or https:), for security.txt; none: the page about us."
    )
    demo: bool = Field(
        False, description="Lets anyone enter as one of the demo's personas. Never on a real deployment."
    )
    development: bool = Field(False, description="Templates reload and the components page is open.")
    cookie_secure: bool = Field(True, description="The session cookie travels over HTTPS only.")
    max_upload_bytes: int = Field(10 * MEBIBYTE, gt=0, description="Largest file of evidence.")
    max_files_per_form: int = Field(3, gt=0, description="Most files sent with one form.")
    upload_mib_per_day: int = Field(
        2000,
        gt=0,
        description="Most that one jurisdiction's people may upload in a day, in MiB.",
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "", description="Networks of the proxies in front, separated by commas; only they say whose request it is."
    )
    proxy_header: ProxyHeader = Field(
        "x-forwarded-for", description="The one header in which those proxies say it: x-forwarded-for or forwarded."
    )
    limits_factor: float = Field(
        1.0, ge=0, description="Makes every rate limit this much wider; 0 counts nothing (something in front does)."
    )
    smtp_url: SecretStr | None = Field(
        None, description="Where mail leaves: smtp:// (STARTTLS), smtps:// or smtp+plain://, with user and password."
    )
    mail_from: str = Field("", description="The platform's own address of mail, with or without a name before it.")
    check_links: bool = Field(
        True, description="The worker asks once a week whether links among the evidence still lead somewhere."
    )
    session_idle_minutes: int = Field(60, gt=0, description="A session unused for this long is over.")
    session_hours: int = Field(12, gt=0, description="A session is over after this long, used or not.")
    proof_minutes: int = Field(
        30, gt=0, description="Publishing and confirming ask who signed in longer ago than this to sign in once more."
    )
    email_links: bool = Field(True, description="People without a provider may ask for a link by e-mail.")
    platform_roles_need_provider: bool = Field(
        False, description="OGP staff and operators have their role only when they came through a platform's provider."
    )
    clock_skew_seconds: int = Field(
        60, ge=0, le=600, description="How far a provider's clock may be from ours, in seconds."
    )
    keep_invitations_days: int = Field(
        90, gt=0, description="Days after which an invitation that was answered, withdrawn or has ended is forgotten."
    )
    keep_sign_ins_days: int = Field(90, ge=60, description="Days after which a session that is over is forgotten.")
    keep_requests_days: int = Field(
        365, gt=0, description="Days after its end when a request for reports forgets whom it asked."
    )
    report_memory_mib: int = Field(600, gt=0, description="Most memory one report's process may take.")
    report_seconds: int = Field(120, gt=0, description="Longest time one report's process may take.")
    metrics_listen: str | None = Field(
        None, description="HOST:PORT where a process tells Prometheus its figures; none: it tells nobody."
    )
    worker_heartbeat_file: Path | None = Field(
        None, description="A file the worker touches while it is well; `ogpmonitor worker --health` looks at it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["json", "text"] = Field("json", description="json for machines, text for people.")
    log_requests: bool = Field(True, description="One line for each request, with its route but never its address.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  there is none
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  ours looks into folders that are there
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given outright, else the environment, else a file of that name among the secrets."""
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=_folders_of_secrets())

    @field_validator("smtp_url", mode="before")
    @classmethod
    def _may_be_an_empty_file(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("app_database_url", "public_database_url", "database_url", "pooler_url")
    @classmethod
    def _names_a_database(cls, url: str | None, info: ValidationInfo) -> str | None:
        if not url:
            if info.field_name == "database_url" and not {"app_database_url", "public_database_url"} <= _given(info):
                others = "OGPMONITOR_APP_DATABASE_URL and OGPMONITOR_PUBLIC_DATABASE_URL"
                raise ValueError(f"is needed, unless {others} are both given")
            return url
        try:
            parts = make_url(url)
        except (ArgumentError, ValueError):
            raise ValueError("is not an address like postgresql://user@host/database") from None
        if parts.get_backend_name() != "postgresql" or not parts.database:
            raise ValueError("has to name a PostgreSQL database, as in postgresql://user@host/database")
        return url

    @field_validator("secret_key")
    @classmethod
    def _is_hard_to_guess(cls, secret: SecretStr) -> SecretStr:
        if len(set(secret.get_secret_value())) < _FEWEST_CHARACTERS:
            raise ValueError("repeats a few characters; make one with: openssl rand -base64 48")
        return secret

    @field_validator("files_url")
    @classmethod
    def _names_a_store(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
            return url
        if parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) and not parts.query:
            return url
        raise ValueError("has to be a folder, file:///folder, or a bucket, s3://bucket/prefix")

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, url: str) -> str:
        url = url.rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("has to begin with https:// and a host, as in https://ogp.example.org")
        if url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            raise ValueError("has to end after the host or its port: the site answers at the root of a host")
        return url

    @field_validator("security_contact")
    @classmethod
    def _can_be_written_to(cls, contact: str | None) -> str | None:
        if contact is not None and not contact.startswith(("mailto:", "https:")):
            raise ValueError("has to begin with mailto: or https:")
        return contact

    @field_validator("metrics_listen")
    @classmethod
    def _names_a_port(cls, listen: str | None) -> str | None:
        if listen is not None:
            listening_at(listen)
        return listen

    @cached_property
    def direct_app_url(self) -> str:
        """Where the workbench's role connects without a pooler: the queue of jobs listens there."""
        return self._door(self.app_database_url, APP_ROLE)

    @cached_property
    def direct_public_url(self) -> str:
        """Where the read-only role connects without a pooler: publications are heard of there."""
        return self._door(self.public_database_url, PUBLIC_ROLE)

    def _door(self, given: str | None, role: str) -> str:
        """Where `role` connects; its password follows from the secret, unless another is given."""
        url = make_url(given) if given else None
        if url is None or (url.username == role and url.password is None):
            return role_url(given or self.database_url, role, self.secret_key.get_secret_value())
        return str(given)

    @cached_property
    def client_secrets(self) -> Mapping[str, SecretStr]:
        """The secrets of sign-in providers, by the name of the variable or file that holds each; no empty ones."""
        files = {path.name.upper(): path for folder in _folders_of_secrets() for path in folder.iterdir()}
        kept = {name: path.read_text("utf-8").strip() for name, path in files.items() if _is_client_secret(name)}
        found = kept | {name: value for name, value in os.environ.items() if _is_client_secret(name) and value}
        return {name: SecretStr(value) for name, value in found.items() if value}

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url is not None:
            Server.at(self.smtp_url.get_secret_value())
            if not is_address(parseaddr(self.mail_from)[1]):
                raise ValueError("OGPMONITOR_MAIL_FROM must be an address when OGPMONITOR_SMTP_URL is set")
        return self

    @cached_property
    def app_url(self) -> str:
        """Where the workbench's transactions go."""
        return through(self.pooler_url, self.direct_app_url)

    @cached_property
    def public_url(self) -> str:
        """Where transactions of pages made from the register go."""
        return through(self.pooler_url, self.direct_public_url)

    @cached_property
    def proxy_networks(self) -> tuple[Network, ...]:
        """Where the proxies in front are."""
        return read_networks(self.trusted_proxies)

    def database(self, *, pool_size: int = 10) -> Database:
        """The database as this deployment reaches it; whoever asked closes it, most simply by `async with`."""
        pooled = self.pooler_url is not None
        return Database(self.app_url, self.public_url, pool_size=pool_size, pooled=pooled)

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """What is allowed and most likely a mistake, one sentence each."""
        public = not is_of_this_machine(self.base_url)
        secure = self.base_url.startswith("https:")
        said = (
            (self.demo and public, "OGPMONITOR_DEMO lets anyone enter as anyone, and OGPMONITOR_BASE_URL is public."),
            (self.development and public, "OGPMONITOR_DEVELOPMENT is for one's own machine only."),
            (public and not secure, "OGPMONITOR_BASE_URL is public and has no https:; sessions can be overheard."),
            (secure and not self.cookie_secure, "OGPMONITOR_COOKIE_SECURE is off although the site has https:."),
            (
                public and not secure and self.cookie_secure,
                "Without https: browsers do not send the session cookie; nobody will be able to sign in.",
            ),
        )
        return tuple(words for doubtful, words in said if doubtful)


def _folders_of_secrets() -> list[Path]:
    """Where container engines and systemd put files with secrets, as far as they are there."""
    folders = [Path("/run/secrets"), *map(Path, filter(None, [os.environ.get("CREDENTIALS_DIRECTORY")]))]
    return [folder for folder in folders if folder.is_dir()]


def _is_client_secret(name: str) -> bool:
    return name.startswith(SECRET_PREFIX)


def _given(info: ValidationInfo) -> set[str]:
    """The fields before this one that have a value; one that was refused has been told of already."""
    return {name for name in info.data if info.data[name]}


def listening_at(listen: str) -> tuple[str, int]:
    """Host and port of "HOST:PORT"; an IPv6 address stands in brackets.

    Raises:
        ValueError: it is not written like that.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("has to be HOST:PORT, as in 127.0.0.1:9464")
    return host.strip("[]"), int(port)


def is_of_this_machine(base_url: str) -> bool:
    """Whether only this machine, or a private network, can mean that address."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".test", ".internal"))


def unknown_names(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like ours and are none, most likely misspelt; those for tests are known."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and not name.startswith((f"{PREFIX}TEST_", SECRET_PREFIX)) and name not in known
    )
