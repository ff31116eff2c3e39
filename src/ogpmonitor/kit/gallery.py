"""What the page of all components shows: dull examples of everything, in every state."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from ogpmonitor.kit.charts import Bar, Span, draw_bars, draw_timeline
from ogpmonitor.kit.contested import Contested
from ogpmonitor.kit.differences import compare_texts
from ogpmonitor.kit.localized import Localized

GALLERY = "components/gallery.html"
LAYOUTS = ("layouts/base.html", "layouts/workbench.html", "layouts/alone.html", "layouts/report.html")
_TODAY = date(2024, 9, 30)
_SHA256 = "3f9a27d41b0c8e6655aa90f1c2b3d4e5f60718293a4b5c6d7e8f90a1b2c3c2d1"


def _option(code: str, en: str, es: str, rubric_en: str, rubric_es: str) -> SimpleNamespace:
    return SimpleNamespace(
        code=code, label=Localized.of("en", en=en, es=es), rubric=Localized.of("en", en=rubric_en, es=rubric_es)
    )


def gallery_context() -> dict[str, Any]:
    """Everything `components/gallery.html` needs beyond what every page has; the same on every day."""
    return {
        "layouts": LAYOUTS,
        "sha256": _SHA256,
        "people": _people(),
        "day": _TODAY,
        "instant": datetime(2024, 9, 30, 17, 5, tzinfo=UTC),
        "options": _options(),
        "rated": _rated(),
        "chart": draw_timeline(_spans(), today=_TODAY),
        "panels": _panels(),
        "evidence": _evidence(),
        "change": compare_texts(
            "Plant 400 trees in three parks before the end of 2023.",
            "Plant 550 trees in five parks and two schools before the end of 2023.",
        ),
        "contested": [
            Contested("title", "A greener place", "A greener and quieter place"),
            Contested("problem", "", "There are few trees.\n\nSummers are hot."),
        ],
        "foreign": Localized.of("en", en="A text that exists only in English"),
        "foreign_es": Localized.of("es", es="Un texto que solo existe en español"),
        "unofficial": Localized.of("en", unofficial=("es",), en="An official text", es="Una traducción propia"),
        "markdown": "A paragraph with a [link](https://example.org/), **weight** and a list:\n\n- one\n- two",
        "closed": [
            SimpleNamespace(is_archived=archived, standing=SimpleNamespace(since=_TODAY, reason="The agreement ended."))
            for archived in (False, True)
        ],
        "flashes": [
            SimpleNamespace(kind="done", text="Saved."),
            SimpleNamespace(kind="problem", text="The file could not be read."),
        ],
    }


def _people() -> list[SimpleNamespace]:
    roles = ("coordinator", "contact", "monitor", "viewer", "support")
    people = [SimpleNamespace(name=f"Person {number}", role=role) for number, role in enumerate(roles, start=1)]
    people[1].unit = "Parks"
    staff = ("ogp_staff", "operator")
    return people + [SimpleNamespace(name=role, role=None, platform_role=role) for role in staff]


def _options() -> list[SimpleNamespace]:
    return [
        _option("not_started", "Not started", "No iniciado", "Nothing was done.", "No se hizo nada."),
        _option("limited", "Limited", "Limitado", "Some steps, far from the aim.", "Algunos pasos, lejos de la meta."),
        _option("substantial", "Substantial", "Sustancial", "Most of what was promised.", "La mayor parte."),
        _option("complete", "Complete", "Completo", "Everything that was promised.", "Todo lo comprometido."),
    ]


def _rated() -> list[tuple[str, Localized, int, int]]:
    """Every step of one scale, as (code, label, step, steps)."""
    return [(option.code, option.label, step, 3) for step, option in enumerate(_options())]


def _spans() -> list[Span]:
    first, last = (date(2022, 1, 10), date(2022, 6, 30)), (date(2024, 6, 1), date(2024, 11, 30))
    long_name = "A longer name of a step that needs two lines on a phone and on some desks"
    portal, training = (date(2023, 1, 1), date(2024, 12, 31)), (date(2023, 6, 1), date(2024, 6, 30))
    return [
        Span("First public meeting", "completed", *first, date(2022, 1, 15), date(2022, 6, 20)),
        Span(long_name, "completed", date(2022, 7, 1), date(2023, 3, 31), date(2022, 8, 1), date(2023, 5, 12)),
        Span("Portal open to everyone", "ongoing", *portal, date(2023, 2, 1)),
        Span("Training in every district", "ongoing", *training, date(2023, 9, 1), href="#charts"),
        Span("Public account of the plan", "not_started", *last),
        Span("Printed guide", "withdrawn", date(2022, 3, 1), date(2022, 12, 31)),
    ]


def _panels() -> list[tuple[str, Any]]:
    counts = {"North": (0, 2, 1, 1, 0), "South": (1, 0, 1, 0, 1), "East": (0, 0, 0, 3, 0), "West": (0, 0, 0, 0, 4)}
    labels = [option.code.replace("_", " ") for option in _options()] + ["not assessed"]
    return [
        (
            name,
            draw_bars(
                [Bar(label, value, apart=label == "not assessed") for label, value in zip(labels, values, strict=True)],
                maximum=4,
            ),
        )
        for name, values in counts.items()
    ] + [("Milestones done", draw_bars([Bar("North", 4, 6), Bar("South", 9, 12), Bar("East", 0, 5)]))]


def _evidence() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            title="Minutes of the third meeting", kind="file", href="#", source="Office of public accounts",
            dated=date(2024, 5, 3), size_bytes=182_340, media="PDF", sha256=_SHA256, demo=True,
        ),
        SimpleNamespace(
            title="Open data page of the programme", kind="link", href="https://example.org/", source="",
            dated=None, size_bytes=None, media="", sha256="", demo=False,
        ),
    ]  # fmt: skip
