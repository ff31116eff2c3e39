"""What changed, in words."""

import pytest
from tests.factories.published import a_commitment, a_file, a_milestone, words

from ogpmonitor.portal.history import told, words_of
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.changes import changes_between
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument, PublishedMilestone
from ogpmonitor.register.field_labels import FIELD_LABELS
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.wording import LONGEST_COMPARED


def the_changes(
    old: CommitmentDocument, new: CommitmentDocument, lang: str = "es"
) -> dict[tuple[str, str], tuple[str, str]]:
    (document,) = told(changes_between({("commitment", "x"): old}, {("commitment", "x"): new}), lang)
    return {
        (one.group, one.label): ("".join(s.text for s in one.change.old), "".join(s.text for s in one.change.new))
        for one in document.differences
    }


def test_changes_of_a_milestone_are_told_under_its_name() -> None:
    old = a_commitment(milestones=(a_milestone(progress="ongoing", completed_on=None),))

    found = the_changes(old, a_commitment(milestones=(a_milestone(),)))

    assert found == {
        ("Hito M1", "Estado informado"): ("En curso", "Completado"),
        ("Hito M1", "Completado el"): ("", "12 jul 2024"),
    }


def test_changes_show_the_reader_s_language() -> None:
    old = a_commitment(problem=words("Falta agua.", "Water is scarce."))

    assert the_changes(old, a_commitment(), "en") == {
        ("", "Public problem"): ("Water is scarce.", "The squares lack shade.")
    }


def test_a_milestone_that_was_added_is_told_by_its_title() -> None:
    old = a_commitment()
    new = a_commitment(milestones=(*old.milestones, a_milestone("M2")))

    assert list(the_changes(old, new).values()) == [("", "M2 · Plantar árboles")]


def test_evidence_that_was_added_is_told_by_its_title_and_not_by_its_id() -> None:
    old = a_commitment(milestones=(a_milestone(),))
    new = a_commitment(milestones=(a_milestone(evidence=(a_file(),)),))

    assert the_changes(old, new) == {("Hito M1", "Evidencia"): ("", "Árboles por barrio")}


def test_very_long_texts_are_shown_whole_and_fast() -> None:
    old = a_commitment(problem=words("uno " * LONGEST_COMPARED, "one"))

    ((before, after),) = the_changes(old, a_commitment()).values()

    assert len(before) > LONGEST_COMPARED
    assert after == "Falta sombra en las plazas."


def test_equal_documents_have_no_changes() -> None:
    assert (
        told(changes_between({("commitment", "x"): a_commitment()}, {("commitment", "x"): a_commitment()}), "es") == []
    )


@pytest.mark.parametrize(
    ("value", "field", "said"),
    [
        (None, "title", ""),
        ([], "pillars", ""),
        (True, "demo", "Sí"),
        (7, "number", "7"),
        ("2024-09", "ends_on", "sep 2024"),
        (["problem", "SV01"], "missing", "Problema público; ¿Cuál es la visión de largo plazo"),
        ("ended", "status", "terminado"),
    ],
)
def test_any_value_becomes_words(value: object, field: str, said: str) -> None:
    assert words_of(value, field, "es").startswith(said)
    assert bool(words_of(value, field, "es")) == bool(said)


@pytest.mark.parametrize(
    "part", [PlanDocument, CommitmentDocument, AssessmentDocument, PublishedMilestone, PublishedEvidence]
)
def test_every_field_of_a_document_has_a_label(part: type) -> None:
    untold = {"schema_", "kind", "id"}

    assert set(part.model_fields) - untold <= set(FIELD_LABELS)
