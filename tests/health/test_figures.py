"""What Prometheus is told."""

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from tests.factories.programs import free_port, rows

from ogpmonitor.health.figures import CannotListen, told_at
from ogpmonitor.settings import Settings

QUEUE = "ogpmonitor_jobs"
DEFER = """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at)
           VALUES ('default', %s, %s::jobs.procrastinate_job_status, now() + make_interval(secs => %s)) RETURNING id"""
Figures = dict[tuple[str, tuple[str, ...]], float]


def told(settings: Settings) -> Figures:
    """Every figure by its name and labels, as it is told over HTTP."""
    listen = f"127.0.0.1:{free_port()}"
    with told_at(listen, CollectorRegistry(), settings.app_url):
        answer = httpx.get(f"http://{listen}/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def empty_queue(settings: Settings) -> Settings:
    """A deployment with nothing to do."""
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    return settings


def test_the_queue_is_told_by_task_and_state(empty_queue: Settings) -> None:
    for state in ("todo", "todo", "failed"):
        rows(empty_queue, DEFER, "reports.render_edition", state, 0)

    figures = told(empty_queue)

    assert {key: value for key, value in figures.items() if key[0] == QUEUE} == {
        (QUEUE, ("todo", "reports.render_edition")): 2,
        (QUEUE, ("failed", "reports.render_edition")): 1,
    }


def test_the_longest_wait_is_that_of_what_is_due(empty_queue: Settings) -> None:
    rows(empty_queue, DEFER, "late", "todo", -600)
    rows(empty_queue, DEFER, "later", "todo", -60)
    rows(empty_queue, DEFER, "put off", "todo", 3600)
    rows(empty_queue, DEFER, "running", "doing", -9000)

    assert 600 <= told(empty_queue)[f"{QUEUE}_oldest_waiting_seconds", ()] < 660


def test_nothing_waits_in_an_empty_queue(empty_queue: Settings) -> None:
    assert told(empty_queue)[f"{QUEUE}_oldest_waiting_seconds", ()] == 0


def test_the_log_is_told_by_its_length_and_newest_entry(settings: Settings) -> None:
    ((length, newest),) = rows(settings, "SELECT count(*), extract(epoch FROM max(at)) FROM register.log_entries")
    assert length

    figures = told(settings)

    assert figures["ogpmonitor_log_entries", ()] == length
    assert figures["ogpmonitor_log_newest_timestamp_seconds", ()] == float(str(newest))


def test_living_workers_are_counted_and_silent_ones_are_not(settings: Settings) -> None:
    rows(settings, "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '2 min')")

    assert told(settings)["ogpmonitor_workers", ()] == 1


def test_a_database_that_is_away_is_told_and_nothing_is_made_up(settings: Settings) -> None:
    away = settings.model_copy(update={"app_database_url": f"postgresql://a@127.0.0.1:{free_port()}/nowhere"})

    figures = told(away)

    assert figures["ogpmonitor_database_up", ()] == 0
    assert sorted(name for name, _ in figures) == ["ogpmonitor_database_up", "ogpmonitor_release"]


def test_figures_say_nothing_of_who_and_where(settings: Settings) -> None:
    names = {str(slug) for (slug,) in rows(settings, "SELECT slug FROM platform.tenants")}
    assert names

    assert names & {label for _, labels in told(settings) for label in labels} == set()


def test_without_an_address_nobody_is_told(settings: Settings) -> None:
    with told_at(None, CollectorRegistry(), settings.app_url):
        pass


def test_a_taken_address_is_one_sentence(settings: Settings) -> None:
    listen = f"127.0.0.1:{free_port()}"
    with (
        told_at(listen, CollectorRegistry(), settings.app_url),
        pytest.raises(CannotListen, match=f"OGPMONITOR_METRICS_LISTEN: cannot listen on {listen} "),
        told_at(listen, CollectorRegistry(), settings.app_url),
    ):
        pass
