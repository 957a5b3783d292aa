"""Workers that are killed, stopped, joined by others, and made to read again: nothing lost, nothing new."""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from kafka import TopicPartition

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


def read_since(
    before: dict[TopicPartition, int], after: dict[TopicPartition, int], kafka_topic: str
) -> set[str]:
    """The origins, as alerts and tagged articles name them, of all that was committed in between."""
    return {
        f"{kafka_topic}/{place.partition}/{offset}"
        for place, first in before.items()
        for offset in range(first, after[place])
    }


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
    feed = threading.Thread(target=road.send, args=(values,), kwargs={"per_second": 800})
    feed.start()
    road.alerts.about(run, at_least(len(wanted) // 4))
    road.crew[stage].kill()
    assert feed.is_alive()
    road.crew.muster("tagging", "stories")
    feed.join()
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
    feeding = threading.Thread(target=road.send, args=(feed(),), kwargs={"per_second": 300})
    second, third = road.worker("tagging").start(), road.worker("stories").start()
    feeding.start()
    with second, third:
        eventually(lambda: second.metric("northwire_articles_total") > 50)
        assert (second.stop(), third.stop()) == (0, 0)
    left.set()
    feeding.join()
    wanted = expected_alerts(sent)
    road.alerts.about(run, contains(wanted))
    assert_nothing_lost_and_nothing_new(road.alerts.all_about(run), wanted)


def test_a_tagging_worker_that_is_stopped_in_the_middle_has_committed_exactly_what_it_did(road: Road) -> None:
    run = uuid.uuid4().hex
    values = told(COUNCIL, run, 3000)
    road.crew.muster("tagging")
    before = road.committed("tagging")
    road.send(values)
    road.tagged.about(run, at_least(1))
    began = time.monotonic()
    assert road.crew["tagging"].stop() == 0
    assert time.monotonic() - began < STOPPED_WITHIN
    after = road.committed("tagging")
    tagged = road.tagged.all_about(run)
    assert {each.headers["northwire-origin"].decode() for each in tagged} == read_since(before, after, "articles")
    assert len(tagged) < len(values)
    road.crew.muster("tagging", "stories")
    wanted = expected_alerts(values)
    road.alerts.about(run, contains(wanted))
    assert len(road.tagged.all_about(run)) == len(road.alerts.all_about(run)) == len(wanted) == len(values)


def test_a_stories_worker_that_is_stopped_in_the_middle_has_committed_exactly_what_it_did(road: Road) -> None:
    run = uuid.uuid4().hex
    values = told(COUNCIL, run, 3000)
    wanted = expected_alerts(values)
    road.crew.muster("tagging")
    before = road.committed("stories")
    road.send(values)
    road.tagged.about(run, at_least(len(values)))
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, at_least(1))
    began = time.monotonic()
    assert road.crew["stories"].stop() == 0
    assert time.monotonic() - began < STOPPED_WITHIN
    after = road.committed("stories")
    assert len(road.alerts.all_about(run)) == sum(after.values()) - sum(before.values()) < len(values)
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))
    assert len(road.alerts.all_about(run)) == len(wanted) == len(values)


def test_what_is_delivered_again_gives_the_same_alerts_to_the_byte(road: Road) -> None:
    run = uuid.uuid4().hex
    values = told(SUMMIT, run, 40)
    wanted = expected_alerts(values)
    road.crew.muster("tagging", "stories")
    road.crew.stop()
    start = {stage: road.committed(stage) for stage in STAGES}
    road.send(values)
    road.crew.muster("tagging", "stories")
    road.alerts.about(run, contains(wanted))

    road.crew.stop("stories")
    road.go_back("stories", start["stories"])
    road.crew.muster("tagging", "stories")
    again = road.alerts.about(run, at_least(2 * len(wanted)))
    assert set(Counter(each.id for each in again).values()) == {2}
    assert_nothing_lost_and_nothing_new(again, wanted)

    road.crew.stop("tagging")
    road.go_back("tagging", start["tagging"])
    road.crew.muster("tagging", "stories")
    tagged = road.tagged.about(run, at_least(2 * len(wanted)))
    assert set(Counter((each.key, each.value) for each in tagged).values()) == {2}
    following = told(SUMMIT, f"{run}-following", 1)
    road.send(following)
    road.alerts.about(f"{run}-following", contains(expected_alerts(following)))
    assert len(road.alerts.all_about(run)) == 2 * len(wanted) + 3
