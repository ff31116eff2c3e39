"""From a report in words to a PDF: everything the drawing process needs, handed to it, and its bytes taken back."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from ogpmonitor.kit.errors import Unavailable
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.static import STATIC
from ogpmonitor.reports.render import MISSING_LIBRARY

SOURCES = Path(__file__).resolve().parents[2]
SHEETS = Path(__file__).with_name("sheets")
FONTS = "source-*.woff2"
VARIANT = "pdf/a-3a"  # and PDF/UA-1 besides: see render.py
NO_LIBRARY = msgid(
    "This server cannot make PDF files yet: WeasyPrint or Pango is missing. "
    "Whoever runs it can install them (on Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0). "
    "The report as a web page and its data are here already."
)
TOO_MUCH = msgid(
    "This report took more time or memory than this server gives to one report. "
    "The report as a web page and its data are here already."
)
log = structlog.get_logger()


class Limits(Protocol):
    """What one report may take: the deployment's settings, in practice."""

    @property
    def report_memory_mib(self) -> int: ...
    @property
    def report_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report ready to be drawn. `identifier` names the edition and the language; `at` is the date in its metadata."""

    html: str
    at: datetime
    identifier: str
    files: Mapping[str, bytes]
    attachment_name: str
    attachment: bytes
    attachment_description: str


def fonts() -> dict[str, bytes]:
    """The text families to embed, by file name; none where they have not been fetched, and the system's own serve."""
    return {path.name: path.read_bytes() for path in sorted((STATIC / "vendor").glob(FONTS))}


def font_faces(names: Mapping[str, bytes]) -> str:
    """The rules that make those files known under the names of their families."""
    faces = []
    for name in names:
        family, _, rest = name.removesuffix(".woff2").partition("-latin")
        weight, style = rest.split("-")[-2:]
        called = " ".join(word.capitalize() for word in family.split("-"))
        faces.append(
            f"@font-face{{font-family:'{called}';font-weight:{weight};font-style:{style};src:url(report:{name})}}"
        )
    return "\n".join(faces)


async def draw(sheet: Sheet, limits: Limits) -> bytes:
    """The PDF of `sheet`, made in a process of its own.

    Raises:
        Unavailable: the libraries are missing, or it took more than `limits`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ogpmonitor.reports.render",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(limits.report_seconds):
            pdf, said = await process.communicate(_question(sheet, limits))
    except TimeoutError:
        log.warning("report.too_slow", seconds=limits.report_seconds, report=sheet.identifier)
        raise Unavailable("report.too_slow", TOO_MUCH) from None
    finally:
        await _end(process)
    if process.returncode == 0:
        return pdf
    words = said.decode(errors="replace").strip()
    log.error("report.not_drawn", code=process.returncode, reason=words[-2000:], report=sheet.identifier)
    if process.returncode == MISSING_LIBRARY:
        raise Unavailable("report.library_missing", NO_LIBRARY)
    raise Unavailable("report.not_drawn", TOO_MUCH)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing of it is left, whatever happened to us."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment() -> dict[str, str]:
    """No secret of the deployment reaches the process that draws; dates and hashes come out alike everywhere."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH", "XDG_CACHE_HOME") if name in os.environ
    }
    return {
        **kept,
        "PYTHONPATH": str(SOURCES),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
    }


def _question(sheet: Sheet, limits: Limits) -> bytes:
    asked = {
        "html": sheet.html,
        "at": sheet.at.isoformat(),
        "identifier": sheet.identifier,
        "variant": VARIANT,
        "memory_mib": limits.report_memory_mib,
        "seconds": limits.report_seconds,
        "files": {name: _text(content) for name, content in sheet.files.items()},
        "attachments": [
            {
                "name": sheet.attachment_name,
                "description": sheet.attachment_description,
                "content": _text(sheet.attachment),
            }
        ],
    }
    return json.dumps(asked).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
