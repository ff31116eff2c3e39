"""Puts everything together; the only module that knows every room."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from litestar import Litestar, MediaType, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ControllerRouterHandler
from sqlalchemy import make_url
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.discovery import Discovery
from ogpmonitor.accounts.middleware import FindActor, authorize
from ogpmonitor.accounts.oidc import Client
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.providers import Providers
from ogpmonitor.accounts.routes import SignInController
from ogpmonitor.accounts.routes_account import AccountController
from ogpmonitor.accounts.routes_data import DataController
from ogpmonitor.accounts.routes_email import EmailLinkController
from ogpmonitor.accounts.routes_invitations import InvitationController
from ogpmonitor.accounts.routes_people import PeopleController
from ogpmonitor.accounts.routes_providers import ProviderController
from ogpmonitor.accounts.routes_roles import RolesController
from ogpmonitor.accounts.routes_staff import StaffController
from ogpmonitor.assessments.routes import AssessmentController
from ogpmonitor.assessments.routes_asking import ClarificationController
from ogpmonitor.assessments.routes_second import SecondReviewController
from ogpmonitor.assessments.routes_steps import AssessmentStepController
from ogpmonitor.boards.routes import BoardsController
from ogpmonitor.comparison.routes import ComparisonController, DeskController
from ogpmonitor.desk.routes import JurisdictionsController, RecordController
from ogpmonitor.desk.routes_jobs import JobsController
from ogpmonitor.desk.wording import DEEDS
from ogpmonitor.evidence.library import LibraryController
from ogpmonitor.evidence.routes import WorkbenchEvidenceController
from ogpmonitor.health.readiness import Readiness
from ogpmonitor.health.routes import HealthController
from ogpmonitor.history.routes import HistoryController
from ogpmonitor.history.wording import ACTIONS
from ogpmonitor.imports.routes import ImportController
from ogpmonitor.kit import log as logs
from ogpmonitor.kit.bodies import Patience
from ogpmonitor.kit.cookies import PrefixedCookies
from ogpmonitor.kit.db import Database, RegisterSession, TenantSession
from ogpmonitor.kit.errors import Conflict, DomainError, Invalid, Unavailable
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.headers import SAFE_METHODS, SameOriginOnly, SecurityHeaders
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.metrics import NO_CONNECTION
from ogpmonitor.kit.observing import Observed
from ogpmonitor.kit.respond import refusal, refusal_with
from ogpmonitor.kit.static import program_files
from ogpmonitor.kit.storage import Storage
from ogpmonitor.kit.templating import templates_in
from ogpmonitor.limits.middleware import CountByAddress, count_by_account
from ogpmonitor.limits.service import Limits
from ogpmonitor.limits.uploads import count_uploads
from ogpmonitor.mandates.routes import MandateController, MonitoringController
from ogpmonitor.notifications.routes import DutiesController, NoticesController, StopController
from ogpmonitor.notifications.routes_mail import MailboxController, OutboxController
from ogpmonitor.opendata.routes import WellKnownController
from ogpmonitor.opendata.routes_calendar import CalendarController
from ogpmonitor.periods import requests
from ogpmonitor.periods.requested import list_units
from ogpmonitor.periods.routes import PeriodController
from ogpmonitor.periods.routes_answers import AnswerController, LinkController
from ogpmonitor.periods.routes_grid import GridController
from ogpmonitor.periods.routes_reports import ReportController as MilestoneReportController
from ogpmonitor.periods.routes_reports import ReviewController
from ogpmonitor.periods.routes_requests import RequestController
from ogpmonitor.plans.routes import WorkbenchController
from ogpmonitor.plans.routes_amending import AmendController
from ogpmonitor.plans.routes_commitments import CommitmentWritingController
from ogpmonitor.plans.routes_measuring import MeasureController
from ogpmonitor.plans.routes_milestones import MilestoneWritingController
from ogpmonitor.plans.routes_publishing import PublishController
from ogpmonitor.plans.routes_submitting import SubmitController
from ogpmonitor.plans.routes_writing import PlanWritingController
from ogpmonitor.portal.assets import ComponentsController, StaticController
from ogpmonitor.portal.cache import PageCache
from ogpmonitor.portal.routes import (
    CardController,
    EvidenceController,
    JurisdictionController,
    MethodController,
    PlanController,
    PlatformController,
    RootController,
)
from ogpmonitor.preview.routes import PreviewController
from ogpmonitor.register.announcements import Announcements
from ogpmonitor.register.field_labels import field_label
from ogpmonitor.register.log import read_signing_key
from ogpmonitor.register.routes import VerifyController
from ogpmonitor.replies.routes import ReplyController
from ogpmonitor.reports.routes import ReportController
from ogpmonitor.settings import Settings
from ogpmonitor.support.routes import SupportController
from ogpmonitor.tenants.directory import TENANTS_SYNCED, TenantDirectory
from ogpmonitor.tenants.middleware import FindPlace, OwnHosts
from ogpmonitor.tenants.sign_in import read_platform

log = structlog.get_logger()
ROUTES: Sequence[ControllerRouterHandler] = (
    ComponentsController,
    AssessmentController,
    AssessmentStepController,
    ClarificationController,
    SecondReviewController,
    ComparisonController,
    DeskController,
    JobsController,
    JurisdictionsController,
    RecordController,
    HealthController,
    ReportController,
    SignInController,
    ProviderController,
    EmailLinkController,
    AccountController,
    DataController,
    InvitationController,
    PeopleController,
    RolesController,
    StaffController,
    StaticController,
    VerifyController,
    WellKnownController,
    CalendarController,
    RootController,
    PlatformController,
    MethodController,
    JurisdictionController,
    PlanController,
    CardController,
    EvidenceController,
    WorkbenchController,
    PreviewController,
    PublishController,
    BoardsController,
    MeasureController,
    ImportController,
    LibraryController,
    PeriodController,
    GridController,
    MilestoneReportController,
    ReviewController,
    SubmitController,
    AmendController,
    PlanWritingController,
    CommitmentWritingController,
    MilestoneWritingController,
    WorkbenchEvidenceController,
    RequestController,
    LinkController,
    AnswerController,
    HistoryController,
    MandateController,
    MonitoringController,
    SupportController,
    ReplyController,
    DutiesController,
    NoticesController,
    StopController,
    MailboxController,
    OutboxController,
)
FORM_OVERHEAD_BYTES = 1024 * 1024


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The whole service as one ASGI application, configured by `settings` or else by the environment."""
    if settings is None:
        settings = Settings()
        logs.configure(level=settings.log_level, shape=settings.log_format)
    database = settings.database()
    directory = TenantDirectory(database)
    app = _litestar(settings, database, directory)
    cache = PageCache(OwnHosts(Patience(app), directory, settings.base_url))
    app.state.page_cache = cache
    named: ASGIApp = PrefixedCookies(cache, on_paths={requests.COOKIE}) if settings.cookie_secure else cache
    guarded = SecurityHeaders(named, https=settings.base_url.startswith("https:"))
    return Observed(guarded, lines=settings.log_requests)


