"""What people send about evidence: what it is, what it supports, and where it comes from."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from ogpmonitor.evidence.keeping import Supported
from ogpmonitor.evidence.service import LONGEST_LINK, About
from ogpmonitor.kit.forms import FormModel, PartialDay
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.evidence_kinds import load_evidence_kinds

LONGEST_TITLE, LONGEST_SOURCE, LONGEST_REASON = 200, 300, 500
NOT_A_KIND = msgid("Please choose one of the options.")
ENDS_FIRST = msgid("It cannot end before it starts.")
NO_TITLE = msgid("Say what it is called, in one language at least.")


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _kind(code: str) -> str:
    if load_evidence_kinds().kind(code) is None:
        raise ValueError(NOT_A_KIND)
    return code


Title = Annotated[str, StringConstraints(max_length=LONGEST_TITLE)]
Ids = Annotated[tuple[UUID, ...], BeforeValidator(_several)]


class EvidenceForm(FormModel):
    """What is said of one piece. `version` is the one its writer saw; a new piece has none."""

    version: int = 0
    category: Annotated[str, AfterValidator(_kind)]
    title_es: Title | None = None
    title_en: Title | None = None
    dated_on: PartialDay = None
    covers_from: PartialDay = None
    covers_to: PartialDay = None
    source: Annotated[str, StringConstraints(max_length=LONGEST_SOURCE)] | None = None
    restricted: bool = False
    harmless: bool = False  # of a kind that is restricted as a rule: this one may be published
    link_url: Annotated[str, StringConstraints(max_length=LONGEST_LINK)] | None = None
    milestone: Ids = ()
    commitment: Ids = ()
    plan: Ids = ()

    def problems(self) -> list[tuple[str, str]]:
        """Every (field, message) that one field alone does not tell."""
        found = []
        if not (self.title_es or self.title_en):
            found.append(("title_es", NO_TITLE))
        if self.covers_from and self.covers_to and self.covers_to.last_day < self.covers_from.first_day:
            found.append(("covers_to", ENDS_FIRST))
        return found

    def about(self, before: Localized | None = None, *, demo: bool = False) -> About:
        """What is said of it; a title keeps the language it was first written in."""
        texts = {lang: words for lang in LANGUAGES if (words := getattr(self, f"title_{lang}"))}
        source = before.source if before and before.source in texts else next(iter(texts))
        return About(
            title=Localized.model_validate({"source": source, **texts}),
            dated_on=str(self.dated_on) if self.dated_on else None,
            restricted=self.restricted or (self._is_restricted_kind and not self.harmless),
            demo=demo,
            category=self.category,
            covers_from=str(self.covers_from) if self.covers_from else None,
            covers_to=str(self.covers_to) if self.covers_to else None,
            source=self.source,
        )

    @property
    def _is_restricted_kind(self) -> bool:
        kind = load_evidence_kinds().kind(self.category)
        return kind is not None and kind.restricted

    @property
    def supported(self) -> Supported:
        return Supported(frozenset(self.milestone), frozenset(self.commitment), frozenset(self.plan))
