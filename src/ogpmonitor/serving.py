"""`ogpmonitor serve`: the web server's main process, which starts those that answer and tells their figures."""

import multiprocessing
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer

from ogpmonitor.health.figures import told_at
from ogpmonitor.kit import log as logs
from ogpmonitor.kit.metrics import Together, shared
from ogpmonitor.settings import Settings

# Granian's own lines go where ours go, in the same shape.
_LOGGERS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "level": "WARNING", "propagate": True}},
}
log = structlog.get_logger()
HEADERS_MILLISECONDS = 15_000
MOST_HEADERS_BYTES = 64 * 1024  # of one request's line and headers; ours need two


def serve(
    settings: Settings, *, host: str, port: int, workers: int, grace_seconds: int, reloaded: Sequence[Path] = ()
) -> None:
    """People are answered at `host` and `port` until a signal says stop; requests at hand are finished first.

    On SIGTERM or SIGINT nobody new is let in; whoever is not done after `grace_seconds` is cut off. A process that
    ends by itself is replaced; one that does so at once, again, ends the server. Changes in the `reloaded` folders
    start the processes anew.

    Raises:
        CannotListen: the address for figures is taken.
        SystemExit: the processes that answer could not be kept running.
    """
    logs.configure(level=settings.log_level, shape=settings.log_format)
    for doubt in settings.doubts:
        log.warning("settings.doubtful", doubt=doubt)
    # Not forked: this process has threads. A process that is spawned also imports what shares figures anew.
    multiprocessing.set_start_method("spawn", force=True)
    with ExitStack() as open_until_stopped:
        if settings.metrics_listen is not None:
            own = Together(open_until_stopped.enter_context(shared()))
            open_until_stopped.enter_context(told_at(settings.metrics_listen, own, settings.direct_app_url))
        server = web_server(
            "ogpmonitor.app:create_app",
            address=host,
            port=port,
            workers=workers,
            workers_kill_timeout=grace_seconds,
            respawn_failed_workers=not reloaded,
            reload=bool(reloaded),
            reload_paths=list(reloaded),
        )
        server.serve()


def web_server(factory: str, **chosen: Any) -> AbstractServer[Any]:
    """What answers with the application that `factory` names ("module:function"); `chosen` are Granian's own settings.

    It speaks HTTP/1 and nothing else, waits for headers no longer than HEADERS_MILLISECONDS, and reads no more of them
    than MOST_HEADERS_BYTES.
    """
    return Granian(
        factory,
        factory=True,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MILLISECONDS, max_buffer_size=MOST_HEADERS_BYTES),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGERS,
        **chosen,
    )
