"""`/desk/jobs`: the work that people need not wait for: what waits, what failed, who does it."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.desk import queries, service, wording
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other


class JobsController(Controller):
    """For operators. It shows kinds of jobs and classes of errors; nothing of what a job was given."""

    path = "/{lang:str}/desk/jobs"

    @get("/", permission=Permission.JOB_RETRY)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        lang = place_of(request).lang
        return page(
            request,
            "desk/jobs.html",
            queue=[
                (wording.task_words(one.task, lang), _status(one.status, lang), one)
                for one in await queries.queue(session)
            ],
            failed=[(wording.task_words(one.task, lang), one) for one in await queries.failed_jobs(session)],
            most=queries.MOST_JOBS,
            workers=await queries.workers(session),
            done=done,
        )

    @post("/{job:int}/retry", permission=Permission.JOB_RETRY)
    async def retry(self, request: AnyRequest, session: NamedDependency[TenantSession], job: FromPath[int]) -> Redirect:
        """The job waits again; 409 where it is no longer among those that failed."""
        await service.retry(session, job, by=request.user)
        return see_other(request, "desk/jobs/?done=retried")


def _status(status: str, lang: str) -> str:
    return translate(lang, wording.STATUSES[status])
