"""A text kept per language."""

import pytest
from pydantic import BaseModel, ValidationError

from ogpmonitor.kit.localized import Localized


class Page(BaseModel):
    title: Localized


def test_localized_falls_back_to_the_language_it_was_written_in() -> None:
    text = Localized.of("en", unofficial=("es",), en="A plan", es="Un plan")

    assert (text.in_("es"), text.in_("fr"), text.has("es"), text.has("fr")) == ("Un plan", "A plan", True, False)
    assert (text.is_unofficial("es"), text.is_unofficial("en")) == (True, False)


def test_localized_is_flat_in_json() -> None:
    assert Localized.of("en", en="A").model_dump() == {"source": "en", "en": "A"}
    text = Localized.of("en", unofficial=("es",), en="A", es="B")
    assert text.model_dump_json() == '{"source":"en","unofficial":["es"],"en":"A","es":"B"}'
    assert Localized.model_validate_json(text.model_dump_json()) == text


def test_localized_takes_the_language_of_the_file_it_stands_in() -> None:
    context = {"source_language": "es"}

    assert Page.model_validate({"title": "Hola"}, context=context).title == Localized.of("es", es="Hola")
    page = Page.model_validate({"title": {"es": "Hola", "en": "Hello"}}, context=context)
    assert page.title == Localized.of("es", es="Hola", en="Hello")
    with pytest.raises(ValidationError):
        Page.model_validate({"title": "Hola"})


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"source": "en", "en": "A", "english": "B"}, "'english' is not a language code"),
        ({"source": "en", "en": " "}, "the text in 'en' is empty"),
        ({"source": "en", "es": "B"}, "no text in its source language 'en'"),
        ({"source": "en", "en": "A", "unofficial": ["es"]}, "'es' is marked unofficial"),
        ({"source": "en", "en": "A", "unofficial": ["en"]}, "'en' is marked unofficial"),
    ],
)
def test_localized_refuses_what_it_could_not_show(texts: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Localized.model_validate(texts)


def test_localized_is_frozen() -> None:
    text = Localized.of("en", en="A")

    with pytest.raises(ValidationError):
        text.source = "es"  # type: ignore[misc]  # the point of the test
