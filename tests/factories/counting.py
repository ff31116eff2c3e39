"""How many statements something costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

_NOTED: ContextVar[list[str] | None] = ContextVar("noted", default=None)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that this very task sends to PostgreSQL meanwhile; what runs beside it does not count."""
    statements: list[str] = []
    token = _NOTED.set(statements)
    try:
        yield statements
    finally:
        _NOTED.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    noted = _NOTED.get()
    if noted is not None:
        noted.append(statement)
