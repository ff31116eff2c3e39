"""The form that reports one milestone: what was sent, what is wrong with it, and what its page needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar.datastructures import UploadFile

from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import Upload
from ogpmonitor.evidence.sniffing import KINDS
from ogpmonitor.kit.contested import Contested, contested
from ogpmonitor.kit.forms import Form, gather, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState
from ogpmonitor.periods.reporting import TEXTS
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.overview import step_of
from ogpmonitor.plans.reporting import DAYS, Submission, differences, problems_in, problems_of_files, said_now
from ogpmonitor.plans.schemas import CONTESTED, FILES, LONGEST, ReportForm

MEBIBYTE = 1024 * 1024
# Where a message leads that belongs to no field one can see.
PLACES: Mapping[str, str] = {"": "progress", "version": "progress", "withdraw": "evidence"}
TOO_MANY = msgid("One place takes one file.")


@dataclass
class Filled:
    """What stands in the form: as the milestone says it, or as it was typed. `errors` are (field, msgid)."""

    typed: Mapping[str, Any]
    errors: list[tuple[str, str]] = field(default_factory=list)
    uploads: dict[int, Upload] = field(default_factory=dict)
    differences: Sequence[Contested] = ()
    form: ReportForm | None = None
    is_contested: bool = False


@dataclass(frozen=True)
class Desk:
    """One milestone as its form finds it: what backs it, the period it is reported for, and what was sent before."""

    milestone: Milestone
    evidence: Sequence[Evidence]
    period: Period | None
    report: MilestoneReport | None
    today: date

    @property
    def undecided(self) -> MilestoneReport | None:
        """What waits for the coordinator, or was returned."""
        return self.report if self.report is not None and self.report.state != ReportState.ACCEPTED else None

    def said(self, lang: str) -> dict[str, str]:
        """What the fields say when the form opens: what was sent and not accepted yet, or else the milestone."""
        if self.undecided is None or self.undecided.nothing_new:
            return said_now(self.milestone, lang)
        said = self.undecided.said
        words = {name: (said.get(name) or {}).get(lang, "") for name in TEXTS}
        rest = {name: "" if said.get(name) is None else str(said[name]) for name in ("progress", *DAYS, "percent")}
        return {**words, **rest}


async def read_report(request: AnyRequest, *, most: int, max_bytes: int) -> Filled:
    """What was sent: words that fit the form or messages why not, and files, of which no more than needed is read."""
    data = gather(await read_form(request))
    files = {name: data.pop(name) for name in list(data) if name.startswith("file_") and "title" not in name}
    form = Form.of(ReportForm, data)
    errors = [(name, message) for name, messages in form.errors.items() for message in messages]
    read = Filled(form.data, errors, form=form.value)
    for place in range(1, min(FILES, most) + 1):
        sent = files.get(f"file_{place}")
        if isinstance(sent, list):
            read.errors.append((f"file_{place}", TOO_MANY))
        elif isinstance(sent, UploadFile):
            read.uploads[place] = Upload(sent.filename, await sent.read(max_bytes + 1))
    return read


def check_report(request: AnyRequest, desk: Desk, sent: Filled, *, max_bytes: int) -> Submission | None:
    """What is to be reported, or None once `sent` says why it cannot be, or what there is to choose."""
    lang = place_of(request).lang
    if sent.form is None:
        sent.errors += problems_of_files(sent.uploads, max_bytes=max_bytes)
        return None
    found = _differences(desk, sent.form, lang)
    if any(f"take_{name}" in sent.typed for name in CONTESTED):
        sent.differences = found
    if not _is_current(desk, sent.form) and found:
        sent.differences, sent.is_contested = found, True
        return None
    submission = Submission(sent.form, lang, sent.uploads, demo=request.app.state.demo)
    problems = problems_in(submission, desk.milestone, desk.evidence, on=desk.today, max_bytes=max_bytes)
    # Who has nothing new to say need not explain what stands already.
    sent.errors += [one for one in problems if not (sent.form.nothing_new and one[0] in _SAID)]
    return None if sent.errors else submission


_SAID = frozenset(CONTESTED)


def _is_current(desk: Desk, form: ReportForm) -> bool:
    waiting = desk.undecided.version if desk.undecided else 0
    return form.version == desk.milestone.version and form.report_version == waiting


def _differences(desk: Desk, form: ReportForm, lang: str) -> Sequence[Contested]:
    if desk.undecided is None:
        return differences(desk.milestone, form, lang)
    sent = {name: "" if getattr(form, name) is None else str(getattr(form, name)) for name in CONTESTED}
    return contested(desk.said(lang), sent, CONTESTED)


def report_context(request: AnyRequest, desk: Desk, filled: Filled, *, action: str, back: str) -> dict[str, Any]:
    """What the form's template needs. `action` is where it is sent, `back` where its writer came from."""
    lang, milestone = place_of(request).lang, desk.milestone
    problems = [(name, translate(lang, message)) for name, message in filled.errors]
    settings = request.app.state.settings
    waiting = desk.undecided.version if desk.undecided else 0
    seen = {"version": milestone.version, "report_version": waiting}
    # What was seen, until both texts were shown: a form that comes back has not seen the newer text.
    versions = seen if filled.is_contested else {name: filled.typed.get(name, now) for name, now in seen.items()}
    return {
        "step": step_of(milestone, milestone.commitment.code, on=desk.today, by=request.user),
        "milestone": milestone,
        "commitment_title": Localized.model_validate(milestone.commitment.title),
        "indicator": _localised(milestone.content.get("indicator")),
        "expected_output": _localised(milestone.content.get("expected_output")),
        "plan": milestone.commitment.plan,
        "evidence": [(one, Localized.model_validate(one.title)) for one in desk.evidence],
        "elsewhere": {
            "text": _in_other_languages(milestone.progress_text, lang),
            "late_reason": _in_other_languages(milestone.late_reason, lang),
        },
        "period": desk.period,
        "report": desk.report,
        "is_reviewer": permits(request.user, Permission.REPORT_REVIEW),
        "typed": Typed(filled.typed),
        "errors": by_field(problems),
        "problems": [(PLACES.get(name, name), message) for name, message in problems],
        "differences": filled.differences,
        "is_contested": filled.is_contested,
        **versions,
        "today": desk.today,
        "lost_files": [upload.file_name for upload in filled.uploads.values()],
        "file_places": list(range(1, min(FILES, settings.max_files_per_form) + 1)),
        "accept": ",".join(ending for endings in KINDS.values() for ending in endings),
        "max_megabytes": settings.max_upload_bytes // MEBIBYTE,
        "longest": LONGEST,
        "action": action,
        "back": back,
    }


class Typed(dict[str, Any]):
    """What stands in each field; a field nobody filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def by_field(errors: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The first message of each field; the others follow once that is mended."""
    return Typed(dict(reversed(errors)))


def _localised(value: dict[str, Any] | None) -> Localized | None:
    return Localized.model_validate(value) if value else None


def _in_other_languages(value: dict[str, Any] | None, lang: str) -> list[tuple[str, str]]:
    """What is said in languages other than the one being written, by language."""
    texts = _localised(value)
    return [(code, text) for code, text in texts.texts.items() if code != lang] if texts else []
