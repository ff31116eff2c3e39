"""`/{lang}/{tenant}/plans/{plan}/reports`: the end-of-term report as a page, as PDF and as data."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page, shared
from ogpmonitor.limits.table import REPORT
from ogpmonitor.register.export import export_edition
from ogpmonitor.register.queries import latest_edition
from ogpmonitor.reports.composing import Composer, file_stem, page_context, report_path
from ogpmonitor.reports.endofterm import Source, end_of_term
from ogpmonitor.reports.queries import read_source
from ogpmonitor.reports.service import Press

NAME = "end-of-term"
KINDS = ("", "html", "json", "pdf")


class ReportController(Controller):
    """Every form of a report says the same, because each is made from the same edition and from nothing else."""

    path = "/{lang:str}/{tenant:str}/plans/{plan:str}/reports"

    @get("/{file:str}", permission=Permission.PUBLIC, limit=REPORT)
    async def show(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        plan: FromPath[str],
        file: FromPath[str],
        edition: FromQuery[int | None] = None,
    ) -> Response[bytes]:
        """The newest edition's report, or that of `edition`; the ending of the address chooses the form."""
        name, _, kind = file.partition(".")
        if name != NAME or kind not in KINDS:
            raise NotFound("report.not_found")
        source = await read_source(register, place_of(request).tenant.slug, plan, edition)
        if kind == "json":
            return _data(request, source)
        if kind == "pdf":
            await register.commit()  # while it waits for the press, its connection serves others
            return await _pdf(request, source)
        newest = await latest_edition(register, source.published.edition.jurisdiction, plan)
        return _page(request, source, is_newest=newest is None or newest.sha256 == source.published.edition.sha256)


def _page(request: AnyRequest, source: Source, *, is_newest: bool) -> Response[bytes]:
    place = place_of(request)
    number = source.published.edition.number
    asked = "" if is_newest else f"?edition={number}"
    path = report_path(place.tenant.slug, source.published.edition.plan)
    formats = [
        (translate(place.lang, "PDF to print and keep"), f"{place.href(f'{path}.pdf')}{asked}", "PDF/A-3a, PDF/UA-1"),
        (translate(place.lang, "Data of this edition"), f"{place.href(f'{path}.json')}{asked}", "JSON"),
    ]
    report = end_of_term(source, place.tenant.zone)
    context = page_context(report, place.lang, place.href)
    address = f"{place.base_url.rstrip('/')}/{place.lang}/{path}{asked}"
    return public_page(
        request, "reports/end_of_term.html", **context, canonical_url=address, formats=formats, is_newest=is_newest
    )


def _data(request: AnyRequest, source: Source) -> Response[bytes]:
    body = export_edition(source.published, source.proof)
    return shared(request, body, "application/json", **_named(f"{file_stem(source)}.json"))


async def _pdf(request: AnyRequest, source: Source) -> Response[bytes]:
    place = place_of(request)
    pdf = await press(request).pdf(source, place.tenant, place.lang)
    return shared(request, pdf, "application/pdf", **_named(f"{file_stem(source)}-{place.lang}.pdf"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="{name}"'}


def press(request: AnyRequest) -> Press:
    """The process's one press, made when the first report is asked for."""
    state = request.app.state
    if "press" not in state:
        settings = state.settings
        composer = Composer(state.templates, state.static, settings.templates_folder, settings.base_url)
        state["press"] = Press(state.storage, composer, settings)
    found: Press = state["press"]
    return found
