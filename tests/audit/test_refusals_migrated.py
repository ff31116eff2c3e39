"""What strangers tried before there was one row an hour is thinned out; what people tried stays."""

from uuid import uuid4

import psycopg
from alembic import command

from ogpmonitor.kit import migrate

ROW = """INSERT INTO workbench.refusals (id, tenant_id, at, actor_id, permission, method, path)
         VALUES (gen_random_uuid(), %s, %s, %s, 'assessment:read', 'GET', %s)"""


def test_of_strangers_in_one_hour_the_first_stays(empty_database_url: str, secret: str) -> None:
    migrate.ensure_roles(empty_database_url, secret=secret)
    command.upgrade(migrate.alembic_config(empty_database_url), "0003")
    here, elsewhere, person = uuid4(), uuid4(), uuid4()
    with psycopg.connect(migrate.conninfo(empty_database_url)) as connection:
        for tenant, at, actor, path in [
            (here, "2026-11-20 10:05+00", None, "/second"),
            (here, "2026-11-20 10:01+00", None, "/first"),
            (here, "2026-11-20 10:59+00", None, "/third"),
            (here, "2026-11-20 11:00+00", None, "/next-hour"),
            (elsewhere, "2026-11-20 10:30+00", None, "/next-door"),
            (here, "2026-11-20 10:05+00", person, "/a"),
            (here, "2026-11-20 10:06+00", person, "/b"),
        ]:
            connection.execute(ROW, [tenant, at, actor, path])

    migrate.upgrade(empty_database_url, secret=secret)

    with psycopg.connect(migrate.conninfo(empty_database_url)) as connection:
        left = connection.execute("SELECT path FROM workbench.refusals ORDER BY path").fetchall()
        sealed = connection.execute(
            """SELECT relforcerowsecurity, (SELECT tgenabled FROM pg_trigger
                                            WHERE tgrelid = c.oid AND tgname = 'refuse_change')
               FROM pg_class c WHERE oid = 'workbench.refusals'::regclass"""
        ).fetchone()
    assert [path for (path,) in left] == ["/a", "/b", "/first", "/next-door", "/next-hour"]
    assert sealed == (True, "O")
