"""Every environment variable, read once by `app` and `cli` and handed down. Documented in docs/settings.md."""

from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, role_url
from ogpmonitor.kit.mail.outbox import is_address
from ogpmonitor.kit.mail.smtp import Server

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """What a deployment decides. A default is safe in production and fit to be public; a secret has none."""

    model_config = SettingsConfigDict(env_prefix="OGPMONITOR_", frozen=True, extra="ignore")

    database_url: str = Field(
        description="PostgreSQL 15 to 18, as a user who may create roles; used to migrate and to sync tenants."
    )
    app_database_url: str | None = Field(
        None, description="The same database as the workbench's role; derived when not given."
    )
    public_database_url: str | None = Field(
        None, description="The same database as the read-only role; derived when not given."
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
    smtp_url: SecretStr | None = Field(
        None, description="Where mail leaves: smtp:// (STARTTLS), smtps:// or smtp+plain://, with user and password."
    )
    mail_from: str = Field("", description="The platform's own address of mail, with or without a name before it.")
    check_links: bool = Field(
        True, description="The worker asks once a week whether links among the evidence still lead somewhere."
    )
    session_idle_minutes: int = Field(60, gt=0, description="A session unused for this long is over.")
    session_hours: int = Field(12, gt=0, description="A session is over after this long, used or not.")
    report_memory_mib: int = Field(600, gt=0, description="Most memory one report's process may take.")
    report_seconds: int = Field(120, gt=0, description="Longest time one report's process may take.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("json", description="json for machines, text for people.")

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url is not None:
            Server.at(self.smtp_url.get_secret_value())
            if not is_address(parseaddr(self.mail_from)[1]):
                raise ValueError("OGPMONITOR_MAIL_FROM must be an address when OGPMONITOR_SMTP_URL is set")
        return self

    @cached_property
    def app_url(self) -> str:
        """Where the workbench connects."""
        return self.app_database_url or role_url(self.database_url, APP_ROLE, self.secret_key.get_secret_value())

    @cached_property
    def public_url(self) -> str:
        """Where pages made from the register connect."""
        return self.public_database_url or role_url(self.database_url, PUBLIC_ROLE, self.secret_key.get_secret_value())
