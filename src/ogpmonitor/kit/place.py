"""Where a request stands: its language, whose pages it is among, and how addresses are written there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.i18n import LANGUAGES


@dataclass(frozen=True)
class Place:
    """Immutable facts about one request.

    `path` is what follows the language, without a leading slash: "penalolen/plans/2021-2024/". `home` is the slug whose
    own host was asked, or "" on the platform's host; on its own host a tenant's segment drops out of every address.
    """

    lang: str
    path: str
    query: str
    base_url: str
    tenant: Any = None
    home: str = ""

    def href(self, path: str, lang: str | None = None) -> str:
        """The address of `path` (as in `self.path`) on this host."""
        if self.home and (path == self.home or path.startswith(f"{self.home}/")):
            path = path[len(self.home) + 1 :]
        return f"/{lang or self.lang}/{path}"

    def other_language_href(self, lang: str) -> str:
        """This very page in another language."""
        return self.href(self.path, lang) + (f"?{self.query}" if self.query else "")

    @property
    def canonical_url(self) -> str:
        """The one absolute address of this page, on the platform's host."""
        return f"{self.base_url.rstrip('/')}/{self.lang}/{self.path}"

    def context(self) -> dict[str, Any]:
        """What every template may use."""
        now: datetime = utc_now()
        return {
            "lang": self.lang,
            "languages": LANGUAGES,
            "href": self.href,
            "other_language_href": self.other_language_href,
            "tenant": self.tenant,
            "canonical_url": self.canonical_url,
            "now": now,
        }
