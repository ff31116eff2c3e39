"""`/workbench/evidence`: a piece of evidence of one's own voice, before and after it is published."""

from uuid import UUID

import structlog
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.evidence.queries import get_evidence
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotFound, Unavailable
from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.respond import PRIVATE, AnyRequest
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of

log = structlog.get_logger()
# A file is saved, never shown: whatever it is, it cannot act in a page of this site.
SAVED_NOT_SHOWN = {
    **PRIVATE,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": FILE_POLICY,
}


class WorkbenchEvidenceController(Controller):
    """Files of the workbench, for those who speak in the voice that submitted them."""

    path = "/{lang:str}/{tenant:str}/workbench/evidence"

    @get("/{evidence_id:uuid}", permission=Permission.EVIDENCE_READ)
    async def file(
        self, request: AnyRequest, session: NamedDependency[TenantSession], evidence_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The bytes under their safe name; row policies make the other voice's and another tenant's not found.

        Raises:
            NotFound: there is no such file here.
            Unavailable: what the store returned is not what was submitted.
        """
        evidence = await get_evidence(session, evidence_id)
        if evidence.kind != "file" or evidence.file_name is None:
            raise NotFound("evidence.not_a_file")
        storage: Storage = request.app.state.storage
        content = await storage.get(blob_name(evidence.sha256))
        if sha256_of(content) != evidence.sha256:
            log.error("evidence.damaged", evidence=str(evidence.id), sha256=evidence.sha256)
            raise Unavailable("evidence.damaged")
        headers = {**SAVED_NOT_SHOWN, "Content-Disposition": f'attachment; filename="{evidence.file_name}"'}
        return Response(content, media_type=evidence.media_type or "application/octet-stream", headers=headers)
