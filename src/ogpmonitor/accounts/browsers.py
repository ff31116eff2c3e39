"""What a browser is called where its owner should recognise it."""

from collections.abc import Sequence

# The first that fits: each of them also calls itself by the names after it.
NAMES: Sequence[tuple[str, str]] = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS: Sequence[tuple[str, str]] = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """Like "Firefox, Windows", as far as it says; "" where it says nothing of use. Versions are not kept."""
    parts = [next((name for mark, name in known if mark in user_agent), "") for known in (NAMES, SYSTEMS)]
    return ", ".join(part for part in parts if part)
