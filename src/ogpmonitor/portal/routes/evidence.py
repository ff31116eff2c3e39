"""`/{lang}/{tenant}/evidence/{sha256}/{file_name}`: a published file, named by what it is."""

from urllib.parse import quote

import structlog
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound, Unavailable
from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.respond import AnyRequest, shared
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.limits.table import EXPORT
from ogpmonitor.portal.queries import served_file
from ogpmonitor.portal.routes.answering import tenant_of

log = structlog.get_logger()


class EvidenceController(Controller):
    """Files are handed over to be kept, never opened as a page of this site."""

    path = "/{lang:str}/{tenant:str}/evidence"

    @get("/{sha256:str}/{file_name:str}", permission=Permission.PUBLIC, limit=EXPORT)
    async def file(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        sha256: FromPath[str],
        file_name: FromPath[str],
    ) -> Response[bytes]:
        """The bytes, once it is sure that they still are what was published.

        Raises:
            NotFound: never published here under this name, or restricted.
            Unavailable: the store has lost the file, or holds something else in its place.
        """
        receipt = await served_file(register, tenant_of(request).slug, sha256, file_name)
        content = await _intact(request.app.state.storage, sha256)
        headers = {
            "Content-Disposition": disposition(file_name),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": FILE_POLICY,
            "Cache-Control": "no-cache",  # asked about each time: an edition may restrict it any day
        }
        return shared(request, content, receipt.media_type or "application/octet-stream", **headers)


async def _intact(storage: Storage, sha256: str) -> bytes:
    message = msgid("This file cannot be shown just now: what is stored is not what was published.")
    try:
        content = await storage.get(blob_name(sha256))
    except NotFound as error:
        log.error("evidence.lost", sha256=sha256)  # noqa: TRY400  nobody needs the traceback of a missing file
        raise Unavailable("evidence.lost", message) from error
    if sha256_of(content) != sha256:
        log.error("evidence.altered", sha256=sha256)
        raise Unavailable("evidence.altered", message)
    return content


def disposition(file_name: str) -> str:
    """To be saved under `file_name` (RFC 6266): plain letters for old browsers, the whole name for all others."""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " .-_") else "_" for letter in file_name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