def _litestar(settings: Settings, database: Database, directory: TenantDirectory) -> Litestar:
    storage = Storage.at(settings.files_url)
    limits = Limits(
        database,
        settings.secret_key.get_secret_value(),
        factor=settings.limits_factor,
        trusted=settings.proxy_networks,
        header=settings.proxy_header,
    )
    state = State(
        {
            "settings": settings,
            "demo": settings.demo,
            "permits": _permits,
            "field_words": _field_words,
            "unit_names": _unit_names,
            "action_words": {**DEEDS, **ACTIONS},
            "database": database,
            "directory": directory,
            "limits": limits,
            "providers": _providers(settings, directory),
            "oidc": _client(settings),
            "static": program_files(),
            "templates": templates_in(settings.templates_folder, reload=settings.development),
            "storage": storage,
            "readiness": Readiness(database, storage),
            "signing_key": read_signing_key(settings.signing_key_file),
        }
    )
    return Litestar(
        route_handlers=list(ROUTES),
        state=state,
        lifespan=[_running],
        guards=[authorize, count_by_account],
        middleware=[
            FindPlace(directory, settings.base_url),
            SameOriginOnly(),
            CountByAddress(limits),
            FindActor(
                database,
                idle=timedelta(minutes=settings.session_idle_minutes),
                demo=settings.demo,
                find_holder=requests.find_holder,
            ),
        ],
        dependencies={"session": Provide(_session), "register": Provide(_register)},
        exception_handlers={
            DomainError: _refuse,
            StaleDataError: _refuse_stale,
            DataError: _refuse_unfit,
            NoConnectionFree: _refuse_without_database,
            OperationalError: _refuse_without_database,
            ExceptionGroup: _refuse_several,
            HTTPException: _refuse_http,
            Exception: _fail,
        },
        compression_config=CompressionConfig(backend="brotli", brotli_quality=5, brotli_gzip_fallback=True),
        request_max_body_size=settings.max_upload_bytes * settings.max_files_per_form + FORM_OVERHEAD_BYTES,
        openapi_config=None,
        logging_config=None,  # ours is set up already, and Litestar would put its own in its place
    )


def _providers(settings: Settings, directory: TenantDirectory) -> Providers:
    """Where people sign in: the platform's providers as its file says now, each jurisdiction's as it was synced."""
    return Providers(directory, read_platform(settings.tenants_folder).providers, settings.client_secrets)


