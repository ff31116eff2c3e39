"""Texts that people wrote, made safe and honest about their language."""

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.prose import as_markdown, as_paragraphs, as_text, words_in

PLAN = Localized.of("en", unofficial=("es",), en="A plan", es="Un plan")
ENGLISH = Localized.of("en", en="<b>One</b>\ntwo\n\nthree")


def test_text_in_the_language_asked_for_is_only_the_words() -> None:
    assert as_text(PLAN, "en") == "A plan"
    assert as_text("1 < 2", "en") == "1 &lt; 2"


def test_text_says_that_a_translation_is_unofficial() -> None:
    assert as_text(PLAN, "es") == 'Un plan <small class="aside" lang="es">(traducción no oficial)</small>'
    assert as_text(PLAN, "es", mark=False) == "Un plan"


def test_text_in_another_language_says_so() -> None:
    text = Localized.of("en", en="A plan")

    assert as_text(text, "es") == '<span lang="en">A plan</span> <small class="aside" lang="es">(en inglés)</small>'
    assert words_in(text, "es") == "A plan"


def test_text_in_a_language_the_house_does_not_speak_names_its_code() -> None:
    assert as_text(Localized.of("fr", fr="Oui"), "en").endswith("(fr)</small>")


def test_paragraphs_keep_breaks_and_escape() -> None:
    assert as_paragraphs(ENGLISH, "en") == "<p>&lt;b&gt;One&lt;/b&gt;<br>two</p>\n<p>three</p>"
    assert as_paragraphs(ENGLISH, "es") == (
        '<p lang="en">&lt;b&gt;One&lt;/b&gt;<br>two</p>\n'
        '<p lang="en">three <small class="aside" lang="es">(en inglés)</small></p>'
    )


def test_markdown_lets_nothing_act() -> None:
    hostile = (
        "# Title\n\n<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) "
        "![y](https://example.org/y.png)\n\n[z](https://example.org/)"
    )

    html = as_markdown(hostile, "en")

    assert "<h3>Title</h3>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert '<a href="https://example.org/" rel="noopener nofollow ugc">z</a>' in html


def test_markdown_knows_tables_and_line_breaks() -> None:
    assert "<td>1</td>" in as_markdown("|a|\n|-|\n|1|", "en")
    assert as_markdown("one\ntwo", "en") == '<div class="prose"><p>one<br>\ntwo</p>\n</div>'
