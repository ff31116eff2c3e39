"""Every environment variable, read once by `app` and `cli` and handed down. Documented in docs/settings.md."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, role_url

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
    check_links: bool = Field(
        True, description="The worker asks once a week whether links among the evidence still lead somewhere."
    )
    session_idle_minutes: int = Field(60, gt=0, description="A session unused for this long is over.")
    session_hours: int = Field(12, gt=0, description="A session is over after this long, used or not.")
    keep_invitations_days: int = Field(
        90, gt=0, description="Days after which an invitation that was answered, withdrawn or has ended is forgotten."
    )
    keep_sign_ins_days: int = Field(90, ge=60, description="Days after which a session that is over is forgotten.")
    keep_requests_days: int = Field(
        365, gt=0, description="Days after its end when a request for reports forgets whom it asked."
    )
    report_memory_mib: int = Field(600, gt=0, description="Most memory one report's process may take.")
    report_seconds: int = Field(120, gt=0, description="Longest time one report's process may take.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("json", description="json for machines, text for people.")

    @cached_property
    def app_url(self) -> str:
        """Where the workbench connects."""
        return self.app_database_url or role_url(self.database_url, APP_ROLE, self.secret_key.get_secret_value())

    @cached_property
    def public_url(self) -> str:
        """Where pages made from the register connect."""
        return self.public_database_url or role_url(self.database_url, PUBLIC_ROLE, self.secret_key.get_secret_value())
