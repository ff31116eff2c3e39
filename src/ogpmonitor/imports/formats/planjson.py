"""A plan as documented JSON: jurisdiction, action plan, commitments with milestones; strings as found."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ogpmonitor.imports.cells import known_terms
from ogpmonitor.imports.dates import read_one, read_range
from ogpmonitor.imports.reading import Item, Notes, Reading, Spot
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import LANGUAGES, msgid

BROKEN = msgid("This file is not readable JSON.")
NOT_TAKEN = msgid("Left aside: a plan has no place for it.")
NOT_GOVERNMENTS = msgid("Left aside: ratings are the monitor's to give, not the government's.")
NO_TITLE = msgid("This commitment has no title.")
MADE_CODE = msgid("The source gives no code: %(code)s was made for it.")
NO_AREA = msgid("This policy area is not in the list and was left aside.")
SEVERAL_AREAS = msgid("Several policy areas are given; the first is taken: %(areas)s")
NO_PLAN_TITLE = msgid("The source gives the plan no title: the jurisdiction's name was taken.")
NUMBER_IN_WORDS = msgid("This number stands in words and was left aside: please fill it in.")
STRAY = msgid("A stray figure at the end of the text was taken off.")
COUNTED = msgid("A government programme counted as a whole. It is left aside: it cannot be worked out from these rows.")
WORDS = {
    "objective": "problem", "description": "action", "description_es": "action", "problem": "problem",
    "status_quo": "status_quo", "main_aim": "contribution", "brief_description": "action", "thematic_area": "axis",
    "axis": "axis", "resources": "resources", "ambition_text": "contribution",
}  # fmt: skip
VALUES = {
    "access to information": "access_to_information", "civic participation": "civic_participation",
    "public participation": "civic_participation", "public accountability": "public_accountability",
    "technology": "technology", "technology and innovation": "technology",
}  # fmt: skip
# Understood elsewhere, or only about where the file comes from.
SAID = {
    "id", "title", "title_es", "milestones", "missing", "url", "number", "number_in_plan", "number_in_consultation",
    "start_as_found", "end_as_found", "lead_institution", "supporting_institutions", "institutions_involved",
    "policy_areas", "primary_policy_area", "primary_sector", "ogp_values", "short_title_as_found", "text_fields",
    "expected_results", "what_it_implies", "pillars_es", *WORDS,
}  # fmt: skip
RATINGS = {"irm_ratings", "inception_report", "irm_report"}
ABOUT_PLAN = {
    "title", "end_as_found", "date_submitted_as_found", "lead_institutions", "period_as_found", "participants",
    "groups_participated_as_found", "public_meetings_as_found", "participation_spaces", "institutional_arrangements",
    "medium_term_goals", "objectives", "vision_axes", "endorsements", "duration_as_found", "missing",
}  # fmt: skip
LISTS = {"institutional_arrangements": "EC02", "participation_spaces": "EC03", "medium_term_goals": "SV04",
         "objectives": "SV05", "vision_axes": "SV01"}  # fmt: skip
_STRAY = re.compile(r"(?<=[.;a-z])\s+0$")


def fits(content: bytes) -> bool:
    """Whether this is JSON with commitments."""
    head = content[:65_536].lstrip(b"\xef\xbb\xbf \r\n\t")
    return head[:1] == b"{" and b'"commitments"' in content


def read(content: bytes, language: str) -> Reading:
    """The plan and all in it. `language` is that of texts that do not say theirs.

    Raises:
        Invalid: it is no JSON, or not of this shape.
    """
    try:
        told = json.loads(content.decode("utf-8-sig"))
        commitments = [one for one in told["commitments"] if isinstance(one, dict)]
        plan, jurisdiction = told.get("action_plan") or {}, told.get("jurisdiction") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("import.json", BROKEN, field="file") from error
    spoken = _language(told, language)
    notes = Notes()
    item = _plan(plan, jurisdiction, spoken, notes)
    items = [one for place, given in enumerate(commitments) for one in _commitment(given, place, spoken, notes)]
    return Reading("plan-json", spoken, items, notes.all, item)


def _language(told: Mapping[str, Any], otherwise: str) -> str:
    """Colombian plans and Santiago's are quoted in Spanish; what OGP's pages and data give is in English."""
    source = json.dumps(told.get("source") or {})
    if "opengovpartnership.org" in source or "ogp-commitments" in source:
        return "en"
    country = (told.get("jurisdiction") or {}).get("country")
    return "es" if country in {"Colombia", "Chile"} else otherwise


def _plan(plan: Mapping[str, Any], jurisdiction: Mapping[str, Any], language: str, notes: Notes) -> Item:
    title = plan.get("title")
    if not title:
        title = str(jurisdiction.get("name") or "Plan")
        notes.warn(Spot("action_plan", "title"), NO_PLAN_TITLE, title)
    values: dict[str, Any] = {"title": _text(title, language)}
    values |= dict(_plan_dates(plan, notes))
    values |= {code: answer for code, answer in _answers(plan, language, notes) if answer}
    for name in plan:
        if name in RATINGS:
            notes.note(Spot("action_plan", name), NOT_GOVERNMENTS)
        elif name == "government_programme":
            notes.note(Spot("action_plan", name), COUNTED, plan[name].get("level_as_found", ""))
        elif name not in ABOUT_PLAN:
            notes.note(Spot("action_plan", name), NOT_TAKEN, plan[name])
    return Item("plan", "plan", values, Spot("action_plan", ""))


def _plan_dates(plan: Mapping[str, Any], notes: Notes) -> Iterator[tuple[str, str]]:
    found = {
        "ends_on": read_one(Spot("action_plan", "end_as_found"), plan.get("end_as_found"), notes),
        "cycle_ends_on": read_one(Spot("action_plan", "duration_as_found"), plan.get("duration_as_found"), notes),
    }
    period = Spot("action_plan", "period_as_found")
    if plan.get("period_as_found"):
        found["starts_on"], ends_on = read_range(period, plan["period_as_found"], notes)
        found["ends_on"] = found["ends_on"] or ends_on
    # When it was submitted is not taken: submitting is done here, and freezes what stands then.
    if plan.get("date_submitted_as_found"):
        notes.note(Spot("action_plan", "date_submitted_as_found"), NOT_TAKEN, plan["date_submitted_as_found"])
    yield from ((name, str(day)) for name, day in found.items() if day)


def _answers(plan: Mapping[str, Any], language: str, notes: Notes) -> Iterator[tuple[str, Any]]:
    yield "EC01", [_text(one, language) for one in plan.get("lead_institutions") or []]
    yield "EC05", [_text(one, language) for one in plan.get("participants") or []]
    for name, code in LISTS.items():
        told = plan.get(name)
        lines = [told] if isinstance(told, str) else list(told or [])
        yield code, _text("\n".join(f"* {line}" for line in lines), language) if lines else None
    for name, code in (("groups_participated_as_found", "EC06"), ("public_meetings_as_found", "EC07")):
        told = plan.get(name)
        if told is not None and str(told).isdecimal():
            yield code, int(told)
        elif told:
            notes.warn(Spot("action_plan", name), NUMBER_IN_WORDS, told)
    bodies = [one for one in plan.get("endorsements") or [] if isinstance(one, dict)]
    said = [
        {"position": _text(one["position"], language), "organisation": _text(one["organisation"], language)}
        for one in bodies
        if one.get("position") and one.get("organisation")
    ]
    yield "endorsements", said


def _commitment(given: Mapping[str, Any], place: int, language: str, notes: Notes) -> Iterator[Item]:
    path = f"commitments[{place}]"
    code = str(given.get("id") or "")
    title = given.get("short_title_as_found") or given.get("title")
    if not title and given.get("title_es"):
        title, language = given["title_es"], "es"
    if not title:
        notes.error(Spot(path, "title"), NO_TITLE)
        return
    if not code:
        code = f"C{given.get('number') or given.get('number_in_plan') or place + 1}"
        notes.note(Spot(path, "id"), MADE_CODE, code=code)
    values = {name: value for name, value in _fields(given, str(title), path, language, notes) if value}
    values["number"] = str(given.get("number") or given.get("number_in_plan") or place + 1)
    for name in given:
        if name in RATINGS:
            notes.note(Spot(path, name), NOT_GOVERNMENTS)
        elif name not in SAID:
            notes.note(Spot(path, name), NOT_TAKEN, given[name])
    yield Item("commitment", code, values, Spot(path, ""))
    for number, step in enumerate(given.get("milestones") or [], 1):
        yield _milestone(
            step, number, code, spot=Spot(f"{path}.milestones[{number - 1}]", ""), language=language, notes=notes
        )


def _fields(given: Mapping[str, Any], title: str, path: str, language: str, notes: Notes) -> Iterator[tuple[str, Any]]:
    titles = {language: title, **({"es": given["title_es"]} if given.get("title_es") else {})}
    yield "title", {"source": language, **titles}
    if given.get("short_title_as_found") and given.get("title"):
        yield "summary", _text(given["title"], language)
    told = {**{k: v for k, v in (given.get("text_fields") or {}).items() if isinstance(v, str)}, **given}
    for name, field in WORDS.items():
        if isinstance(told.get(name), str):
            yield field, _text(told[name], "es" if name.endswith("_es") else language)
    for name, value in (given.get("text_fields") or {}).items():
        if name not in WORDS:
            notes.note(Spot(f"{path}.text_fields", name), NOT_TAKEN, value)
    lines = given.get("expected_results") or given.get("what_it_implies") or []
    if lines:
        yield "action", _text("\n".join(f"* {line}" for line in lines), language)
    yield "pillars", [_text(one, "es") for one in given.get("pillars_es") or []]
    for name, field in (("start_as_found", "starts_on"), ("end_as_found", "ends_on")):
        day = read_one(Spot(path, name), given.get(name), notes)
        yield field, str(day) if day else None
    yield "institutions", list(_institutions(given, language))
    yield "values", _values(given.get("ogp_values"))
    yield "policy_area", _area(given, path, notes)


def _institutions(given: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
    named = {"lead_institution": "lead", "supporting_institutions": "support", "institutions_involved": "involved"}
    for name, role in named.items():
        told = given.get(name)
        for one in [told] if isinstance(told, str) else told or []:
            words = one.get("name") if isinstance(one, dict) else one
            if words:
                yield {"name": _text(words, language), "role": role}


def _values(told: Any) -> list[str]:
    names = told if isinstance(told, list) else str(told or "").split(",")
    codes = [VALUES.get(str(name).strip().casefold()) for name in names]
    return list(dict.fromkeys(code for code in codes if code))


def _area(given: Mapping[str, Any], path: str, notes: Notes) -> str | None:
    named = [given["primary_policy_area"]] if given.get("primary_policy_area") else given.get("policy_areas") or []
    known = known_terms("policy_area")
    found = []
    for name in named:
        code = known.get(str(name).casefold())
        if code:
            found.append((str(name), code))
        else:
            notes.warn(Spot(path, "policy_areas"), NO_AREA, name)
    if len(found) > 1:
        notes.note(Spot(path, "policy_areas"), SEVERAL_AREAS, areas=", ".join(name for name, _ in found))
    return found[0][1] if found else None


def _milestone(
    step: Mapping[str, Any], number: int, commitment: str, *, spot: Spot, language: str, notes: Notes
) -> Item:
    words = str(step.get("text") or step.get("title") or "").strip()
    if _STRAY.search(words):
        notes.warn(Spot(spot.sheet, "text"), STRAY, words)
        words = _STRAY.sub("", words)
    start = read_one(Spot(spot.sheet, "start_as_found"), step.get("start_as_found"), notes)
    end = read_one(Spot(spot.sheet, "end_as_found"), step.get("end_as_found"), notes)
    unit = step.get("responsible_as_found")
    values: Mapping[str, Any] = {
        "title": _text(words or f"{number}", language),
        "starts_on": str(start) if start else None,
        "due_on": str(end) if end else None,
        "responsible_unit": _text(unit, language) if unit else None,
    }
    for name in step:
        if name not in {"no", "number", "text", "title", "start_as_found", "end_as_found", "responsible_as_found"}:
            notes.note(Spot(spot.sheet, name), NOT_TAKEN, step[name])
    kept = {name: value for name, value in values.items() if value}
    return Item("milestone", f"M{number}", kept, spot, commitment)


def _text(words: Any, language: str) -> dict[str, str]:
    return {"source": language if language in LANGUAGES else "en", language: str(words).strip()}
