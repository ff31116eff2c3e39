"""How far a plan is written: which of its questions have an answer, and which texts lack a translation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.amending import EMPTY
from ogpmonitor.plans.asking import COMMITMENT, MILESTONE, Asked, sections
from ogpmonitor.plans.drafting import Row, texts_of, value_now
from ogpmonitor.plans.models import Commitment, Milestone, Plan

UNCOUNTED = frozenset({"code", "contact", "email", "consent"})  # an address, or nobody's business


@dataclass(frozen=True)
class Translations:
    """How many texts of one place lack a translation into a language, or have one older than its original."""

    lacking: int = 0
    outdated: int = 0

    def __bool__(self) -> bool:
        """Whether there is something to do."""
        return bool(self.lacking or self.outdated)


@dataclass(frozen=True)
class Part:
    """One form of a plan: how many of its questions are answered, and how its translations stand, by language."""

    key: str  # a section, the code of a commitment, or the id of a milestone
    answered: int
    asked: int
    translations: Mapping[str, Translations]

    @property
    def is_done(self) -> bool:
        return self.answered == self.asked


@dataclass(frozen=True)
class WrittenMilestone:
    """A milestone in the list of what is written."""

    row: Milestone
    title: Localized
    part: Part


@dataclass(frozen=True)
class WrittenCommitment:
    """A commitment in the list of what is written, with its milestones."""

    row: Commitment
    title: Localized
    part: Part
    milestones: Sequence[WrittenMilestone]


@dataclass(frozen=True)
class WrittenPlan:
    """A plan (loaded whole) as far as it is written. `languages` are those it should be translated into."""

    plan: Plan
    title: Localized
    sections: Sequence[Part]
    commitments: Sequence[WrittenCommitment]
    languages: Sequence[str]

    @property
    def parts(self) -> Iterator[Part]:
        """Every form of the plan, in order."""
        yield from self.sections
        for commitment in self.commitments:
            yield commitment.part
            yield from (milestone.part for milestone in commitment.milestones)

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.parts)

    @property
    def asked(self) -> int:
        return sum(part.asked for part in self.parts)

    @property
    def milestones(self) -> int:
        return sum(len(commitment.milestones) for commitment in self.commitments)


def written_plan(plan: Plan, languages: Sequence[str]) -> WrittenPlan:
    """How far `plan` (loaded whole) is written, seen from a jurisdiction that speaks `languages`."""
    others = [plan.source_language, *(lang for lang in languages if lang != plan.source_language)]
    return WrittenPlan(
        plan,
        Localized.model_validate(plan.title),
        [part_of(plan, key, asked, others) for key, asked in sections().items()],
        [_commitment(commitment, others) for commitment in plan.commitments],
        others[1:],
    )


def _commitment(row: Commitment, languages: Sequence[str]) -> WrittenCommitment:
    milestones = [
        WrittenMilestone(one, Localized.model_validate(one.title), part_of(one, str(one.id), MILESTONE, languages))
        for one in row.milestones
    ]
    part = part_of(row, row.code, COMMITMENT, languages)
    return WrittenCommitment(row, Localized.model_validate(row.title), part, milestones)


def part_of(row: Row, key: str, asked: Sequence[Asked], languages: Sequence[str]) -> Part:
    """How far the form that asks `row` for `asked` is filled in, in `languages`, the plan's own first.

    Of the plan's own language only what lacks is told: a text may have been written in another one first.
    """
    counted = [one for one in asked if one.kind not in UNCOUNTED]
    texts = [text for one in asked for text in texts_of(one, value_now(row, one.name))]
    return Part(
        key,
        sum(value_now(row, one.name) not in EMPTY for one in counted),
        len(counted),
        {lang: state for lang in languages if (state := _translations(texts, lang)) or lang != languages[0]},
    )


def _translations(texts: Sequence[Localized], lang: str) -> Translations:
    return Translations(sum(not text.has(lang) for text in texts), sum(text.is_outdated(lang) for text in texts))
