"""One tenant's part of the demo while it is being loaded."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from uuid import UUID

from ogpmonitor.demo.people import Persona
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.db import Database, TenantSession
from ogpmonitor.kit.storage import Storage
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey


@dataclass
class Stage:
    """Who acts in which tenant, and what has been submitted so far."""

    database: Database
    storage: Storage
    key: SigningKey
    tenant_id: UUID
    jurisdiction: Jurisdiction
    coordinator: Persona
    monitor: Persona
    max_bytes: int
    evidence: dict[str, Evidence] = field(default_factory=dict)  # by the demo file's code

    def at(self, persona: Persona) -> AbstractAsyncContextManager[TenantSession]:
        """A session of `persona` in this tenant."""
        return self.database.tenant_session(self.tenant_id, persona.id)

    def at_nobody(self) -> AbstractAsyncContextManager[TenantSession]:
        """A session in this tenant of somebody who has not signed in."""
        return self.database.tenant_session(self.tenant_id)
