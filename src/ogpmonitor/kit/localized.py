"""A text kept per language, with the language it was written in."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


class Localized(BaseModel):
    """One text in one or more languages: `{"source": "en", "en": "...", "es": "..."}`.

    The shape is flat: `source` names the language it was written in, `unofficial` (left out when empty) the languages
    whose text is our own translation, `outdated` (left out when empty) those whose text is older than the text it
    translates, every other key is a language code. Where a file is read with the validation
    context `source_language`, a plain string means that language only, and `source` may be left out.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, str] = Field(init=False)

    source: str
    unofficial: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: str, *, unofficial: tuple[str, ...] = (), **texts: str) -> Self:
        """The text written in `source`, and its translations by language code."""
        return cls.model_validate({"source": source, "unofficial": unofficial, **texts})

    @property
    def texts(self) -> Mapping[str, str]:
        """Every text by its language code, in the order given."""
        return MappingProxyType(self.__pydantic_extra__)

    def in_(self, lang: str) -> str:
        """The text in `lang`, or in the language it was written in."""
        return self.texts.get(lang) or self.texts[self.source]

    def has(self, lang: str) -> bool:
        return lang in self.texts

    def is_unofficial(self, lang: str) -> bool:
        """Whether the text in `lang` is our own translation."""
        return lang in self.unofficial

    def is_outdated(self, lang: str) -> bool:
        """Whether the text in `lang` is older than the text it translates."""
        return lang in self.outdated

    def with_text(self, lang: str, words: str | None) -> Self | None:
        """The same text once `words` are what it says in `lang`; None or empty takes that language away.

        New words in the source language leave every translation outdated; a new translation is up to date, and is
        the government's own. Without its source the oldest translation becomes the source; None when nothing is left.
        """
        words = (words or "").strip()
        if words == self.texts.get(lang, ""):
            return self
        texts = {code: text for code, text in {**self.texts, lang: words}.items() if text}
        if not texts:
            return None
        source = self.source if self.source in texts else next(iter(texts))
        others = [code for code in texts if code not in {lang, source}]
        outdated = others if lang == source else [code for code in self.outdated if code in others]
        unofficial = [code for code in self.unofficial if code in others]
        return type(self).model_validate({"source": source, "unofficial": unofficial, "outdated": outdated, **texts})

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, value: Any, info: ValidationInfo) -> Any:
        """A plain string, or a table without `source`, takes the language of the file it stands in."""
        language = (info.context or {}).get("source_language")
        if language is None or isinstance(value, Localized):
            return value
        if isinstance(value, str):
            return {"source": language, language: value}
        return {"source": language, **value} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for code, text in self.texts.items():
            if not LANGUAGE_CODE.fullmatch(code):
                raise ValueError(f"{code!r} is not a language code")
            if not text.strip():
                raise ValueError(f"the text in {code!r} is empty")
        if self.source not in self.texts:
            raise ValueError(f"there is no text in its source language {self.source!r}")
        for mark, codes in (("unofficial", self.unofficial), ("outdated", self.outdated)):
            for code in codes:
                self._check_translation(code, mark)
        return self

    def _check_translation(self, code: str, mark: str) -> None:
        if code not in self.texts or code == self.source:
            raise ValueError(f"{code!r} is marked {mark} but is not one of the translations")

    @model_serializer(mode="wrap")
    def _flat(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        flat: dict[str, Any] = handler(self)
        for name in ("unofficial", "outdated"):
            if not getattr(self, name):
                flat.pop(name, None)
        return flat
