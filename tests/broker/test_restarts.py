"""Workers that are killed, stopped, joined by others, and made to read again: nothing lost, nothing new."""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from tests.benchmarks.articles import article as generated
from tests.broker.road import STAGES, Received, Road, article, at_least, contains, eventually, expected_alerts

SUMMIT = "Ministers of the Arctic Council met in Tromsø. They spoke of sanctions on Russia and of nuclear arms control."
COUNCIL = "Ministers of the Arctic Council met on Tuesday and agreed to extend the search-and-rescue pact."
STOPPED_WITHIN = 15.0


@cache
def prose(number: int) -> dict[str, str]:
    return generated(number, matching=number % 5 == 0)


def articles(run: str, count: int) -> list[bytes]:
    """So many articles that no other run has put on the same cluster; every fifth is tagged."""
    return [
        json.dumps(
            {
                **prose(number),
                "id": f"{run}-{number}",
                "body": f"{prose(number)['body']}\n\nRun {run}, number {number}, ends here and now.",
            }
        ).encode()
        for number in range(count)
    ]


def told(text: str, run: str, count: int) -> list[bytes]:
    """So many articles that each tell the same of another case."""
    return [article(f"{run}-{number}", f"{text} Case {run} {number}.") for number in range(count)]


def assert_nothing_lost_and_nothing_new(received: list[Received], wanted: dict[str, bytes]) -> None:
    """Every wanted alert has come; what came more than once is the same to the byte, and nothing else came."""
    assert {each.id for each in received} == wanted.keys()
    for each in received:
        assert each.value == wanted[each.id]


def test_stories_are_remembered_after_a_restart_that_lost_all_memory(road: Road) -> None:
    run, body = uuid.uuid4().hex, f"{SUMMIT} Case {uuid.uuid4().hex}."
    original = article(f"{run}-first", body)
    following = article(f"{run}-last", f"{SUMMIT} Case {uuid.uuid4().hex}.")
    road.crew.muster("tagging", "stories")
    road.send([original], key=run.encode())
    road.alerts.about(run, contains(expected_alerts([original])))
    road.crew["stories"].kill()
    road.crew.muster("tagging", "stories")
    road.send([article(f"{run}-copy", body), following], key=run.encode())
    wanted = expected_alerts([original, following])
    assert_nothing_lost_and_nothing_new(road.alerts.about(run, contains(wanted)), wanted)


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_killed_in_the_middle_loses_nothing(road: Road, stage: str) -> None:
    run = uuid.uuid4().hex
    values = articles(run, 2000)
    wanted = expected_alerts(values)
    assert len(wanted) > 300
    road.crew.muster("tagging", "stories")
    with ThreadPoolExecutor() as beside:
        feed = beside.submit(road.send, values, per_second=800)
        road.alerts.about(run, at_least(len(wanted) // 4))
        road.crew[stage].kill()
        assert not feed.done()
        road.crew.muster("tagging", "stories")
        feed.result()
    road.alerts.about(run, contains(wanted))
    assert_nothing_lost_and_nothing_new(road.alerts.all_about(run), wanted)


def test_workers_that_join_and_leave_during_a_feed_lose_nothing(road: Road) -> None:
    run = uuid.uuid4().hex
    sent: list[bytes] = []
    left = threading.Event()

    def feed() -> Iterator[bytes]:
        for value in articles(run, 9000):
            if len(sent) >= 2000 and left.is_set():
                return
            sent.append(value)
            yield value

    road.crew.muster("tagging", "stories")
    with (
        road.worker("tagging").start() as second,
        road.worker("stories").start() as third,
        ThreadPoolExecutor() as beside,
    ):
        feeding = beside.submit(road.send, feed(), per_second=400)
        eventually(lambda: second.metric("northwire_articles_total") > 50)
        assert (second.stop(), third.stop()) == (0, 0)
        left.set()
        feeding.result()
    wanted = expected_alerts(sent)
    road.alerts.about(run, contains(wanted))
    assert_nothing_lost_and_nothing_new(road.alerts.all_about(run), wanted)


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_stopped_in_the_middle_has_committed_exactly_what_it_did(road: Road, stage: str) -> None:
    run = uuid.uuid4().hex
    values = told(COUNCIL, run, 5000)
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    with ThreadPoolExecutor() as beside:
        feed = beside.submit(road.send, values)
        road.alerts.about(run, at_least(1))
        began = time.monotonic()
        assert road.crew[stage].stop() == 0
        assert time.monotonic() - began < STOPPED_WITHIN
        articles = feed.result()
    committed = road.committed(stage)
    if stage == "tagging":
        did = [each.origin for each in road.tagged.all_about(run)]
        read = [f"articles/{place.partition}/{offset}" for place, offset in articles if offset < committed[place]]
    else:
        did = [each.origin for each in road.alerts.all_about(run)]
        tagged = road.tagged.about(run, at_least(len(values)))
        read = [each.origin for each in tagged if each.offset < committed[each.place]]
    assert 0 < len(did) < len(values), "it was not in the middle"
    assert sorted(did) == sorted(read)
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))
    assert len(road.tagged.all_about(run)) == len(road.alerts.all_about(run)) == len(values)


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
