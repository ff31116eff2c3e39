"""What documents of the register are made of, whatever they tell."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# Instants are written in UTC to the second, with a Z, whatever zone they came in.
Instant = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), when_used="json")
]


class Part(BaseModel):
    """Base of everything inside a document."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(Part):
    """Where a statement comes from."""

    title: str
    url: str | None = None
    note: Localized | None = None


class PublishedEvidence(Part):
    """A file by the hash of its bytes, or a link by its address."""

    id: str
    kind: Literal["file", "link"]
    title: Localized
    url: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    sha256: Sha256
    category: str | None = None  # a code of the list of kinds
    dated_on: PartialDate | None = None
    covers_from: PartialDate | None = None
    covers_to: PartialDate | None = None
    source: str | None = None
    replaces: str | None = None  # the id of the piece it stands in for
    restricted: bool = False
    demo: bool = False
