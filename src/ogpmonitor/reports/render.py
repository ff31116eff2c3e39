"""`python -m ogpmonitor.reports.render`: one report, from JSON on stdin to PDF on stdout, in a process of its own.

What is not in the JSON does not exist here: no file is opened and no address is fetched. The same JSON gives the same
bytes. Exit code 3 says that WeasyPrint or Pango is missing.
"""

import base64
import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

SCHEME = "report:"
MISSING_LIBRARY = 3
_SVG = "{http://www.w3.org/2000/svg}"
_MEBIBYTE = 1024 * 1024
_NICENESS = 5  # pages come first
# The classes around a drawing say in which colour it is made; this sheet knows which.
_DRAWINGS = "drawings.css"
_TYPES = {"css": "text/css", "svg": "image/svg+xml", "woff2": "font/woff2"}


def main() -> int:
    """Read, lay out, write; the limits bind this process alone."""
    asked = json.load(sys.stdin.buffer)
    try:
        import weasyprint  # noqa: PLC0415 (its absence must be told apart)
    except (ImportError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return MISSING_LIBRARY
    _limit(asked["memory_mib"], asked["seconds"])
    sys.stdout.buffer.write(_pdf(weasyprint, asked))
    return 0


def _limit(memory_mib: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * _MEBIBYTE, memory_mib * _MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)


def _pdf(weasyprint: Any, asked: Mapping[str, Any]) -> bytes:
    files = {name: base64.b64decode(content) for name, content in asked["files"].items()}
    html = weasyprint.HTML(string=asked["html"], base_url=SCHEME, url_fetcher=_fetcher(files))
    files |= dress_drawings(html.etree_element, files.get(_DRAWINGS, b"").decode())
    moment = datetime.fromisoformat(asked["at"])
    attached = [
        weasyprint.Attachment(
            string=base64.b64decode(one["content"]).decode(),
            name=one["name"],
            description=one["description"],
            created=moment,
            modified=moment,
            relationship="Data",
        )
        for one in asked["attachments"]
    ]
    pdf: bytes = html.write_pdf(
        finisher=_finish,
        attachments=attached,
        pdf_variant=asked["variant"],
        pdf_identifier=asked["identifier"].encode(),
        pdf_tags=True,
    )
    return pdf


def _fetcher(files: dict[str, bytes]) -> Any:
    """What may be fetched: the files that came along, by name; anything else ends the report."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 (see main)

    class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002  (the library's own signature)
            name = url.removeprefix(SCHEME).lstrip("/")
            if name not in files:
                raise ValueError(f"{url} did not come along")
            return URLFetcherResponse(url, files[name], {"Content-Type": _TYPES[name.rpartition(".")[2]]})

    return Fetcher(fail_on_errors=True)


def _finish(_document: Any, pdf: Any) -> None:
    """The attachment is the data of this very document, and says so (PDF 2.0, 14.13)."""
    import pydyf  # noqa: PLC0415 (see main)

    attached = [each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and each.get("Type") == "/Filespec"]
    for each in attached:
        each["AFRelationship"] = "/Data"
    pdf.catalog["AF"] = pydyf.Array([each.reference for each in attached])


def dress_drawings(root: Any, css: str) -> dict[str, bytes]:
    """Inline drawings carry the sheet they need, since a page's rules do not reach into them here.

    A decorative one (`aria-hidden`) becomes a background, so that it is an artifact and needs no words of its own;
    those are returned as files by name.
    """
    files: dict[str, bytes] = {}
    for parent, position, svg, classes in list(_drawings(root, ())):
        own = svg.get("class", "")
        sheet = ET.Element(f"{_SVG}style")
        sheet.text = css
        group = ET.Element(f"{_SVG}g", {"class": " ".join([*classes, own])})
        title = svg.find(f"{_SVG}title")
        group.extend(child for child in svg if child is not title)
        for child in list(svg):
            svg.remove(child)
        svg.extend(each for each in (title, sheet, group) if each is not None)
        if svg.get("aria-hidden") == "true":
            name = f"drawing-{len(files)}.svg"
            parent[position] = _as_background(svg, name)
            files[name] = ET.tostring(svg)
    return files


def _drawings(element: Any, classes: tuple[str, ...]) -> Iterator[tuple[Any, int, Any, tuple[str, ...]]]:
    own = (*classes, *element.get("class", "").split())
    for position, child in enumerate(element):
        if child.tag == f"{_SVG}svg":
            yield element, position, child, own
        elif isinstance(child.tag, str):
            yield from _drawings(child, own)


def _as_background(svg: Any, name: str) -> Any:
    tail, svg.tail = svg.tail, None
    width = svg.get("width", "16")
    box = ET.Element("span", {"class": svg.get("class", "") or "drawn"})
    box.set(
        "style",
        f"display:inline-block;width:{width if width.endswith('%') else width + 'px'};"
        f"height:{svg.get('height', '16')}px;background:url({SCHEME}{name}) 0 0/100% 100% no-repeat",
    )
    box.tail = tail
    return box


if __name__ == "__main__":
    sys.exit(main())
