"""A worker that is stuck or crashes ends, and says so; the next one reads what it left."""

import sys
import time
import uuid

import pytest

from streams.cli.processes import environment
from tests.broker.road import Road, article, contains, expected_alerts, unique
from tests.commands import captured

pytestmark = pytest.mark.apache
SUMMIT = "Ministers of the Arctic Council met in Tromsø and agreed on a search-and-rescue drill off Svalbard."


def test_a_worker_that_has_read_everything_is_left_alone(road: Road) -> None:
    run = uuid.uuid4().hex
    road.crew.muster("stories")
    with road.worker("tagging", stuck_after="8") as worker:
        values = [article(run, unique(SUMMIT))]
        road.send(values)
        road.alerts.about(run, contains(expected_alerts(values)))
        time.sleep(16)
        assert worker.process.running, worker.log


def test_a_worker_that_raises_leaves_everything_to_the_next_one(road: Road) -> None:
    run = uuid.uuid4().hex
    road.crew.muster("stories")
    values = [article(f"{run}-{number}", unique(SUMMIT)) for number in range(3)]
    road.send(values)
    before = road.committed("tagging")
    done = captured(sys.executable, "-m", "tests.broker.sabotage", "batch-raises", env=environment(road.environment))
    assert done.returncode == 1, done.stdout
    assert road.committed("tagging") == before
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))
    assert {each.id: each.value for each in road.alerts.all_about(run)} == wanted


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("batch-hangs", "no progress at articles/"),
        ("consumer-dead", "no progress at articles/"),
        ("loop-blocked", "the event loop has not turned for 5 s"),
    ],
)
def test_a_stuck_worker_ends_with_code_70_and_the_next_one_reads_what_it_left(road: Road, way: str, said: str) -> None:
    run = uuid.uuid4().hex
    road.crew.muster("stories")
    values = [article(f"{run}-{number}", unique(SUMMIT)) for number in range(3)]
    road.send(values)
    settings = environment({**road.environment, "stuck_after": "5"})
    done = captured(sys.executable, "-m", "tests.broker.sabotage", way, env=settings)
    assert done.returncode == 70, done.stdout
    (line,) = (line for line in done.stdout.splitlines() if '"event": "stuck"' in line)
    assert said in line
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))
    assert {each.id: each.value for each in road.alerts.all_about(run)} == wanted
