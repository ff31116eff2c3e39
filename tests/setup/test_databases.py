"""The databases that tests are given."""

import psycopg
import pytest

from ogpmonitor.kit import migrate


def test_database_is_migrated_to_the_last_revision(database_url: str, secret: str) -> None:
    revision = migrate.current_revision(database_url)

    migrate.upgrade(database_url, secret=secret)

    assert revision is not None
    assert migrate.current_revision(database_url) == revision


def test_upgrade_fills_an_empty_database(empty_database_url: str, database_url: str, secret: str) -> None:
    assert migrate.current_revision(empty_database_url) is None

    migrate.upgrade(empty_database_url, secret=secret)

    assert migrate.current_revision(empty_database_url) == migrate.current_revision(database_url)


def test_upgrade_refuses_a_database_that_is_newer_than_the_code(empty_database_url: str, secret: str) -> None:
    migrate.upgrade(empty_database_url, secret=secret)
    with psycopg.connect(migrate.conninfo(empty_database_url)) as connection:
        connection.execute("UPDATE platform.schema_revisions SET version_num = '9999'")

    with pytest.raises(migrate.DatabaseNewerThanCode, match="9999"):
        migrate.upgrade(empty_database_url, secret=secret)
