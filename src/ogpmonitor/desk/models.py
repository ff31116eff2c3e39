"""What the worker says of a job that failed."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base


class JobFailure(Base):
    """One failure of one job: its error's class, never its words, which may hold what people wrote.

    Kept for ninety days. Only operators read it.
    """

    __tablename__ = "job_failures"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job: Mapped[int] = mapped_column(BigInteger, index=True)
    error: Mapped[str]
    at: Mapped[datetime]
