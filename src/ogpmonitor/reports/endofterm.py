"""The end-of-term report of one edition, ready for a template: nothing in it comes from anywhere but that edition.

The template is ours, not a form of OGP's; it follows the header and the parts of an IRM results report (domain, 4.3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property

from ogpmonitor.kit.charts import Bar, DrawnBar, DrawnSpan, Span, Timeline, draw_bars, draw_timeline
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.forms import Form, Option, Question, Scale, load_method
from ogpmonitor.method.vocabularies import Term, load_policy_areas, load_values
from ogpmonitor.register.answers import sections_answered
from ogpmonitor.register.assessment_documents import AssessmentDocument, Citation, PublishedAnswer
from ogpmonitor.register.balance import Balance, aside_of, milestones_balance
from ogpmonitor.register.documents import CommitmentDocument, Manifest, PlanDocument, PublishedMilestone
from ogpmonitor.register.exchanges import Around, Exchange, around, exchange_about
from ogpmonitor.register.export import LogProof
from ogpmonitor.register.independence import Independence, independence_of
from ogpmonitor.register.lateness import days_over
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.queries import Published
from ogpmonitor.register.recommendations import ToldFollowUp, ToldRecommendation, follow_ups_of, recommendations_in
from ogpmonitor.reports.indicators import Indicators, completion_of, count


@dataclass(frozen=True, slots=True)
class Source:
    """What a report is made of: one edition, and why the log vouches for it."""

    published: Published
    proof: LogProof | None


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating with the words and steps of its scale. `option` is None for a code that no scale of ours has."""

    code: str
    scale: Scale
    option: Option | None
    value: Term | None = None


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """One answer beside its question, and what was said about it. `chosen` are the words of the options chosen."""

    question: Question
    answer: PublishedAnswer
    chosen: tuple[Localized, ...]
    rated: Rated | None
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section of a form with its answers; `commitment` is a code where it is asked once for each."""

    title: Localized
    commitment: str | None
    answers: tuple[ToldAnswer, ...]


@dataclass(frozen=True, slots=True)
class ToldAssessment:
    """An assessment with its form: sections in their order, each with what was answered."""

    document: AssessmentDocument
    sha256: str
    form: Form
    sections: tuple[ToldSection, ...]
    around: Around
    independence: Independence
    recommendations: Sequence[ToldRecommendation]
    follow_ups: Sequence[ToldFollowUp]

    @property
    def title(self) -> Localized:
        return self.form.title


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """One milestone with its line of the timeline."""

    milestone: PublishedMilestone
    late_days: int
    drawn: DrawnSpan


@dataclass(frozen=True, slots=True)
class Section:
    """One commitment of the report."""

    number: int
    document: CommitmentDocument
    sha256: str
    lines: tuple[MilestoneLine, ...]
    chart: Timeline
    completion: Rated | None
    openness: tuple[Rated, ...]
    rating: AssessmentDocument | None
    assessments: tuple[ToldAssessment, ...]
    values: tuple[Term, ...]
    policy_area: Term | None

    @property
    def code(self) -> str:
        return self.document.code

    @property
    def balance(self) -> Balance:
        """Milestones completed, against the current plan and the original one."""
        return milestones_balance(self.document.milestones)

    @property
    def done(self) -> int:
        return self.balance.done

    @property
    def base(self) -> int:
        """Milestones that count: those not set aside."""
        return self.balance.base

    @property
    def late(self) -> int:
        """Milestones open after their date."""
        return sum(line.late_days > 0 and line.milestone.progress != "completed" for line in self.lines)

    @property
    def reported_at(self) -> datetime | None:
        """When the latest report was made."""
        return max((m.reported_at for m in self.document.milestones if m.reported_at), default=None)

    @property
    def evidence(self) -> tuple[tuple[PublishedMilestone, PublishedEvidence], ...]:
        return tuple((line.milestone, item) for line in self.lines for item in line.milestone.evidence)

    @property
    def cited_files(self) -> tuple[Citation, ...]:
        """The monitor's own files, each once."""
        cited = [c for told in self.assessments for a in told.document.answers for c in a.citations if c.kind == "file"]
        return tuple({citation.sha256: citation for citation in cited}.values())

    @property
    def progress(self) -> str:
        """What the milestones together say: completed when all that count are, begun when any is."""
        states = {line.milestone.progress for line in self.lines if not aside_of(line.milestone)}
        if states == {"completed"}:
            return "completed"
        return "ongoing" if states & {"completed", "ongoing"} else "not_started"

    @property
    def is_demo(self) -> bool:
        return self.document.demo or any(_is_demo(m) for m in self.document.milestones) or self._demo_rating

    @property
    def _demo_rating(self) -> bool:
        return any(told.document.demo for told in self.assessments)


