"""The application as a whole."""

import logging

from ogpmonitor.app import create_app
from ogpmonitor.settings import Settings


def test_the_application_leaves_the_log_as_it_was_set_up(settings: Settings) -> None:
    before = logging.getLogger().handlers[:]

    create_app(settings)

    assert logging.getLogger().handlers == before
