"""The formats that are read, each in its own module: bytes in, a `Reading` out."""

from collections.abc import Callable, Mapping

from ogpmonitor.imports.formats import decidim, gobierto, ogp, planjson, workbook
from ogpmonitor.imports.reading import Reading
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import msgid

# Format by its code: its name, whether these bytes are it, and how it is read.
Format = tuple[str, Callable[[bytes], bool], Callable[[bytes, str], Reading]]
FORMATS: Mapping[str, Format] = {
    "workbook": (msgid("Spreadsheet of this platform"), workbook.fits, workbook.read),
    "plan-json": (msgid("Plan as JSON"), planjson.fits, planjson.read),
    "decidim": (msgid("Decidim accountability results (CSV)"), decidim.fits, decidim.read),
    "gobierto": (msgid("Gobierto plan (CSV)"), gobierto.fits, gobierto.read),
    "ogp": (msgid("OGP commitments (CSV)"), ogp.fits, ogp.read),
}
UNKNOWN = msgid("This file is of no kind that can be read. Download the template, fill it in and send it.")


def read_file(content: bytes, language: str) -> Reading:
    """What a file says; texts without a language are in `language`.

    Raises:
        Invalid: it is of no format that is known, or is broken.
    """
    for code, (_name, fits, read) in FORMATS.items():
        if fits(content):
            reading = read(content, language)
            return Reading(code, reading.language, reading.items, reading.findings, reading.plan)
    raise Invalid("import.format", UNKNOWN, field="file")
