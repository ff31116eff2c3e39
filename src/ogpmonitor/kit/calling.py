"""Calling functions of the database that decide by themselves, and saying their refusals in our words."""

from collections.abc import Mapping
from typing import Any

from psycopg import errors
from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import DomainError


async def call(
    session: AsyncSession, statement: TextClause, values: Mapping[str, Any], *, gone: DomainError, refused: DomainError
) -> Any:
    """What the function returns. The transaction goes on also where it refuses.

    Raises:
        DomainError: `gone` where there is nothing (any more) to do it to, `refused` where this actor may not.
    """
    try:
        async with session.begin_nested():
            return await session.scalar(statement, dict(values))
    except DBAPIError as error:
        if isinstance(error.orig, errors.NoDataFound):
            raise gone from error
        if isinstance(error.orig, errors.InsufficientPrivilege):
            raise refused from error
        raise
