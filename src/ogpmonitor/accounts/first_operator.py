"""The first operator of a deployment: invited from a terminal, by whoever holds the database's own password."""

import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.sql import func

from ogpmonitor.accounts.invitations import LASTING
from ogpmonitor.accounts.models import Invitation, PlatformRole
from ogpmonitor.accounts.service import token_hash
from ogpmonitor.kit.db import owner_session, utc_now
from ogpmonitor.kit.migrate import import_models


async def invite_operator(
    database_url: str, *, email: str, name: str, language: str, base_url: str
) -> tuple[str, datetime]:
    """The person is invited to be an operator; the link, told here and never again, and until when it works.

    An invitation of this address to the platform that was open is withdrawn. Also a way back for a deployment that has
    lost every operator.
    """
    import_models()  # an invitation names a jurisdiction's table, and a terminal knows only what it was told
    which, token, now = uuid4(), secrets.token_urlsafe(32), utc_now()
    async with owner_session(database_url) as session:
        await session.execute(
            update(Invitation)
            .where(
                Invitation.email == email.lower(),
                Invitation.invited_to.is_(None),
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now)
        )
        session.add(
            Invitation(
                id=which,
                email=email.lower(),
                name=name,
                role=PlatformRole.OPERATOR,
                language=language,
                token_sha256=token_hash(token),
                sent_at=now,
                expires_at=now + LASTING,
                demo=False,
            )
        )
        await session.execute(
            select(func.platform.note_deed("staff.invited", None, PlatformRole.OPERATOR.value, which, None))
        )
    return f"{base_url.rstrip('/')}/{language}/invitations/{token}/", now + LASTING
