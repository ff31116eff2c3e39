"""What a page says, without its marks."""

import re
from html import unescape


def said(page: str) -> str:
    """The words of a page, or of a part of it, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
