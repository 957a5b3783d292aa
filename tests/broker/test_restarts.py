"""Workers that are killed, stopped, joined by others, and made to read again: nothing lost, nothing new."""

import json
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from streams.cli.processes import environment
from streams.kafka.embedded import ChildProcess, free_ports
from tests.benchmarks.articles import article as generated
from tests.broker.road import STAGES, Received, Road, article, at_least, contains, eventually, expected_alerts, unique
from tests.invented import invented

pytestmark = pytest.mark.apache
SUMMIT = "Ministers of the Arctic Council met in Tromsø. They spoke of sanctions on Russia and of nuclear arms control."
COUNCIL = "Ministers of the Arctic Council met on Tuesday and agreed to extend the search-and-rescue pact."
STOPPED_WITHIN = 15.0


@cache
def prose(number: int) -> dict[str, str]:
    return generated(number, matching=False)


def articles(run: str) -> Iterator[bytes]:
    """Articles without end that no other run has put on the same cluster; every fifth tells a story of its own."""
    for number in count():
        one = prose(number % 200)
        if number % 5 == 0:
            own = invented(f"{run} {number}")
            one = {**one, "title": own[:60], "body": f"{COUNCIL} {own}.\n\n{one['body']}"}
        yield json.dumps({**one, "id": f"{run}-{number}"}).encode()


def told(text: str, run: str, number: int) -> list[bytes]:
    """So many articles, each of which tells a story of its own."""
    return [article(f"{run}-{each}", unique(text)) for each in range(number)]


@contextmanager
def feed(road: Road, run: str) -> Iterator[list[bytes]]:
    """Articles at 300 a second, for as long as the context lasts, and 2,000 at least: what was sent."""
    sent: list[bytes] = []
    over = threading.Event()

    def values() -> Iterator[bytes]:
        for value in articles(run):
            if len(sent) >= 2000 and over.is_set():
                return
            sent.append(value)
            yield value

    with ThreadPoolExecutor() as beside:
        feeding = beside.submit(road.send, values(), per_second=300)
        try:
            yield sent
            assert not feeding.done()
        finally:
            over.set()
        feeding.result()


def assert_nothing_lost_and_nothing_new(received: list[Received], wanted: dict[str, bytes]) -> None:
    """Every wanted alert has come; what came more than once is the same to the byte, and nothing else came."""
    assert {each.id for each in received} == wanted.keys()
    for each in received:
        assert each.value == wanted[each.id]


def test_stories_are_remembered_after_a_restart_that_lost_all_memory(road: Road) -> None:
    run, body = uuid.uuid4().hex, unique(SUMMIT)
    original = article(f"{run}-first", body)
    following = article(f"{run}-last", unique(SUMMIT))
    road.crew.muster("tagging", "stories")
    road.send([original], key=run.encode())
    road.alerts.about(run, contains(expected_alerts([original])))
    road.crew["stories"].kill()
    road.crew.muster("tagging", "stories")
    road.send([article(f"{run}-copy", body), following], key=run.encode())
    wanted = expected_alerts([original, following])
    assert_nothing_lost_and_nothing_new(road.alerts.about(run, contains(wanted)), wanted)


def test_workers_killed_in_the_middle_lose_nothing(road: Road) -> None:
    run = uuid.uuid4().hex
    road.crew.muster("tagging", "stories")
    with feed(road, run) as sent:
        for stage in STAGES:
            road.alerts.about(run, at_least(len(road.alerts.so_far(run)) + 30))
            road.crew[stage].kill()
            road.crew.muster("tagging", "stories")
    assert len(sent) >= 2000
    wanted = expected_alerts(sent)
    road.alerts.about(run, contains(wanted))
    assert_nothing_lost_and_nothing_new(road.alerts.all_about(run), wanted)


def test_workers_that_join_and_leave_during_a_feed_lose_nothing(road: Road) -> None:
    run = uuid.uuid4().hex
    road.crew.muster("tagging", "stories")
    second, third = road.worker("tagging").start(), road.worker("stories").start()
    with feed(road, run) as sent, second, third:
        eventually(lambda: second.metric("northwire_articles_total") > 50)
        assert (second.stop(), third.stop()) == (0, 0)
    wanted = expected_alerts(sent)
    road.alerts.about(run, contains(wanted))
    assert_nothing_lost_and_nothing_new(road.alerts.all_about(run), wanted)


def test_workers_stopped_in_the_middle_have_committed_exactly_what_they_did(road: Road) -> None:
    run = uuid.uuid4().hex
    values = told(COUNCIL, run, 3000)
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    with ThreadPoolExecutor() as beside:
        feed = beside.submit(road.send, values)
        road.alerts.about(run, at_least(100))
        for stage in STAGES:
            began = time.monotonic()
            assert road.crew[stage].stop() == 0
            assert time.monotonic() - began < STOPPED_WITHIN
        sent = feed.result()
    committed = road.committed("tagging") | road.committed("stories")
    tagged, alerts = road.tagged.all_about(run), road.alerts.all_about(run)
    assert 0 < len(alerts) <= len(tagged) < len(values), "it was not in the middle"
    assert sorted(each.origin for each in tagged) == sorted(
        f"articles/{place.partition}/{offset}" for place, offset in sent if offset < committed[place]
    )
    assert sorted(each.origin for each in alerts) == sorted(
        each.origin for each in tagged if each.offset < committed[each.place]
    )
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))
    assert len(road.tagged.all_about(run)) == len(road.alerts.all_about(run)) == len(values)


def test_a_worker_stopped_while_a_commit_is_on_its_way_commits_what_it_did_since(road: Road, tmp_path: Path) -> None:
    run = uuid.uuid4().hex
    road.crew.stop()
    settings = environment({**road.environment, "commit_interval": "0.1", "metrics_port": str(free_ports(1)[0])})
    command = [sys.executable, "-m", "tests.broker.sabotage", "commits-slow"]
    with ThreadPoolExecutor() as beside, ExitStack() as stack:
        worker = ChildProcess(command, log_file=tmp_path / "log", directory=Path.cwd(), environment=settings)
        stack.callback(worker.stop)
        feed = beside.submit(road.send, told(COUNCIL, run, 3000), per_second=300)
        road.tagged.about(run, at_least(500))
        worker.stop()
        assert worker.exit_code == 0, (tmp_path / "log").read_text()
        assert not feed.done()
        feed.result()
    road.crew.muster("tagging")
    tagged = road.tagged.about(run, at_least(3000))
    assert len({each.origin for each in tagged}) == len(tagged) == 3000


def test_what_is_delivered_again_gives_the_same_alerts_to_the_byte(road: Road) -> None:
    run = uuid.uuid4().hex
    values = told(SUMMIT, run, 40)
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    before = {stage: road.committed(stage) for stage in STAGES}
    road.send(values)
    road.alerts.about(run, contains(wanted))
    road.crew.stop()
    assert {stage: road.committed(stage) for stage in STAGES} != before
    for stage in STAGES:
        road.go_back(stage, before[stage])
    road.crew.muster("tagging", "stories")
    tagged = road.tagged.about(run, at_least(2 * len(wanted)))
    last = told(SUMMIT, f"{run}-last", 1)
    road.send(last)
    road.alerts.about(f"{run}-last", contains(expected_alerts(last)))
    again = [each for each in road.alerts.all_about(run) if not each.is_about(f"{run}-last")]
    assert set(Counter((each.key, each.value) for each in tagged).values()) == {2}
    assert Counter(each.id for each in again) == dict.fromkeys(wanted, 2)
    assert_nothing_lost_and_nothing_new(again, wanted)
