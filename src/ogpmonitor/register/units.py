"""What a responsible unit is called in an address, the same for the desk and for the public."""

import re

from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.facts import plain

NOBODY = "_"  # for whatever names no unit


def unit_slug(name: Localized | None) -> str:
    """The name of a unit in the language it was written in, in plain letters and hyphens."""
    if name is None:
        return NOBODY
    return re.sub(r"[^a-z0-9]+", "-", plain(name.texts[name.source])).strip("-") or NOBODY
