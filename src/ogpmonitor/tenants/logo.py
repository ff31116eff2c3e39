"""Whether a logo is only a drawing: no script, nothing from outside, and a title for those who listen."""

import re
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
MAX_CHARACTERS = 20_000
DRAWING = frozenset(
    [
        "svg",
        "title",
        "desc",
        "g",
        "defs",
        "path",
        "circle",
        "ellipse",
        "rect",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "use",
        "symbol",
        "mask",
        "clipPath",
        "linearGradient",
        "radialGradient",
        "stop",
    ]
)
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|[a-z]+:|//", re.IGNORECASE)


def check_logo(text: str) -> list[str]:
    """Why `text` cannot be shown as a logo; nothing when it can."""
    if len(text) > MAX_CHARACTERS:
        return [f"is longer than {MAX_CHARACTERS} characters"]
    if "<!" in text.replace("<!--", "") or "<?" in text.replace("<?xml ", "", 1):
        return ["declares a document type, an entity, CDATA or an instruction"]
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities and document types were refused above
    except ET.ParseError as error:
        return [f"is not well-formed XML: {error}"]
    if root.tag != f"{SVG}svg":
        return ["is not an SVG drawing"]
    reasons = [reason for element in root.iter() for reason in _element_reasons(element)]
    if not (root.findtext(f"{SVG}title") or "").strip():
        reasons.append("has no <title>")
    if "viewBox" not in root.attrib:
        reasons.append("has no viewBox")
    return reasons


def _element_reasons(element: ET.Element) -> list[str]:
    name = element.tag.removeprefix(SVG)
    if name not in DRAWING:
        return [f"contains <{name.rpartition('}')[2]}>, which is not part of a plain drawing"]
    return [reason for attribute, value in element.attrib.items() if (reason := _attribute_reason(attribute, value))]


def _attribute_reason(attribute: str, value: str) -> str | None:
    plain = attribute.rpartition("}")[2]
    if plain.lower().startswith("on"):
        return f"has the event handler {plain!r}"
    if plain == "style":
        return "has a style attribute; write presentation attributes instead"
    if plain == "href" and not value.startswith("#"):
        return f"refers to {value!r} outside itself"
    if plain != "href" and _OUTSIDE.search(value):
        return f"refers outside itself in {plain!r}"
    return None
