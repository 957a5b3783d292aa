"""One story, one alert, whatever happens to those who tell it: on Apache Kafka, under load."""

import os
import random
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import pytest
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from streams.kafka.layout import STORIES, TAGGED
from streams.kafka.records import records
from streams.model import Article, Kind, Match, News, TaggedArticle
from streams.pipeline import receive, tell
from streams.stories.desk import Desk
from streams.wire import decode_alert, encode
from tests.broker.road import Received, Road, contains, eventually
from tests.invented import invented

pytestmark = pytest.mark.apache

TOPIC = "arctic"
KILLS = int(os.environ.get("KILLS", "8"))
"""Of stories workers; `make faults` has twenty."""

CAUGHT = KILLS // 3
"""Kills, at least, of a worker that had alerts out: a busy machine takes more than `KILLS` to come to so many."""

PER_SECOND = 60


def verdict(score: float) -> Match:
    return Match(TOPIC, "1", score=score, threshold=1.0, damping=1.0, subtopics=(), why=())


def tellings(run: str) -> Iterator[bytes]:
    """Messages of `articles.tagged` without end: stories, each told by several outlets, revised, and told again."""
    rng = random.Random(run)
    recent: deque[Article] = deque(maxlen=12)
    number = 0
    while True:
        number += 1
        name, score = f"{run}-{number}", rng.choice([1.5, 1.5, 3.0, 5.0, 9.0])
        if len(recent) < 3 or rng.random() < 0.35:
            words = invented(name, 40)
            article = Article(
                name, words[:50], f"{words}. The council sent {number + 100} ships.", source=f"Paper {number}"
            )
            recent.append(article)
        else:
            one = rng.choice(recent)
            opening, outlet = invented(name, 8).capitalize(), f"Paper {rng.randint(1, 40)}"
            article = rng.choice(
                [
                    one,
                    replace(one, id=name, source=outlet),
                    replace(one, id=name, source=outlet, body=f"{one.body} {opening}."),
                    replace(one, id=name, source=outlet, body=f"Some {number + 5000} men. {one.body} {opening}."),
                    replace(one, body=f"{one.body} {opening}. It was said on Monday."),
                    replace(one, body=f"{one.body} Correction: {opening}."),
                ]
            )
        yield encode(TaggedArticle(article, verdict(score)))


def partition_of(road: Road, place: TopicPartition) -> list[ConsumerRecord]:
    """All that the broker has of a partition of `articles.tagged`."""
    return [each for each in records(road.settings, TAGGED) if each.partition == place.partition]


def undisturbed(events: list[ConsumerRecord], run: str) -> dict[str, bytes]:
    """The alerts of a desk that read these events in one go, about a run: by the core alone."""
    desk, alerts = Desk(), {}
    for event in events:
        tagged = receive(event.value)
        if isinstance(tagged, TaggedArticle):
            placement = desk.place(tagged, datetime.fromtimestamp(event.timestamp / 1000, UTC))
            outcome = tell(tagged, placement)
            if isinstance(outcome, News) and tagged.article.id.startswith(run):
                alerts[outcome.alert.id] = encode(outcome.alert)
    return alerts


def assert_as_undisturbed(received: list[Received], wanted: dict[str, bytes]) -> None:
    """All wanted alerts came, each with the same bytes every time, and no others; no story was new twice."""
    assert {each.id for each in received} == wanted.keys()
    for each in received:
        assert each.value == wanted[each.id]
    new = Counter(alert.story.id for alert in map(decode_alert, wanted.values()) if alert.kind is Kind.NEW)
    assert set(new.values()) == {1}


class Told:
    """A run of tellings that lie on the cluster, and what a desk that nothing happens to makes of them."""

    def __init__(self, road: Road, run: str, place: TopicPartition, first: int) -> None:
        self.run = run
        self.place = place
        self.first = first
        self.events = partition_of(road, place)
        self.wanted = undisturbed(self.events, run)


@pytest.fixture(scope="module")
def told(road: Road) -> Told:
    """Tellings under which the stories workers were killed again and again, now and then one of two."""
    run, rng = uuid.uuid4().hex, random.Random(7)
    road.crew.stop()
    over = threading.Event()

    def feed() -> Iterator[bytes]:
        for value in tellings(run):
            if over.is_set():
                return
            yield value

    with ThreadPoolExecutor() as beside:
        feeding = beside.submit(road.send, feed(), per_second=PER_SECOND, key=TOPIC.encode(), to=TAGGED)
        try:
            kills = caught = 0
            while kills < KILLS or caught < CAUGHT:
                assert kills < 2 * KILLS, "the workers were hardly ever in the middle of something"
                before = len(road.alerts.so_far(run))
                with ExitStack() as crew:
                    team = [road.worker("stories").start() for _ in range(1 + (kills % 4 == 3))]
                    for worker in team:
                        crew.callback(worker.__exit__)
                    if kills % 2:
                        team[0].wait_until_ready()
                    time.sleep(rng.uniform(0.0, 4.0))
                    team[0].kill()
                caught += len(road.alerts.all_about(run)) > before
                kills += 1
        finally:
            over.set()
        places = feeding.result(60)
    return Told(road, run, places[0][0], places[0][1])


def test_kills_under_load_lose_no_alert_and_tell_no_story_twice(road: Road, told: Told) -> None:
    assert {Kind.NEW, Kind.UPDATE, Kind.ESCALATED, Kind.CORRECTED} == {
        decode_alert(raw).kind for raw in told.wanted.values()
    }
    with road.worker("stories"), road.worker("stories"):
        road.alerts.about(told.run, contains(told.wanted))
        eventually(lambda: road.committed("stories")[told.place] > told.events[-1].offset)
    assert_as_undisturbed(road.alerts.all_about(told.run), told.wanted)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.97])
def test_any_suffix_that_is_delivered_again_gives_the_same_alerts_to_the_byte(
    road: Road, told: Told, share: float
) -> None:
    again = deliver_again(road, told, share)
    assert_as_undisturbed(road.alerts.all_about(told.run), told.wanted)
    assert again > 0


def test_a_journal_that_was_emptied_is_written_again_and_nobody_notices(road: Road, told: Told) -> None:
    places = [TopicPartition(STORIES, number) for number in range(road.settings.partitions)]
    with road.admin() as client, closing(road.reading({STORIES: len(places)})) as reading:
        reading.all_about("")
        ends = reading._consumer.end_offsets(places)
        client.delete_records(ends)
    assert not [each for each in records(road.settings, STORIES) if each.partition == told.place.partition]
    assert deliver_again(road, told, 0.5) > 0
    assert_as_undisturbed(road.alerts.all_about(told.run), told.wanted)
    decided = {int(dict(each.headers)["northwire-tagged-offset"]) for each in records(road.settings, STORIES)}
    assert {event.offset for event in told.events if event.value and told.run.encode() in event.value} <= decided


def deliver_again(road: Road, told: Told, share: float) -> int:
    """Has what comes after a share of a run handled again by a new worker; how many alerts that gave."""
    road.crew.stop()
    offsets = road.committed("stories")
    last = told.events[-1].offset
    offsets[told.place] = told.first + int((last - told.first) * share)
    before = len(road.alerts.all_about(told.run))
    road.go_back("stories", offsets)
    with road.worker("stories"):
        eventually(lambda: road.committed("stories")[told.place] > last, within=200)
    return len(road.alerts.all_about(told.run)) - before
