"""One line per thing worth knowing, on standard error: JSON for machines, plain text for people.

What a person typed, a token, a password or a file's content is never passed to a logger.
"""

import logging
import re
import sys
from typing import Any

import structlog

# As long as the random part of a link, or longer, and not a fingerprint, which is public.
SECRET_PART = re.compile(r"(?<![\w-])(?![0-9a-f]{64}(?![\w-]))[\w-]{40,}")


def told(path: str) -> str:
    """`path` as it may stand in a log: without what opens something, such as the link of a request."""
    return SECRET_PART.sub("…", path)


def configure(*, level: str, shape: str) -> None:
    """Every logger of this process writes lines of `shape` ("json" or "text") at `level` and above, times in UTC."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if shape == "json":
        told = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold what nobody may log
        shared.append(structlog.processors.ExceptionRenderer(told))
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
