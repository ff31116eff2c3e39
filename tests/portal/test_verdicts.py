"""What is rated, in words; and where the two voices do not agree."""

from datetime import date

import pytest
from tests.factories.published import OPEN_SHA256, a_milestone, an_assessment

from ogpmonitor.portal.reading import Surroundings, argued_sections
from ogpmonitor.portal.standing import reported
from ogpmonitor.portal.verdicts import completion_verdict, difference, rated_together, verdicts_of
from ogpmonitor.register.assessment_documents import Rating
from ogpmonitor.register.models import Edition

TODAY = date(2024, 8, 1)
EDITION = Edition(number=2, sha256="a" * 64)
HERE = Surroundings("penalolen", ["Verde1"])


def test_verdicts_are_words_and_steps_of_the_form_they_were_given_under() -> None:
    completion, openness = verdicts_of(an_assessment(EDITION))

    assert (completion.code, completion.step, completion.steps) == ("limited", 1, 3)
    assert completion.label.in_("es") == "Limitado"
    assert openness.of.in_("es") == "Participación ciudadana"


def test_verdict_of_an_unknown_form_shows_its_code() -> None:
    verdict, _ = verdicts_of(an_assessment(EDITION, form_version=99))

    assert (verdict.label, verdict.steps) == ("limited", 0)


@pytest.mark.parametrize(
    ("progress", "completion", "found"),
    [
        ("completed", "limited", "rated_lower"),
        ("completed", "no_evidence", "rated_lower"),
        ("completed", "complete", None),
        ("completed", None, None),
        ("ongoing", "complete", "rated_higher"),
        ("ongoing", "limited", None),
    ],
)
def test_difference_between_the_voices_is_found(progress: str, completion: str | None, found: str | None) -> None:
    seen = reported([a_milestone(progress=progress)], on=TODAY)

    assert difference(seen, None, completion) == found


def test_difference_counts_what_the_government_declares_where_there_is_no_milestone() -> None:
    seen = reported([], on=TODAY)

    assert difference(seen, "fulfilled", "limited") == "rated_lower"
    assert difference(seen, "pending", "complete") == "rated_higher"
    assert difference(seen, "pending", "limited") is None


def test_rated_together_counts_each_level_and_keeps_the_base() -> None:
    rated = rated_together([an_assessment(EDITION), an_assessment(EDITION, "Otro2")], commitments=3)

    assert (rated.assessed, rated.commitments) == (2, 3)
    assert [(verdict.code, count) for verdict, count in rated.levels] == [("limited", 2)]


def test_completion_verdict_knows_what_stands_apart() -> None:
    assert completion_verdict("no_evidence").step == 0
    assert completion_verdict("complete").step == completion_verdict("complete").steps


def test_argued_sections_follow_the_form_and_keep_the_language() -> None:
    sections = argued_sections(an_assessment(EDITION), HERE)

    first = sections[0].answers[0]
    assert len(sections) == 2
    assert first.explanation.source == "es"
    assert first.citations[0].path.startswith("penalolen/evidence/")
    assert sections[0].answers[1].text.in_("en") == "No hubo riego."


def test_argued_sections_of_an_unknown_form_show_every_answer() -> None:
    (section,) = argued_sections(an_assessment(EDITION, form="forgotten"), HERE)

    assert [answer.question for answer in section.answers] == ["EOC1.1", "EOC1.2", "EOC2.1.2", "EOC2.1.2D"]


def test_a_cited_file_that_is_restricted_has_no_address() -> None:
    around = Surroundings("penalolen", ["Verde1"], frozenset({OPEN_SHA256}))

    citation = argued_sections(an_assessment(EDITION), around)[0].answers[0].citations[0]

    assert (citation.path, citation.url, citation.restricted) == ("", "", True)


def test_not_applicable_needs_no_option() -> None:
    ratings = (Rating(measures="diog", value="technology", code="not_applicable"),)

    (verdict,) = verdicts_of(an_assessment(EDITION, ratings=ratings))

    assert (verdict.code, verdict.label) == ("not_applicable", "")
