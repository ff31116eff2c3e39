"""Which words went, which came."""

from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.kit.differences import Segment, compare_texts


def test_compare_texts_marks_words() -> None:
    change = compare_texts("Plant 400 trees.", "Plant 550 trees and shrubs.")

    assert change.old == (Segment("kept", "Plant "), Segment("removed", "400"), Segment("kept", " trees."))
    assert change.new == (
        Segment("kept", "Plant "),
        Segment("added", "550"),
        Segment("kept", " trees"),
        Segment("added", " and shrubs"),
        Segment("kept", "."),
    )


def test_compare_texts_joins_neighbours() -> None:
    assert compare_texts("a b", "c d").old == (Segment("removed", "a b"),)
    assert compare_texts("a b", "c d").new == (Segment("added", "c d"),)


def test_compare_texts_of_nothing_is_nothing() -> None:
    assert compare_texts("", "").old == ()
    assert compare_texts("", "new").new == (Segment("added", "new"),)


@given(st.text(), st.text())
def test_compare_texts_loses_nothing(old: str, new: str) -> None:
    change = compare_texts(old, new)

    assert "".join(segment.text for segment in change.old) == old
    assert "".join(segment.text for segment in change.new) == new
