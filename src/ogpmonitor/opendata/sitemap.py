"""A sitemap: every public page in every language (sitemaps.org 0.9, with the alternates that search engines read)."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote
from xml.etree import ElementTree as ET

from ogpmonitor.opendata.queries import PublicPage

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MOST_ADDRESSES = 50_000  # what one sitemap may hold


def sitemap(pages: Iterable[PublicPage], *, base_url: str, languages: Sequence[str]) -> bytes:
    """The XML. Each page is listed once in each language and names the others; what is too much is left out."""
    ET.register_namespace("", SITEMAP)
    ET.register_namespace("xhtml", XHTML)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for page in list(pages)[: MOST_ADDRESSES // len(languages)]:
        addresses = {lang: f"{base_url.rstrip('/')}/{lang}/{quote(page.path)}" for lang in languages}
        for address in addresses.values():
            url = ET.SubElement(root, f"{{{SITEMAP}}}url")
            ET.SubElement(url, f"{{{SITEMAP}}}loc").text = address
            if page.changed_at:
                ET.SubElement(url, f"{{{SITEMAP}}}lastmod").text = page.changed_at.date().isoformat()
            for lang, other in addresses.items():
                ET.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=lang, href=other)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body
