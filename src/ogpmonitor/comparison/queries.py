"""Reading what is compared: one query over the facts, however many jurisdictions, plans and editions there are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from ogpmonitor.kit.db import RegisterSession

# A plan being carried out comes before one being written, and that before one that has ended; then the newest.
CURRENT = text("""
WITH today AS (
    SELECT * FROM unnest(CAST(:slugs AS text[]), CAST(:days AS date[])) AS t(jurisdiction, day)
), current AS (
    SELECT DISTINCT ON (p.jurisdiction) p.*, t.day
    FROM facts.plans p JOIN today t USING (jurisdiction)
    ORDER BY p.jurisdiction, array_position(ARRAY['submitted', 'co_creation', 'ended'], p.status),
             p.ends_on DESC NULLS LAST, p.plan DESC
), c AS (
    SELECT jurisdiction, plan, count(*) AS commitments,
           array_agg(completion) FILTER (WHERE completion IS NOT NULL) AS ratings,
           bool_or(demo OR rating_demo) AS demo
    FROM facts.commitments JOIN (SELECT jurisdiction, plan FROM current) now USING (jurisdiction, plan) GROUP BY 1, 2
), m AS (
    SELECT jurisdiction, plan, count(*) AS milestones,
           count(*) FILTER (WHERE progress = 'completed' AND NOT aside) AS completed,
           count(*) FILTER (WHERE aside) AS withdrawn,
           count(*) FILTER (WHERE progress <> 'completed' AND NOT aside AND due_on < day) AS late,
           count(*) FILTER (WHERE progress <> 'completed' AND NOT aside AND due_on IS NULL) AS undated,
           bool_or(m.demo) AS demo
    FROM facts.milestones m JOIN (SELECT jurisdiction, plan, day FROM current) now USING (jurisdiction, plan),
         LATERAL (SELECT m.set_aside IS NOT NULL OR m.progress = 'withdrawn' AS aside) a
    GROUP BY 1, 2
)
SELECT current.jurisdiction, current.plan, current.edition_number, current.edition_sha256,
       current.editions_published_at,
       current.reported_at, current.status, current.title_en, current.title_es, current.starts_on, current.ends_on,
       coalesce(c.commitments, 0) AS commitments, coalesce(c.ratings, '{}') AS ratings,
       coalesce(m.milestones, 0) AS milestones, coalesce(m.completed, 0) AS completed,
       coalesce(m.withdrawn, 0) AS withdrawn, coalesce(m.late, 0) AS late, coalesce(m.undated, 0) AS undated,
       current.demo OR coalesce(c.demo, false) OR coalesce(m.demo, false) AS demo
FROM current LEFT JOIN c USING (jurisdiction, plan) LEFT JOIN m USING (jurisdiction, plan)
""")


@dataclass(frozen=True, slots=True)
class PlanInNumbers:
    """The current plan of one jurisdiction as its newest edition counts it. `ratings` are codes of completion."""

    jurisdiction: str
    plan: str
    edition_number: int
    edition_sha256: str
    editions_published_at: datetime
    reported_at: datetime | None
    status: str
    title_en: str
    title_es: str
    starts_on: date | None
    ends_on: date | None
    commitments: int
    ratings: Mapping[str, int]
    milestones: int
    completed: int
    withdrawn: int
    late: int
    undated: int
    demo: bool

    @property
    def assessed(self) -> int:
        """Commitments with a published rating of completion."""
        return sum(self.ratings.values())


async def current_plans(session: RegisterSession, today: Mapping[str, date]) -> dict[str, PlanInNumbers]:
    """The current plan of every jurisdiction that has published one, by slug.

    `today` says what day it is in each jurisdiction; those it does not name are left out.
    """
    found = await session.execute(CURRENT, {"slugs": list(today), "days": list(today.values())})
    rows = [dict(row) for row in found.mappings()]
    return {row["jurisdiction"]: PlanInNumbers(**row | {"ratings": Counter(row["ratings"])}) for row in rows}
