"""Bytes of invented evidence files: text, tables, a one-page PDF and a small chart, the same every time."""

import struct
import textwrap
import zlib
from pathlib import PurePosixPath

from ogpmonitor.demo.files import DemoEvidence

LINES_PER_PAGE = 45
CHART_WIDTH, CHART_HEIGHT, BAR_GAP = 480, 240, 12


def evidence_bytes(evidence: DemoEvidence) -> bytes:
    """The content of a demo file, by the ending of its name.

    `.txt` and `.csv` hold the text itself, `.pdf` shows it on one page, `.png` draws its whole numbers as bars.

    Raises:
        ValueError: the evidence is a link.
    """
    if evidence.file_name is None or evidence.content is None:
        raise ValueError(f"{evidence.code} is a link")
    suffix = PurePosixPath(evidence.file_name).suffix
    if suffix == ".pdf":
        return pdf_page(evidence.content)
    if suffix == ".png":
        return png_bars([int(number) for number in evidence.content.split()])
    return evidence.content.encode()


def pdf_page(text: str) -> bytes:
    """A valid one-page A4 PDF with `text`, wrapped; what Windows-1252 lacks becomes a question mark."""
    lines = [piece for line in text.splitlines() for piece in textwrap.wrap(line, 88) or [""]][:LINES_PER_PAGE]
    shown = b"".join(b"(%s) '\n" % _pdf_text(line) for line in lines)
    stream = b"BT\n/F1 11 Tf\n16 TL\n56 790 Td\n" + shown + b"ET\n"
    fonts = b"<< /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % fonts,
        b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def _pdf_text(line: str) -> bytes:
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return escaped.encode("cp1252", errors="replace")


def png_bars(values: list[int]) -> bytes:
    """A grey PNG with one bar per value, the highest as high as the picture."""
    width = max(1, CHART_WIDTH // max(1, len(values)))
    heights = [value * CHART_HEIGHT // max(1, *values) for value in values]
    rows = bytearray()
    for y in range(CHART_HEIGHT):
        rows.append(0)
        for x in range(CHART_WIDTH):
            bar = x // width
            inside = bar < len(heights) and x % width >= BAR_GAP and CHART_HEIGHT - y <= heights[bar]
            rows.append(0x44 if inside else 0xF4)
    header = struct.pack(">IIBBBBB", CHART_WIDTH, CHART_HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
