"""The kinds of evidence, as data: what each is called, and whether it is restricted unless somebody says otherwise."""

from functools import cache
from pathlib import Path

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark


class EvidenceKind(Data):
    """One kind. `restricted`: it holds personal data as a rule, so only its title and fingerprint are published."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Localized
    restricted: bool = False


class EvidenceKinds(Data):
    source_language: str
    code: str
    version: int
    mark: Mark
    source_note: Localized
    items: tuple[EvidenceKind, ...]

    def kind(self, code: str | None) -> EvidenceKind | None:
        """The kind with this code, if the list has one."""
        return next((item for item in self.items if item.code == code), None)

    def label(self, code: str | None, lang: str) -> str:
        """The words for `code`; a code the list has no more is said as it is."""
        found = self.kind(code)
        return found.label.in_(lang) if found else code or ""


@cache
def load_evidence_kinds() -> EvidenceKinds:
    """The list this release carries.

    Raises:
        DataRefused: the file in the package does not fit its schema.
    """
    return read_toml(Path(__file__).with_name("evidence_kinds.toml"), EvidenceKinds)