@dataclass(frozen=True)
class EndOfTerm:
    """Everything the report says. `zone` is where the jurisdiction lies."""

    source: Source
    zone: tzinfo

    @property
    def on(self) -> date:
        """The day its edition was published."""
        return self.published.edition.published_at.astimezone(self.zone).date()

    @property
    def published(self) -> Published:
        return self.source.published

    @property
    def plan(self) -> PlanDocument:
        return self.published.plan

    @cached_property
    def manifest(self) -> Manifest:
        return Manifest.model_validate_json(self.published.edition.body)

    @cached_property
    def completion(self) -> Scale:
        return load_method().scale("completion")

    @cached_property
    def openness(self) -> Scale:
        return load_method().scale("diog")

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(self._section(n, document) for n, document in enumerate(self.published.commitments, 1))

    @cached_property
    def plan_assessments(self) -> tuple[ToldAssessment, ...]:
        """Assessments of the whole plan: inception, end of term."""
        return tuple(self._told(a) for a in self.published.assessments if a.commitment is None)

    @cached_property
    def indicators(self) -> Indicators:
        published = self.published
        high = (frozenset(self.completion.high), frozenset(self.openness.high))
        deadlines = load_deadlines()
        return count(
            self.plan,
            published.commitments,
            published.assessments,
            on=self.on,
            deadlines=deadlines,
            high=high,
            zone=self.zone,
        )

    def rating_bars(self, lang: str, not_assessed: str) -> tuple[DrawnBar, ...]:
        """How many commitments got each rating, in the scale's order; what stands outside the order comes last."""
        found = dict(self.indicators.ratings)
        ordered = [option for option in self.completion.options if not option.apart]
        apart = [option for option in self.completion.options if option.apart]
        bars = [Bar(o.label.in_(lang), found.get(o.code, 0), apart=o.apart) for o in [*ordered, *apart]]
        missing = self.indicators.assessed.base - self.indicators.assessed.part
        return draw_bars([*bars, Bar(not_assessed, missing, apart=True)], maximum=max(1, len(self.sections)))

    def milestone_bars(self, lang: str) -> tuple[DrawnBar, ...]:
        """Milestones completed of those that count, for each commitment that has any, on one scale."""
        told = [section for section in self.sections if section.base]
        return draw_bars([Bar(f"{s.code} {s.document.title.in_(lang)}", s.done, s.base) for s in told])

    @cached_property
    def is_demo(self) -> bool:
        """Whether anything in the edition is invented."""
        told = any(assessment.demo for assessment in self.published.assessments)
        return self.plan.demo or told or any(section.is_demo for section in self.sections)

    @cached_property
    def scales(self) -> tuple[Scale, ...]:
        """Every scale that an answer of this edition was given on, the two of the report first."""
        used = {self.completion.ref: self.completion, self.openness.ref: self.openness}
        for told in [*self.plan_assessments, *(t for section in self.sections for t in section.assessments)]:
            for section in told.sections:
                scales = (told.form.scale_of(a.question) for a in section.answers)
                used |= {scale.ref: scale for scale in scales if scale}
        return tuple(used.values())

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Every form and version that assessments of this edition were given under."""
        told = [*self.plan_assessments, *(t for section in self.sections for t in section.assessments)]
        return tuple({t.form.ref: t.form for t in told}.values())

    def _section(self, number: int, document: CommitmentDocument) -> Section:
        rating = completion_of(self.published.assessments, document.code)
        chart = draw_timeline([_span(m) for m in document.milestones], today=self.on)
        # Without a single date there is no axis; the rows are still there, with nothing to draw.
        rows = chart.rows or tuple(DrawnSpan(_span(m), 0, None, None, None) for m in document.milestones)
        pairs = zip(document.milestones, rows, strict=True)
        return Section(
            number=number,
            document=document,
            sha256=self.published.sha256_of("commitment", document.code),
            lines=tuple(MilestoneLine(m, days_over(m, on=self.on), drawn) for m, drawn in pairs),
            chart=chart,
            completion=self._rated(rating, self.completion) if rating else None,
            openness=tuple(_openness(rating, self.openness)) if rating else (),
            rating=rating,
            assessments=tuple(self._told(a) for a in self.published.assessments_of(document.code)),
            values=tuple(term for code in document.values if (term := load_values().term(code))),
            policy_area=load_policy_areas().term(document.policy_area) if document.policy_area else None,
        )

    @staticmethod
    def _rated(rating: AssessmentDocument, scale: Scale) -> Rated:
        code = str(rating.rating("completion"))
        return Rated(code, scale, scale.option(code))

    def _told(self, document: AssessmentDocument) -> ToldAssessment:
        form = load_method().form(document.form, document.form_version)
        sha256 = self.published.sha256_of("assessment", document.code)
        codes = [commitment.code for commitment in self.published.commitments]
        return ToldAssessment(
            document,
            sha256,
            form,
            tuple(_told_sections(form, document, codes)),
            around(document),
            independence_of(document),
            recommendations_in(self.published, made_in=document),
            follow_ups_of(self.published, document),
        )


def end_of_term(source: Source, zone: tzinfo) -> EndOfTerm:
    """The report of `source` as it stood on the day its edition was published, in `zone`."""
    return EndOfTerm(source, zone)


def _is_demo(milestone: PublishedMilestone) -> bool:
    return milestone.demo or milestone.report_demo or any(item.demo for item in milestone.evidence)


def _span(milestone: PublishedMilestone) -> Span:
    return Span(
        label=milestone.code,
        state="withdrawn" if aside_of(milestone) else milestone.progress,
        planned_from=milestone.starts_on.first_day if milestone.starts_on else None,
        planned_to=milestone.due_on.last_day if milestone.due_on else None,
        began=milestone.started_on,
        ended=milestone.completed_on if milestone.progress == "completed" else None,
    )


def _openness(rating: AssessmentDocument, scale: Scale) -> Iterable[Rated]:
    for given in rating.ratings:
        if given.measures == "diog":
            yield Rated(given.code, scale, scale.option(given.code), load_values().term(given.value or ""))


def _told_sections(form: Form, document: AssessmentDocument, commitments: Sequence[str]) -> Iterable[ToldSection]:
    for section in sections_answered(form, document, commitments):
        answers = tuple(_told_answer(form, document, question, answer) for question, answer in section.answers)
        yield ToldSection(section.title, section.commitment, answers)


def _told_answer(form: Form, document: AssessmentDocument, question: Question, answer: PublishedAnswer) -> ToldAnswer:
    scale, exchange = form.scale_of(question), exchange_about(document, answer.question)
    if scale is None:
        return ToldAnswer(question, answer, (), None, exchange)
    options = [(code, scale.option(code)) for code in (answer.value or "").split()]
    chosen = tuple(option.label if option else Localized.of("en", en=code) for code, option in options)
    is_rating = question.measures is not None and len(options) == 1
    rated = Rated(*options[0][:1], scale, options[0][1]) if is_rating else None
    return ToldAnswer(question, answer, chosen, rated, exchange)
