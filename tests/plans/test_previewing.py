"""What publishing would change, in the same words as the public history."""

from tests.factories.published import a_commitment, words

from ogpmonitor.plans.previewing import previews_of
from ogpmonitor.register.changes import changes_between
from ogpmonitor.register.documents import CommitmentDocument
from ogpmonitor.register.wording import LONGEST_COMPARED


def the_fields(old: CommitmentDocument, new: CommitmentDocument) -> list[tuple[str, str]]:
    (preview,) = previews_of(changes_between({("commitment", "x"): old}, {("commitment", "x"): new}), "es")
    return [
        ("".join(s.text for s in one.difference.old), "".join(s.text for s in one.difference.new))
        for one in preview.fields
    ]


def test_what_no_source_gives_is_told_in_words_and_not_by_its_code() -> None:
    assert the_fields(a_commitment(missing=()), a_commitment(missing=("problem",))) == [("", "Problema público")]


def test_a_very_long_text_is_shown_whole_and_fast() -> None:
    old = a_commitment(problem=words("uno " * LONGEST_COMPARED, "The squares lack shade."))

    ((before, after),) = the_fields(old, a_commitment())

    assert len(before) > LONGEST_COMPARED
    assert after == "Falta sombra en las plazas."
