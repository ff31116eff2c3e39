"""A new jurisdiction's folder from answers to questions. What is left open is marked, and named by `tenants check`."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from pydantic import TypeAdapter, ValidationError

from ogpmonitor.tenants.contrast import PAPERS_DARK, PAPERS_LIGHT, check_readable, contrast_ratio
from ogpmonitor.tenants.files import LEFT_OPEN
from ogpmonitor.tenants.schemas import LANGUAGES, TenantSlug, TimeZone

Answers = Mapping[str, str]
LEVELS = ("municipality", "region")
KINDS = ("projection", "census")
PAPER = "#fbfaf7"
GOVERNMENTS = {
    "municipality": {"es": "el municipio", "en": "the municipality"},
    "region": {"es": "el gobierno regional", "en": "the regional government"},
}
ABOUT = {
    "es": "Aquí se publican los planes de acción de gobierno abierto de {official}, lo que informa sobre ellos y lo que"
    " concluye su ente de monitoreo independiente.\n",
    "en": "Here stand the open government action plans of {official}, what it reports about them, and what its"
    " independent monitoring body concludes.\n",
}
NOT_MEMBER = {"es": "No es miembro de OGP Local.", "en": "Not a member of OGP Local."}
MEMBER = {"es": "Miembro de OGP Local desde {since}.", "en": "Member of OGP Local since {since}."}


@dataclass(frozen=True)
class Question:
    """One thing to ask. `usual` is what is meant where nobody answers; without one it is left open, or not said."""

    key: str
    words: str
    usual: Callable[[Answers], str] = lambda _answers: ""
    check: Callable[[str], str] = str
    is_asked: Callable[[Answers], bool] = lambda _answers: True


class FolderExists(Exception):  # noqa: N818  it reads as the fact it states
    """There is something of that name already; nothing was written."""


def check_slug(slug: str) -> str:
    """`slug`, if a jurisdiction may be called so.

    Raises:
        ValueError: says why not.
    """
    return _valid(TypeAdapter(TenantSlug), slug, "is not lower-case letters, digits and single hyphens")


def readable_on_dark(accent: str) -> str:
    """`accent`, mixed with as little white as it takes to be read on dark paper."""
    parts = [int(accent[at : at + 2], 16) for at in (1, 3, 5)]
    for percent in range(101):
        mixed = "#" + "".join(f"{part + (255 - part) * percent // 100:02x}" for part in parts)
        if min(contrast_ratio(mixed, paper) for paper in PAPERS_DARK) >= 4.6:
            return mixed
    return "#ffffff"


def _valid(adapter: TypeAdapter[str], value: str, otherwise: str) -> str:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        said = error.errors()[0]
        reason = said["msg"].removeprefix("Value error, ") if said["type"] == "value_error" else otherwise
        raise ValueError(f"{value!r}: {reason}") from error


def _one_of(*known: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
        return value

    return check


def _languages(value: str) -> str:
    chosen = [one.strip() for one in value.split(",")]
    if not chosen or len(set(chosen)) != len(chosen) or not set(chosen) <= set(LANGUAGES):
        raise ValueError(f"{value!r} is not a list of {', '.join(LANGUAGES)}")
    return ",".join(chosen)


def _number(value: str) -> str:
    plain = value.replace(".", "").replace(",", "").replace(" ", "")
    if not plain.isdecimal() or int(plain) == 0:
        raise ValueError(f"{value!r} is not a whole number")
    return plain


def _speaks(language: str) -> Callable[[Answers], bool]:
    return lambda answers: language in answers["languages"].split(",")


def _is_municipality(answers: Answers) -> bool:
    return answers["level"] == "municipality"


def _is_member(answers: Answers) -> bool:
    return answers["member"] == "yes"


QUESTIONS: tuple[Question, ...] = (
    Question("languages", "Languages, the first one its own (es,en)", lambda _: "es,en", _languages),
    Question("name-es", "Short name in Spanish", is_asked=_speaks("es")),
    Question("name-en", "Short name in English", lambda a: a.get("name-es", ""), is_asked=_speaks("en")),
    Question("official-name-es", "Official name in Spanish", is_asked=_speaks("es")),
    Question("official-name-en", "Official name in English", is_asked=_speaks("en")),
    Question("country", "Country, as two capital letters", lambda _: "CL"),
    Question("level", "Level: municipality or region", lambda _: "municipality", _one_of(*LEVELS)),
    Question("region", "Code of its region (CUT, two digits)"),
    Question("province", "Code of its province (CUT, three digits)", is_asked=_is_municipality),
    Question("comuna", "Code of its comuna (CUT, five digits)", is_asked=_is_municipality),
    Question("codes-source", "Where these codes come from"),
    Question("time-zone", "Time zone", lambda _: "America/Santiago", lambda v: _valid(TypeAdapter(TimeZone), v, "")),
    Question("host", "A host name of its own (leave empty for none)"),
    Question("contact-page", "Address of a page where people find how to contact it"),
    Question("population", "How many people live there", check=_number),
    Question("population-year", "Of which year that is", check=_number),
    Question("population-kind", "A projection or a census", lambda _: "projection", _one_of(*KINDS)),
    Question("population-source", "Where that number comes from"),
    Question("accent", "Accent colour on light paper", lambda _: "#1f5a4c", lambda v: check_readable(v, PAPERS_LIGHT)),
    Question(
        "accent-dark",
        "Accent colour on dark paper",
        lambda a: readable_on_dark(a["accent"]),
        lambda v: check_readable(v, PAPERS_DARK),
    ),
    Question(
        "government-es", "What the government is called, with its article", lambda a: GOVERNMENTS[a["level"]]["es"],
        is_asked=_speaks("es"),
    ),
    Question(
        "government-en", "The same in English", lambda a: GOVERNMENTS[a["level"]]["en"], is_asked=_speaks("en")
    ),
    Question(
        "unit-es", "Name of the office that keeps the plan", lambda _: "Unidad de gobierno abierto",
        is_asked=_speaks("es"),
    ),
    Question("unit-en", "The same in English", lambda _: "Open government unit", is_asked=_speaks("en")),
    Question("member", "Is it a member of OGP Local? yes or no", lambda _: "no", _one_of("yes", "no")),
    Question("since", "Since when (2024, 2024-05 or 2024-05-14)", is_asked=_is_member),
    Question("member-source", "Where it is said whether it is a member"),
)  # fmt: skip


def complete(given: Mapping[str, str | None], ask: Callable[[Question, str], str] | None = None) -> dict[str, str]:
    """Every question that applies with its answer: what was given, what `ask` hears, or what is usual; "" is open.

    Raises:
        ValueError: an answer cannot be; it begins with the key of its question.
    """
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if not question.is_asked(answers):
            continue
        said = given.get(question.key)
        usual = question.usual(answers)
        if said is None:
            said = ask(question, usual) if ask else usual
        try:
            answers[question.key] = question.check(said.strip()) if said.strip() else usual
        except ValueError as error:
            raise ValueError(f"{question.key}: {error}") from error
    return answers


def check_free(below: Path, slug: str) -> None:
    """Nothing, if there is nothing of that name yet.

    Raises:
        FolderExists: there is.
    """
    if (below / slug).exists():
        raise FolderExists(str(below / slug))


def write_folder(below: Path, slug: str, answers: Answers) -> Path:
    """`below/slug` holds a jurisdiction's folder: everything in it is new.

    Raises:
        FolderExists: there is something of that name; nothing was written.
    """
    folder = below / slug
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise FolderExists(str(folder)) from error
    for name, text in files_of(slug, answers).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "plans").mkdir()
    return folder


def files_of(slug: str, answers: Answers) -> dict[str, str]:
    """Every file of the folder by its name."""
    languages = answers["languages"].split(",")
    pages = {f"pages/about.{one}.md": ABOUT[one].format(official=_official(answers, one)) for one in languages}
    return {"tenant.toml": tenant_toml(slug, answers), "logo.svg": logo_svg(slug, answers), **pages}


def _official(answers: Answers, language: str) -> str:
    return answers[f"official-name-{language}"] or answers[f"name-{language}"] or f"{LEFT_OPEN} its name"


def tenant_toml(slug: str, answers: Answers) -> str:
    """`tenant.toml` with a comment at everything that is left open."""
    return "\n".join([*_identity(slug, answers), *_place(answers), *_look(answers), *_membership(answers), ""])


def _identity(slug: str, answers: Answers) -> list[str]:
    languages = answers["languages"].split(",")
    hosts = json.dumps([answers["host"]] if answers["host"] else [])
    return [
        f"source_language = {_text(languages[0])}  # the language its own texts are written in",
        f"slug = {_text(slug)}  # the folder's name; part of every address, never changed later",
        _said("name", answers, "name"),
        _said("official_name", answers, "official-name"),
        f"country = {_text(answers['country'])}",
        f"level = {_text(answers['level'])}",
        f"time_zone = {_text(answers['time-zone'])}",
        f"languages = {json.dumps(languages)}",
        f"hosts = {hosts}  # host names that lead straight to it",
        'logo = "logo.svg"  # replace the drawing with one that is free to use; never a coat of arms',
        _value("contact_page", answers["contact-page"], "a public page that says how to contact it"),
    ]


def _place(answers: Answers) -> list[str]:
    codes = ["region", *(["province", "comuna"] if _is_municipality(answers) else [])]
    people, year = answers["population"], answers["population-year"]
    return [
        "",
        "[territory]",
        'system = "CUT"',
        *(_value(code, answers[code], f"the code of its {code}") for code in codes),
        _source(answers["codes-source"], "where these codes come from"),
        "",
        "[population]",
        f"people = {people}" if people else f"people = 0  # {LEFT_OPEN} how many people live there",
        f"year = {year}" if year else f"year = 0  # {LEFT_OPEN} of which year that number is",
        f"kind = {_text(answers['population-kind'])}  # or {KINDS[answers['population-kind'] == KINDS[0]]}",
        _source(answers["population-source"], "where that number comes from"),
    ]


def _look(answers: Answers) -> list[str]:
    return [
        "",
        "[colours]  # each is read as text on paper: 4.5 to 1 or more",
        f"accent = {_text(answers['accent'])}",
        f"accent_dark = {_text(answers['accent-dark'])}",
        "",
        "[words]",
        _said("government", answers, "government"),
        _said("unit", answers, "unit"),
        _both("commitment", answers, es="compromiso", en="commitment"),
        _both("commitments", answers, es="compromisos", en="commitments"),
        "",
        "[switches]",
        "own_measure = false  # show the government's own balance of its programme",
        "second_review = false  # every assessment is rated twice, blind, before it is published",
        "right_of_reply = true  # every assessment is sent to the government for comment first",
    ]


def _membership(answers: Answers) -> list[str]:
    member = _is_member(answers)
    lines = ["", "[ogp]", f"member = {str(member).lower()}"]
    if member:
        lines.append(_value("since", answers["since"], "since when it is a member"))
    said = MEMBER if member else NOT_MEMBER
    since = answers.get("since", "")
    lines.append(_both("sentence", answers, **{lang: words.format(since=since) for lang, words in said.items()}))
    lines.append(_source(answers["member-source"], "where it is said whether it is a member"))
    return lines


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _value(key: str, value: str, what: str) -> str:
    return f"{key} = {_text(value)}" + ("" if value else f"  # {LEFT_OPEN} {what}")


def _source(title: str, what: str) -> str:
    return f"source = {{ title = {_text(title)} }}" + ("" if title else f"  # {LEFT_OPEN} {what}")


def _said(key: str, answers: Answers, question: str) -> str:
    """A text in every language; left open while one of them says nothing."""
    texts = {lang: answers[f"{question}-{lang}"] for lang in answers["languages"].split(",")}
    written = ", ".join(f"{lang} = {_text(text)}" for lang, text in texts.items())
    silent = [lang for lang, text in texts.items() if not text]
    return f"{key} = {{ {written} }}" + (f"  # {LEFT_OPEN} {key} in {', '.join(silent)}" if silent else "")


def _both(key: str, answers: Answers, **texts: str) -> str:
    written = ", ".join(f"{lang} = {_text(texts[lang])}" for lang in answers["languages"].split(","))
    return f"{key} = {{ {written} }}"


def logo_svg(slug: str, answers: Answers) -> str:
    """A plain drawing of our own in the accent colour: five dots on a path, placed by the slug."""
    first = answers["languages"].split(",")[0]
    name = escape(answers[f"name-{first}"] or slug)
    heights = [16 + byte % 33 for byte in hashlib.sha256(slug.encode()).digest()[:5]]
    points = list(zip(range(12, 60, 10), heights, strict=True))
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    dots = "\n".join(f'  <circle cx="{x}" cy="{y}" r="3.5" fill="{PAPER}"/>' for x, y in points)
    said = {"es": ("dibujo abstracto", "Cinco puntos en un camino. Dibujo propio, no es un emblema oficial.")}
    title, description = said.get(first, ("abstract drawing", "Five dots on a path. A drawing of our own, no emblem."))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img">
  <title>{name}: {title}</title>
  <desc>{description}</desc>
  <rect width="64" height="64" rx="12" fill="{answers["accent"]}"/>
  <path d="{path}" fill="none" stroke="{PAPER}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>
{dots}
</svg>
"""
