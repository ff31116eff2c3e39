"""Who is acting, as far as a rule needs to know."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ogpmonitor.accounts.models import PlatformRole, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in the tenant at hand, or somebody nobody knows.

    `role` is what the person is in that tenant, `platform_role` what it is everywhere. A stranger has none and no id.
    `given_role` is the role it was given, which is more than `role` where the tenant is suspended or archived.
    """

    id: UUID | None
    name: str
    role: Role | None = None
    platform_role: PlatformRole | None = None
    unit: str | None = None
    sign_in_id: UUID | None = None
    proved_at: datetime | None = None  # when this person last showed who it is
    given_role: Role | None = None
    supported_until: datetime | None = None  # until then an operator reads along in this tenant
    # A contact who came by a request's link has no account: only the request, and what it asks for.
    request_id: UUID | None = None
    asked: frozenset[UUID] = frozenset()  # milestones
    key_sha256: str | None = None  # by which the database knows the holder of the request

    @property
    def is_stranger(self) -> bool:
        """Whether nobody is signed in and nobody came by a request's link."""
        return self.id is None and self.request_id is None

    @property
    def marker(self) -> str:
        """What tells this person from others at the same browser, and tells nobody who it is; "" for a stranger."""
        known = self.id or self.request_id
        return hashlib.sha256(f"writer:{known}".encode()).hexdigest()[:12] if known else ""


STRANGER = Actor(None, "")
