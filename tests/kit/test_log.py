"""Lines of the log."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from ogpmonitor.kit import log


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_json_line_carries_event_facts_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level="INFO", shape="json")

    structlog.get_logger().warning("edition.published", jurisdiction="peñalolén")

    told = json.loads(capsys.readouterr().err)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": "edition.published", "jurisdiction": "peñalolén", "level": "warning"}


def test_lines_of_libraries_have_the_same_shape(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level="INFO", shape="json")

    logging.getLogger("some.library").error("broke %s", "here")

    assert json.loads(capsys.readouterr().err)["event"] == "broke here"


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level="WARNING", shape="text")

    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")

    err = capsys.readouterr().err
    assert "loud" in err
    assert "quiet" not in err


@pytest.mark.parametrize("shape", ["json", "text"])
def test_exception_tells_where_and_never_what_variables_held(shape: str, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level="INFO", shape=shape)

    def fail() -> None:
        _typed = "nobody may log this".upper()
        raise ValueError("out of range")

    try:
        fail()
    except ValueError as error:
        structlog.get_logger().error("request.failed", exc_info=error)

    err = capsys.readouterr().err
    assert "out of range" in err
    assert "test_log.py" in err
    assert "NOBODY MAY LOG THIS" not in err
