"""What somebody sent and could not be taken: given back on the page that refuses, so that nothing typed is lost.

Only forms of a workbench are given back, to whoever sent them, in the very answer that refuses; nothing is kept here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import HTTPException

from ogpmonitor.kit.errors import Invalid, TooLarge, TooSlow
from ogpmonitor.kit.forms import CONTROL, SENT, read_form
from ogpmonitor.kit.headers import SAFE_METHODS

MOST_LETTERS = 1024 * 1024
MOST_FIELDS = 2_000
LARGEST_BODY = 12 * 1024 * 1024  # a form with one file, of which only the name is given back
AGAIN = frozenset({401, 409, 429, 500, 503})  # sending the same once more may succeed
SILENT = re.compile(r"passw|version|state|token|secret", re.IGNORECASE)  # of no use to a reader, or not to be shown
NEVER = re.compile(r"passw|secret", re.IGNORECASE)


@dataclass(frozen=True)
class Returned:
    """A form as it was sent. `fields` go back as they came, in their order; `texts` are those worth reading."""

    fields: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    files: Sequence[str]


def is_kept_for_its_writer(request: Request[Any, Any, Any]) -> bool:
    """Whether this is a form of a tenant's workbench."""
    place = request.state.get("place")
    path = request.scope["path"].strip("/").split("/")
    is_form = request.method not in SAFE_METHODS
    return is_form and place is not None and place.tenant is not None and path[2:3] == ["workbench"]


async def remember(request: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Read the form of a request that is about to be refused, so that the refusal can give it back.

    What is too large, or cannot be read, is left alone.
    """
    length = request.headers.get("content-length", "")
    if not (isinstance(request, Request) and is_kept_for_its_writer(request)):
        return
    if not (length.isdigit() and int(length) <= LARGEST_BODY):
        return
    try:
        sent = await read_form(request)
    except (Invalid, TooLarge, TooSlow, HTTPException):
        return
    for value in sent.values():
        if isinstance(value, UploadFile):
            await value.close()


def returned(request: Request[Any, Any, Any]) -> Returned | None:
    """What the refused `request` had sent; None where there is nothing to give back, or too much of it."""
    sent: FormMultiDict | None = request.state.get(SENT)
    if sent is None or not is_kept_for_its_writer(request):
        return None
    pairs = [(name, value) for name, value in sent.items() if not NEVER.search(name)]
    fields = [(_clean(name), _clean(value)) for name, value in pairs if isinstance(value, str)]
    if len(fields) > MOST_FIELDS or sum(len(value) for _, value in fields) > MOST_LETTERS:
        return None
    files = [_clean(value.filename) for _, value in pairs if not isinstance(value, str) and value.filename]
    texts = [(name, value) for name, value in fields if value.strip() and not SILENT.search(name)]
    return Returned(fields, texts, files) if texts or files else None


def _clean(text: str) -> str:
    return CONTROL.sub("", text)


def came_from(request: Request[Any, Any, Any]) -> str:
    """The path of the page of this host on which the form stood; "" where nobody says, or it is not ours."""
    parts = urlsplit(request.headers.get("referer", ""))
    is_ours = parts.netloc != "" and parts.netloc == request.headers.get("host") and "//" not in parts.path
    return parts.path + (f"?{parts.query}" if parts.query else "") if is_ours else ""
