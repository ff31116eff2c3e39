"""What was done lately, by whom: one row for each limit and each who."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base


class Allowance(Base):
    """How much of one allowance is used up. Unlogged: a crash of the server forgets it, and so does a backup's copy."""

    __tablename__ = "allowances"
    __table_args__ = ({"schema": "platform", "prefixes": ["UNLOGGED"]},)

    name: Mapped[str] = mapped_column(primary_key=True)  # of the limit
    who: Mapped[str] = mapped_column(primary_key=True)  # a keyed hash: neither an address nor an account can be read
    used_until: Mapped[datetime]  # when all of it will be there again; past: the row says nothing any more
