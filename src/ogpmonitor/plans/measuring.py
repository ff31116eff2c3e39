"""How the government itself counts a commitment as fulfilled: by approved investment, by action done, or by both.

It is progress, not part of the promise: in a submitted plan it changes without an amendment, and leaves its trace.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.models import Commitment
from ogpmonitor.plans.schemas_measuring import CODE_SHAPES, MeasureForm
from ogpmonitor.register.documents import Money, OwnMeasure, Spot, canonical_json, name_of

NOT_YET = msgid("This day has not come yet.")
MEASURE = "measure"


def measure_of(commitment: Commitment) -> OwnMeasure | None:
    """The measure of `commitment`, if it has one."""
    said = commitment.content.get(MEASURE)
    return OwnMeasure.model_validate(said) if said else None


async def set_measure(session: AsyncSession, commitment: Commitment, measure: OwnMeasure | None, *, by: Actor) -> bool:
    """`commitment` is measured as `measure` says, or no longer; whether anything changed.

    What stands there already changes nothing and leaves no trace. Nothing is public before it is published.

    Raises:
        NotPermitted: `by` is not a coordinator.
    """
    if not permits(by, Permission.PLAN_WRITE, commitment):
        raise NotPermitted(Permission.PLAN_WRITE)
    before = commitment.content.get(MEASURE)
    after = measure.model_dump(mode="json", exclude_none=True) if measure else None
    if before == after:
        return False
    kept = {name: value for name, value in commitment.content.items() if name != MEASURE}
    commitment.content = {**kept, MEASURE: after} if after else kept
    await session.flush()
    was, now = {MEASURE: before}, {MEASURE: after}
    await audit.record(session, "commitment.measured", by=by, about=commitment, before=was, after=now)
    return True


def state_of_measure(commitment: Commitment) -> str:
    """A fingerprint of the measure as it stands: another one means that somebody changed it."""
    return name_of(canonical_json(commitment.content.get(MEASURE) or {}))[:16]


def said_now(commitment: Commitment, lang: str) -> dict[str, str]:
    """What stands in the fields of the form, as people would write it in `lang`."""
    measure = measure_of(commitment)
    if measure is None:
        return {"basis": "none"}
    spot, money = measure.spot, measure.investment
    found: Mapping[str, Any] = {
        "basis": measure.basis,
        "investment": money.amount if money else None,
        "investment_approved_on": measure.investment_approved_on,
        "action": _words(measure.action, lang),
        "action_done_on": measure.action_done_on,
        "beneficiaries": measure.beneficiaries,
        "beneficiaries_note": _words(measure.beneficiaries_note, lang),
        "latitude": spot.latitude if spot else None,
        "longitude": spot.longitude if spot else None,
        "spot_name": _words(spot.name, lang) if spot else None,
        "project_code": measure.project_code,
        "management_goal": measure.management_goal,
        "verifier": measure.verifier,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _words(text: Localized | None, lang: str) -> str | None:
    return text.texts.get(lang) if text else None


def measure_from(form: MeasureForm, before: OwnMeasure | None, lang: str, *, demo: bool) -> OwnMeasure | None:
    """What `form` says, written in `lang`; texts in other languages stay. None where it is not measured."""
    if form.basis == "none":
        return None
    known_spot = before.spot.name if before and before.spot else None
    spot = None
    if form.latitude is not None and form.longitude is not None:
        name = said_in(lang, form.spot_name, known_spot)
        spot = Spot(latitude=form.latitude, longitude=form.longitude, name=name)
    return OwnMeasure(
        basis=form.basis,
        investment=Money(amount=form.investment) if form.investment is not None else None,
        investment_approved_on=form.investment_approved_on,
        action=said_in(lang, form.action, before.action if before else None),
        action_done_on=form.action_done_on,
        beneficiaries=form.beneficiaries,
        beneficiaries_note=said_in(lang, form.beneficiaries_note, before.beneficiaries_note if before else None),
        spot=spot,
        project_code=form.project_code,
        management_goal=form.management_goal,
        verifier=form.verifier,
        demo=demo,
    )


def said_in(lang: str, words: str | None, before: Localized | None) -> Localized | None:
    """What is said once `words` are what it says in `lang`."""
    if before is not None:
        return before.with_text(lang, words)
    return Localized.model_validate({"source": lang, lang: words}) if words else None


def problems_in(form: MeasureForm, *, on: date, country: str) -> Iterator[tuple[str, str]]:
    """What the fields of `form` say against each other or against today, as (field, message)."""
    yield from _alone(form)
    for name, day in (
        ("investment_approved_on", form.investment_approved_on),
        ("action_done_on", form.action_done_on),
    ):
        if day is not None and _is_ahead(day, on):
            yield name, NOT_YET
    shape = CODE_SHAPES.get(country)
    if form.project_code and shape and not shape.pattern.fullmatch(form.project_code):
        yield "project_code", shape.message


def _is_ahead(day: PartialDate, on: date) -> bool:
    return day.first_day > on


def _alone(form: MeasureForm) -> Iterator[tuple[str, str]]:
    """What stands without that to which it belongs."""
    if form.investment_approved_on and form.investment is None:
        yield "investment", msgid("Write the amount that was approved on that day.")
    if form.action_done_on and not form.action:
        yield "action", msgid("Say what was done on that day.")
    if form.longitude is not None and form.latitude is None:
        yield "latitude", msgid("A place needs both: latitude and longitude.")
    if form.latitude is not None and form.longitude is None:
        yield "longitude", msgid("A place needs both: latitude and longitude.")
    if form.spot_name and form.latitude is None and form.longitude is None:
        yield "latitude", msgid("Give the place that this name belongs to.")
