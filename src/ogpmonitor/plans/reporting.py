"""Reporting one milestone from a form: what was done and what backs it, together or not at all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence import queries as evidences
from ogpmonitor.evidence import service as evidence
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.contested import Contested, contested
from ogpmonitor.kit.errors import DomainError, Invalid
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, sha256_of
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.schemas import CONTESTED, FILES, LONGEST_TITLE, ReportForm
from ogpmonitor.plans.service import Report, problems_of, said_in

DAYS = ("started_on", "completed_on", "expected_on")
TEXTS: Mapping[str, str] = {"text": "progress_text", "late_reason": "late_reason"}  # form field: column


@dataclass(frozen=True)
class Submission:
    """What one form says about one milestone. `uploads` are the files sent, by their place in the form (from 1)."""

    form: ReportForm
    lang: str
    uploads: Mapping[int, evidence.Upload] = field(default_factory=dict)
    demo: bool = False


def said_now(milestone: Milestone, lang: str) -> dict[str, str]:
    """What the milestone's fields say in `lang`, as a form shows them; a text that is not in `lang` is empty."""
    words = {name: (getattr(milestone, column) or {}).get(lang, "") for name, column in TEXTS.items()}
    days = {name: str(getattr(milestone, name) or "") for name in DAYS}
    share = "" if milestone.percent is None else str(milestone.percent)
    return {"progress": milestone.progress, **words, **days, "percent": share}


def differences(milestone: Milestone, form: ReportForm, lang: str) -> Sequence[Contested]:
    """Where `form` differs from what the milestone says now, in the order of the form."""
    return contested(said_now(milestone, lang), {name: _typed(getattr(form, name)) for name in CONTESTED}, CONTESTED)


def _typed(value: Any) -> str:
    return "" if value is None else str(value)


def report_of(submission: Submission, milestone: Milestone) -> Report:
    """What `submission` says, in fields where the other's text was chosen what the milestone says already."""
    form, lang = submission.form, submission.lang
    days = {name: getattr(form if form.side(name) == "mine" else milestone, name) for name in (*DAYS, "percent")}
    return Report(
        progress=form.progress if form.side("progress") == "mine" else type(form.progress)(milestone.progress),
        text=_text_of(submission, milestone, "text", lang),
        late_reason=_text_of(submission, milestone, "late_reason", lang),
        demo=submission.demo,
        **days,
    )


def _text_of(submission: Submission, milestone: Milestone, name: str, lang: str) -> Localized | None:
    before: dict[str, Any] | None = getattr(milestone, TEXTS[name])
    if submission.form.side(name) == "theirs":
        return Localized.model_validate(before) if before else None
    return said_in(lang, getattr(submission.form, name), before)


def problems_in(
    submission: Submission, milestone: Milestone, backing: Sequence[Evidence], *, on: date, max_bytes: int
) -> Iterator[tuple[str, str]]:
    """Every (field, message) that keeps `submission` from being saved; `backing` is the evidence that stands now."""
    for problem in problems_of(milestone, report_of(submission, milestone), on=on):
        yield str(problem.facts["field"]), problem.message
    yield from problems_of_files(submission.uploads, max_bytes=max_bytes)
    yield from _problems_of_titles(submission)
    yield from _problems_of_link(submission.form)
    withdrawn = [one for one in backing if one.id in submission.form.withdraw]
    if any(one.published_at for one in withdrawn) and not submission.form.withdraw_reason:
        yield "withdraw_reason", msgid("Say why: this evidence has been published.")


def problems_of_files(uploads: Mapping[int, evidence.Upload], *, max_bytes: int) -> Iterator[tuple[str, str]]:
    """A (field, message) for each file that may not be kept."""
    for place, upload in uploads.items():
        try:
            evidence.check_file(upload, max_bytes=max_bytes)
        except DomainError as refused:
            yield f"file_{place}", refused.message


def _problems_of_titles(submission: Submission) -> Iterator[tuple[str, str]]:
    """A browser forgets chosen files when a form comes back: a title left alone says that one is missing."""
    for place in range(1, FILES + 1):
        if submission.form.file_title(place) and place not in submission.uploads:
            yield f"file_{place}", msgid("Choose the file that this title belongs to, or clear the title.")


def _problems_of_link(form: ReportForm) -> Iterator[tuple[str, str]]:
    if form.link_url is None:
        if form.link_title is not None:
            yield "link_url", msgid("Give the address that this title belongs to.")
        return
    try:
        evidence.check_link(form.link_url)
    except Invalid as refused:
        yield "link_url", refused.message


async def submit_evidence(
    session: AsyncSession,
    storage: Storage,
    milestone: Milestone,
    submission: Submission,
    *,
    max_bytes: int,
    by: Actor,
) -> list[Evidence]:
    """What `submission` brings supports `milestone`, in the order of the form; what supports it already is left out.

    Nothing is public before it is published.

    Raises:
        NotPermitted: `by` is neither a coordinator nor in the responsible unit.
        Invalid, TooLarge: something may not be kept (ask `problems_in` first to say it beside the field).
    """
    kept = []
    for place, upload in submission.uploads.items():
        if await evidences.backed_by(session, milestone.id, sha256_of(upload.content)):
            continue
        about = _about(submission, submission.form.file_title(place) or _title_from(upload.file_name))
        file = await evidence.submit_file(
            session, storage, upload, about, max_bytes=max_bytes, by=by, backing=milestone
        )
        kept.append(file)
    url = submission.form.link_url
    if url and not await evidences.backed_by(session, milestone.id, sha256_of(url.encode())):
        about = _about(submission, submission.form.link_title or (urlsplit(url).hostname or url))
        kept.append(await evidence.submit_link(session, url, about, by=by, backing=milestone))
    for one in kept:
        await _back(session, milestone, one, by=by)
    return kept


async def _back(session: AsyncSession, milestone: Milestone, kept: Evidence, *, by: Actor) -> None:
    await evidence.support(session, kept, milestone.id)
    await audit.record(session, "milestone.backed", by=by, about=milestone, after={"evidence": str(kept.id)})


async def withdraw_evidence(
    session: AsyncSession, milestone: Milestone, ids: Collection[UUID], *, reason: str, by: Actor
) -> None:
    """What `ids` name supports this milestone no more; they come from a form, so only its own evidence is touched."""
    if not ids:
        return
    backing = (await evidences.evidence_of_milestones(session, [milestone.id]))[milestone.id]
    for one in backing:
        if one.id in ids:
            await evidence.withdraw(session, one, reason=reason, by=by, backing=milestone)


def _about(submission: Submission, title: str) -> evidence.About:
    lang = submission.lang
    return evidence.About(
        Localized.of(lang, **{lang: title}),  # type: ignore[arg-type]  # mypy takes the code for `unofficial`
        restricted=submission.form.restricted,
        demo=submission.demo,
    )


def _title_from(file_name: str) -> str:
    """A file's name without folders and ending, for who gave it no title."""
    name = PurePosixPath(file_name.replace("\\", "/")).stem
    readable = "".join(letter if letter.isprintable() else " " for letter in name).strip()
    return readable[:LONGEST_TITLE].strip() or "1"
