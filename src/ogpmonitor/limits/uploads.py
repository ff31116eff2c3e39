"""How many files people send, and how much of them in a day."""

import os
from datetime import timedelta

from litestar.datastructures import FormMultiDict, UploadFile

from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.limits.service import Limits
from ogpmonitor.limits.table import UPLOAD

MEBIBYTE = 1024 * 1024
DAY = timedelta(days=1)
UPLOADED = "upload-bytes"
USED_UP = msgid("This jurisdiction has sent as many files today as it may. Try again later, or give a link.")


async def count_uploads(request: AnyRequest, sent: FormMultiDict) -> None:
    """The files in `sent` are counted: as one form of this account, and their bytes as this jurisdiction's today.

    They count also where the form turns out to be refused: reading them is what it costs. The day has no beginning;
    what was used comes back evenly within 24 hours.

    Raises:
        TooMany: too many forms with files, or more bytes than the jurisdiction has left.
    """
    files = [value for value in sent.values() if isinstance(value, UploadFile) and value.filename]
    tenant = place_of(request).tenant
    if not files or tenant is None:
        return
    limits: Limits = request.app.state.limits
    who = request.user.id or request.user.request_id
    await limits.take(UPLOAD.name, by=str(who or limits.address(request)), most=UPLOAD.most, per=UPLOAD.per)
    most = tenant.file.uploads.mib_per_day or request.app.state.settings.upload_mib_per_day
    await limits.take(
        UPLOADED,
        by=str(tenant.id),
        most=most * MEBIBYTE,
        per=DAY,
        cost=max(1, sum(_size(file) for file in files)),
        message=USED_UP,
        is_quota=True,
    )


def _size(file: UploadFile) -> int:
    """Its bytes, counted where they lie."""
    here = file.file.tell()
    size = file.file.seek(0, os.SEEK_END)
    file.file.seek(here)
    return size
