"""Questionnaires and assessments laid out to be read: questions with their answers, in the order of their form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method import forms, questionnaire
from ogpmonitor.portal.evidence import EvidenceItem
from ogpmonitor.portal.verdicts import Verdict, verdict_for
from ogpmonitor.register.answers import sections_answered
from ogpmonitor.register.assessment_documents import AssessmentDocument, Citation, PublishedAnswer
from ogpmonitor.register.documents import PlanDocument
from ogpmonitor.register.exchanges import Exchange, exchange_about, form_of, written


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of the plan's questionnaire with its answer."""

    question: questionnaire.Question
    answer: Any


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """Section of the questionnaire, with the questions that were answered."""

    section: questionnaire.Section
    answers: Sequence[Answered]


def answered_sections(plan: PlanDocument) -> list[AnsweredSection]:
    """The questionnaire as `plan` answers it; a section without any answer is left out."""
    sections = [
        AnsweredSection(
            section, [Answered(one, plan.answers[one.key]) for one in section.questions if one.key in plan.answers]
        )
        for section in questionnaire.load_questionnaire().sections
    ]
    return [section for section in sections if section.answers]


@dataclass(frozen=True, slots=True)
class Argued:
    """One answer of an assessment with its argument, and what was said about it, in the language it was written in."""

    question: Localized | str
    verdicts: Sequence[Verdict]
    text: Localized | None
    explanation: Localized | None
    references: Localized | None
    citations: Sequence[EvidenceItem]
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class ArguedSection:
    """Section of an assessment form; `commitment` where it is asked once for each."""

    title: Localized | str
    commitment: str | None
    answers: Sequence[Argued]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The plan an assessment stands in: whose it is, its commitments' codes, and files that are not for everyone."""

    jurisdiction: str
    commitments: Sequence[str]
    restricted: frozenset[str] = frozenset()  # by SHA-256


def argued_sections(assessment: AssessmentDocument, around: Surroundings) -> list[ArguedSection]:
    """Every answer of `assessment` in the order of its form; what was not asked or hidden is left out.

    A form that this release no longer carries is shown with the keys of its questions.
    """
    form = form_of(assessment)
    if form is None:
        rest = [_argued(answer.question, None, answer, assessment, around) for answer in assessment.answers]
        return [ArguedSection(assessment.form, None, rest)]
    return [
        ArguedSection(
            section.title,
            section.commitment,
            [
                _argued(question.text, form.scale_of(question), answer, assessment, around, question=question)
                for question, answer in section.answers
            ],
        )
        for section in sections_answered(form, assessment, around.commitments)
    ]


def _argued(
    text: Localized | str,
    scale: forms.Scale | None,
    answer: PublishedAnswer,
    assessment: AssessmentDocument,
    around: Surroundings,
    *,
    question: forms.Question | None = None,
) -> Argued:
    def said(words: str) -> Localized | None:
        return written(words, assessment.language) if words.strip() else None

    measures = (question.measures if question else None) or ""
    codes = (answer.value or "").split() if scale else []
    return Argued(
        question=text,
        verdicts=[verdict_for(measures, code, scale, scale.option(code) if scale else None) for code in codes],
        text=None if scale else said(answer.value or ""),
        explanation=said(answer.explanation),
        references=said(answer.references),
        citations=[_cited(one, assessment.language, around) for one in answer.citations],
        exchange=exchange_about(assessment, answer.question),
    )


def _cited(citation: Citation, language: str, around: Surroundings) -> EvidenceItem:
    name = citation.file_name or ""
    is_link = citation.url is not None and citation.url.startswith(("https://", "http://"))
    restricted = citation.sha256 in around.restricted
    served = citation.sha256 is not None and name != "" and not is_link and not restricted
    return EvidenceItem(
        title=written(citation.title, language),
        kind="link" if is_link else "file",
        url=citation.url if is_link and citation.url and not restricted else "",
        path=f"{around.jurisdiction}/evidence/{citation.sha256}/{name}" if served else "",
        dated=None,
        size_bytes=citation.size_bytes,
        media=name.rpartition(".")[2].upper(),
        sha256="" if is_link else citation.sha256 or "",
        demo=False,  # the assessment that cites it carries the mark
        restricted=restricted,
    )
