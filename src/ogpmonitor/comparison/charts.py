"""The comparison drawn: the same numbers as the table beside it, on one scale."""

from collections.abc import Sequence

from ogpmonitor.comparison.table import Row
from ogpmonitor.kit.charts import Bar, DrawnBar, draw_bars
from ogpmonitor.kit.i18n import translations
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Scale


def completed(rows: Sequence[Row], lang: str) -> tuple[DrawnBar, ...]:
    """Milestones reported completed, in the frame of those that count; without milestones there is nothing to draw."""
    bars = [Bar(row.who.name.in_(lang), row.plan.completed, row.base) for row in rows if row.plan and row.base]
    return draw_bars(bars)


def ratings(rows: Sequence[Row], scale: Scale, lang: str) -> list[tuple[Localized, tuple[DrawnBar, ...]]]:
    """One panel for each jurisdiction with commitments: how many got each rating, and how many none, on one scale."""
    told = [(row, row.plan) for row in rows if row.plan and row.plan.commitments]
    most = max((max([*plan.ratings.values(), plan.commitments - plan.assessed]) for _, plan in told), default=1)
    missing = translations(lang).gettext("Not yet assessed")
    ordered = sorted(scale.options, key=lambda option: option.apart)
    return [
        (
            row.who.name,
            draw_bars(
                [
                    *(Bar(o.label.in_(lang), plan.ratings.get(o.code, 0), apart=o.apart) for o in ordered),
                    Bar(missing, plan.commitments - plan.assessed, apart=True),
                ],
                maximum=most or 1,
            ),
        )
        for row, plan in told
    ]
