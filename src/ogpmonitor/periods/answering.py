"""What somebody who came by a request's link says about one milestone: the same rules as in everyone's form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.forms import Form, gather
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.storage import Storage
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.reporting import (
    Difference,
    Submission,
    differences,
    problems_in,
    problems_of_files,
    report_with_evidence,
    said_now,
)
from ogpmonitor.plans.schemas import FILES, ReportForm

TOO_MANY = msgid("One place takes one file.")


@dataclass
class Answer:
    """What stands in the form about one milestone, and what keeps it from being saved. `errors` are (field, msgid)."""

    typed: dict[str, Any]
    errors: list[tuple[str, str]] = field(default_factory=list)
    uploads: dict[int, Upload] = field(default_factory=dict)
    differences: Sequence[Difference] = ()
    is_contested: bool = False
    submission: Submission | None = None


def known(milestone: Milestone, lang: str) -> Answer:
    """The form as the milestone fills it in."""
    return Answer(dict(said_now(milestone, lang)))


async def read(
    sent: Mapping[str, Any],
    milestone: Milestone,
    backing: Sequence[Evidence],
    *,
    lang: str,
    on: date,
    max_bytes: int,
    demo: bool,
) -> Answer:
    """What was `sent` about `milestone`: with a submission that may be saved, or with everything that is wrong."""
    data = gather(sent)
    files = {name: data.pop(name) for name in list(data) if name.startswith("file_") and "title" not in name}
    form = Form.of(ReportForm, data)
    answer = Answer(form.data, [(name, said[0]) for name, said in form.errors.items()])
    for place in range(1, FILES + 1):
        one = files.get(f"file_{place}")
        if isinstance(one, list):
            answer.errors.append((f"file_{place}", TOO_MANY))
        elif isinstance(one, UploadFile) and one.filename:
            answer.uploads[place] = Upload(one.filename, await one.read(max_bytes + 1))
    if form.value is None:
        answer.errors += problems_of_files(answer.uploads, max_bytes=max_bytes)
        return answer
    found = differences(milestone, form.value, lang)
    if form.value.version != milestone.version and found:
        answer.differences, answer.is_contested = found, True
        return answer
    submission = Submission(form.value, lang, answer.uploads, demo=demo)
    answer.errors += problems_in(submission, milestone, backing, on=on, max_bytes=max_bytes)
    answer.submission = None if answer.errors else submission
    return answer


async def save(
    session: AsyncSession,
    storage: Storage,
    milestone: Milestone,
    submission: Submission,
    *,
    on: date,
    max_bytes: int,
    by: Actor,
) -> None:
    """The report is kept, whole.

    Raises:
        NotPermitted: `by` was not asked about this milestone.
    """
    await report_with_evidence(session, storage, milestone, submission, on=on, max_bytes=max_bytes, by=by)
