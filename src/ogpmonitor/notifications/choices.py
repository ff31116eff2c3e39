"""What a person chose to hear of: reading it, writing it, and stopping everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Person
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.notifications.models import NoticeChoice
from ogpmonitor.notifications.rules import AUDIENCE, Rhythm, options_of

ALL = "*"


@dataclass(frozen=True)
class Choices:
    """How somebody wants to hear. `language` is None where they never said."""

    language: str | None = None
    rhythms: Mapping[str, str] = field(default_factory=dict)

    def rhythm_of(self, kind: str) -> Rhythm:
        """What holds for a kind: what was chosen for it, else for everything, else what the rules say."""
        chosen = self.rhythms.get(kind) or self.rhythms.get(ALL)
        options = options_of(kind)
        return next((one for one in options if one == chosen), options[0])

    @property
    def is_silent(self) -> bool:
        """Whether everything was stopped and nothing chosen anew since."""
        return self.rhythms.get(ALL) == Rhythm.NEVER and set(self.rhythms.values()) == {Rhythm.NEVER}


async def choices_of(session: AsyncSession, person_id: UUID | None) -> Choices:
    """What this person chose; row policies show nobody else's."""
    row = (await session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == person_id))).one_or_none()
    return Choices(row.language, row.choices) if row else Choices()


async def choose(
    session: AsyncSession, person_id: UUID, rhythms: Mapping[str, str], *, language: str | None
) -> Choices:
    """From now on this person hears as `rhythms` say; kinds that are not named stay as they were.

    Nobody else reads it, so it leaves no trace in the record.

    Raises:
        Invalid: a kind, a rhythm or a language that is none.
    """
    if language is not None and language not in LANGUAGES:
        raise Invalid("notice.language", field="language")
    for kind, rhythm in rhythms.items():
        if kind not in AUDIENCE or rhythm not in set(options_of(kind)):
            raise Invalid("notice.rhythm", field=f"rhythm-{kind}")
    before = (await choices_of(session, person_id)).rhythms
    return await _write(session, person_id, {**before, **rhythms}, language)


async def is_somebody(session: AsyncSession, person_id: UUID) -> bool:
    """Whether there is still such a person."""
    return await session.get(Person, person_id) is not None


async def stop(session: AsyncSession, person_id: UUID) -> None:
    """This person gets no reminders and no news any more, of any kind; a second call changes nothing."""
    before = await choices_of(session, person_id)
    await _write(session, person_id, {ALL: Rhythm.NEVER.value}, before.language)


async def _write(session: AsyncSession, person_id: UUID, rhythms: Mapping[str, str], language: str | None) -> Choices:
    values = {"language": language, "choices": dict(rhythms)}
    statement = insert(NoticeChoice).values(person_id=person_id, version=1, **values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"], set_={**values, "version": NoticeChoice.version + 1}
        )
    )
    return Choices(language, rhythms)
