"""Answers in the order of their form, each commitment's under its own name."""

from tests.factories.documents import an_assessment

from ogpmonitor.method.forms import load_method
from ogpmonitor.register.answers import sections_answered
from ogpmonitor.register.assessment_documents import PublishedAnswer


def test_what_is_asked_of_each_commitment_stands_under_its_commitment() -> None:
    form = load_method().form("end-of-term")
    asked = [one.key for one in form.askings(["C1", "C2"]) if one.section.key in {"EOT2", "EOT3"}]
    document = an_assessment(answers=tuple(PublishedAnswer(question=key, value="said") for key in reversed(asked)))

    found = sections_answered(form, document, ["C1", "C2"])

    assert [(one.title.in_("en"), one.commitment) for one in found][-2:] == [
        ("Each commitment", "C1"),
        ("Each commitment", "C2"),
    ]
    assert [answer.question for one in found for _, answer in one.answers] == asked


def test_a_section_without_answers_is_left_out() -> None:
    form = load_method().form("end-of-commitment")
    document = an_assessment(answers=(PublishedAnswer(question="EOC1.1", value="limited"),))

    (section,) = sections_answered(form, document, [])

    assert [question.key for question, _ in section.answers] == ["EOC1.1"]