def _client(settings: Settings) -> Client:
    """This deployment before the providers at which people sign in."""
    secret, skew = settings.secret_key.get_secret_value(), timedelta(seconds=settings.clock_skew_seconds)
    return Client(Discovery(), secret=secret, skew=skew)


def _permits(actor: Actor | None, permission: str, thing: object = None) -> bool:
    """What a template asks before it shows a button: the same table as the route behind it."""
    return permits(actor or STRANGER, Permission(permission), thing)


def _field_words(lang: str, name: str) -> str:
    """What a form's field is called where it is read back: as the published field that it becomes."""
    return field_label(lang, {"text": "progress_text"}.get(name, name))


async def _unit_names(session: TenantSession) -> Sequence[str]:
    """The units that a contact can report for, for the room of people, which stands below the one that knows them."""
    return [unit.name for unit in await list_units(session)]


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    """The directory is read, and publications are heard of until the application stops."""
    database: Database = app.state.database
    directory: TenantDirectory = app.state.directory
    cache: PageCache = app.state.page_cache

    def hear(jurisdiction: str | None) -> None:
        cache.enabled = announcements.is_listening
        cache.forget(jurisdiction)
        if jurisdiction is None and announcements.is_listening:
            refreshing.add(task := asyncio.ensure_future(refresh()))
            task.add_done_callback(refreshing.discard)

    async def refresh() -> None:
        await directory.refresh()
        cache.forget(None)  # a page may have been made meanwhile from what the directory said before

    refreshing: set[asyncio.Future[None]] = set()
    url = make_url(app.state.settings.direct_public_url).set(drivername="postgresql")
    announcements = Announcements(url.render_as_string(hide_password=False), hear, (TENANTS_SYNCED,))
    await directory.refresh()
    app.state.limits.begin()
    listening = asyncio.create_task(announcements.run())
    try:
        yield
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await asyncio.gather(*refreshing, return_exceptions=True)  # they hold a connection until they are done
        await database.close()


async def _session(request: Request[Any, Any, Any]) -> AsyncGenerator[TenantSession]:
    """One transaction sealed to the tenant and the actor of the request, read-only where nothing may change.

    A form is read before it opens: who sends slowly keeps neither a connection nor a row from others.
    """
    if request.method not in SAFE_METHODS:
        await count_uploads(request, await read_form(request))
    tenant, actor = request.state.place.tenant, request.user
    database: Database = request.app.state.database
    async with database.tenant_session(
        tenant.id if tenant else None,
        actor.id,
        key=actor.key_sha256,
        sign_in=actor.sign_in_id,
        read_only=request.method in SAFE_METHODS,
    ) as session:
        yield session


async def _register(request: Request[Any, Any, Any]) -> AsyncGenerator[RegisterSession]:
    """One read-only transaction on what has been published."""
    database: Database = request.app.state.database
    async with database.register_session() as session:
        yield session


def _refuse(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    return refusal(request, error)


def _refuse_stale(request: Request[Any, Any, Any], _error: StaleDataError) -> Response[Any]:
    message = msgid("Somebody else changed this while you were writing.")
    return refusal(request, Conflict("row.changed_meanwhile", message))


def _refuse_unfit(request: Request[Any, Any, Any], error: DataError) -> Response[Any]:
    """What was asked for or sent fits no column: a NUL in a text, a number beyond every id."""
    log.warning("request.unfit", reason=type(error.orig).__name__, path=logs.told(request.url.path))
    return refusal(request, Invalid("request.unfit"))


def _refuse_without_database(
    request: Request[Any, Any, Any], error: OperationalError | NoConnectionFree
) -> Response[Any]:
    NO_CONNECTION.inc()
    log.error("database.away", reason=str(getattr(error, "orig", error)))
    return refusal(request, Unavailable("database.away"))


def _refuse_several(request: Request[Any, Any, Any], error: ExceptionGroup[Exception]) -> Response[Any]:
    """A route's dependencies are made side by side, and what stops one arrives in a group."""
    away = error.subgroup((OperationalError, NoConnectionFree))
    if away is None:
        return _fail(request, error)
    log.error("database.away", reason=str(away.exceptions[0]).splitlines()[0])
    return refusal(request, Unavailable("database.away"))


def _refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return refusal_with(request, error.status_code, code=f"http.{error.status_code}", headers=error.headers)


def _fail(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log.error("request.failed", exc_info=error, method=request.method, path=logs.told(request.url.path))
    try:
        return refusal_with(request, 500, code="failed")
    except Exception:  # noqa: BLE001  the page that says so must not fail in turn
        return Response("500", status_code=500, media_type=MediaType.TEXT)
