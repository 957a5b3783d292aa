"""The whole road on one cluster: what tests put in at one end and what they find at the other."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.structs import OffsetAndMetadata

from streams.kafka import admin
from streams.kafka.connection import client_options
from streams.kafka.layout import ARTICLES, LARGEST_MESSAGE, REJECTED, STORIES, TAGGED, kafka_layout
from streams.model import News, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.settings import read_settings
from streams.stories.desk import Desk
from streams.watchlist import load_tagger
from streams.wire import encode
from tests.clusters import Cluster
from tests.invented import invented
from tests.workers import Worker

PARTITIONS = 3
STAGES = {"tagging": ARTICLES, "stories": TAGGED}
"""What each stage reads."""

_PATIENCE = 60.0


@dataclass(frozen=True)
class Received:
    """A record that a subscriber holds."""

    place: TopicPartition
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]

    @property
    def kafka_topic(self) -> str:
        return str(self.place.topic)

    @property
    def origin(self) -> str:
        """The article that it comes from, as `topic/partition/offset`."""
        return self.headers["northwire-origin"].decode()

    @cached_property
    def id(self) -> str:
        """The id of an alert."""
        return str(json.loads(self.value or b"")["id"])

    def is_about(self, name: str) -> bool:
        """Whether key or value contain the name."""
        return any(name.encode() in (part or b"") for part in (self.value, self.key))


Enough = Callable[[list[Received]], bool]


class _Protocol(RoundRobinPartitionAssignor):  # type: ignore[misc]  # kafka-python is typed in parts
    name = "faust"


class Reading:
    """All that ever came to some Kafka topics, read once."""

    def __init__(self, options: Mapping[str, Any], partitions: Mapping[str, int]) -> None:
        self._consumer = KafkaConsumer(
            **options,
            enable_auto_commit=False,
            max_partition_fetch_bytes=LARGEST_MESSAGE,
            fetch_max_wait_ms=100,
        )
        places = [TopicPartition(name, number) for name, count in partitions.items() for number in range(count)]
        self._consumer.assign(places)
        self._consumer.seek_to_beginning(*places)
        self._read: list[Received] = []

    def about(self, name: str, enough: Enough) -> list[Received]:
        """What is about `name`, as soon as it is enough; fails after a minute."""
        found = self.so_far(name)
        deadline = time.monotonic() + _PATIENCE
        while not enough(found):
            assert time.monotonic() < deadline, f"after {_PATIENCE:.0f} s there are only {len(found)} about {name}"
            found += (each for each in self._poll() if each.is_about(name))
        return found

    def so_far(self, name: str) -> list[Received]:
        """What is about `name`, as far as it was read."""
        return [each for each in self._read if each.is_about(name)]

    def all_about(self, name: str) -> list[Received]:
        """What is about `name` when nothing has come for a second."""
        quiet = 0
        while quiet < 3:
            quiet = 0 if self._poll() else quiet + 1
        return self.so_far(name)

    def close(self) -> None:
        self._consumer.close()

    def _poll(self) -> list[Received]:
        polled = self._consumer.poll(timeout_ms=300).values()
        news = [
            Received(TopicPartition(r.topic, r.partition), r.offset, r.key, r.value, dict(r.headers))
            for records in polled
            for r in records
        ]
        self._read += news
        return news


class Road:
    """Kafka topics laid out on a cluster, two workers on it, and what comes in and out."""

    def __init__(self, cluster: Cluster, **security: str) -> None:
        """`security` are settings of Northwire that clients of the cluster need."""
        self.environment = {
            "bootstrap_servers": cluster.bootstrap,
            "partitions": str(PARTITIONS),
            "session_timeout": "3",
            **security,
        }
        """The settings with which commands and workers reach this cluster."""
        self.settings = read_settings(**self.environment)
        self.crew = Crew(self)
        admin.prepare(self.settings, kafka_layout(self.settings))
        self._options = client_options(self.settings)
        sizes = {topic.name: topic.partitions for topic in kafka_layout(self.settings)}
        self.tagged = Reading(self._options, {TAGGED: sizes[TAGGED]})
        self.stories = Reading(self._options, {STORIES: sizes[STORIES]})
        self.rejected = Reading(self._options, {REJECTED: sizes[REJECTED]})
        self.alerts = Reading(self._options, {name: size for name, size in sizes.items() if "alerts." in name})

    def reading(self, partitions: Mapping[str, int]) -> Reading:
        """Of these Kafka topics, which must exist, from their beginning; to be closed."""
        return Reading(self._options, partitions)

    def worker(self, stage: str, **settings: str) -> Worker:
        """A worker for this cluster, not yet started."""
        environment = {**self.environment, **settings}
        return Worker(stage, environment.pop("bootstrap_servers"), **environment)

    def send(
        self, values: Iterable[bytes | None], *, per_second: float = 0, key: bytes | None = None, to: str = ARTICLES
    ) -> list[tuple[TopicPartition, int]]:
        """Put messages on `articles`, at a pace or as fast as they go; where they are, once all are acknowledged."""
        with closing(KafkaProducer(**self._options, max_request_size=LARGEST_MESSAGE)) as producer:
            began = time.monotonic()
            sent = []
            for number, value in enumerate(values):
                if per_second:
                    time.sleep(max(0.0, began + number / per_second - time.monotonic()))
                sent.append(producer.send(to, value, key=key or _id_of(value)))
            places = [future.get(20) for future in sent]
        return [(TopicPartition(place.topic, place.partition), place.offset) for place in places]

    def committed(self, stage: str) -> dict[TopicPartition, int]:
        """The next offset of every partition that a stage reads, as its consumer group has it."""
        group = f"northwire-{stage}"
        places = [TopicPartition(STAGES[stage], number) for number in range(PARTITIONS)]
        with self.admin() as client:
            found = client.list_group_offsets({group: places})[group]
        return {place: max(0, found[place].offset) if place in found else 0 for place in places}

    def go_back(self, stage: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Have a stage, none of whose workers runs, read again from there.

        Done as a member of its group, by its protocol: the embedded broker lets nobody else commit.
        """
        member = KafkaConsumer(
            **self._options,
            group_id=f"northwire-{stage}",
            enable_auto_commit=False,
            partition_assignment_strategy=[_Protocol],
            session_timeout_ms=3000,
            heartbeat_interval_ms=1000,
        )
        with closing(member):
            member.topics()  # else it might begin with an assignment of nothing
            member.subscribe([STAGES[stage]])
            eventually(lambda: member.poll(timeout_ms=100) is not None and member.assignment() == offsets.keys())
            member.commit({place: OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()})

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        with closing(KafkaAdminClient(**self._options)) as client:
            yield client

    def close(self) -> None:
        self.crew.stop()
        for reading in (self.tagged, self.stories, self.rejected, self.alerts):
            reading.close()


class Crew:
    """The workers of a road, one for each stage, started when a test needs them and kept for the next."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self._workers: dict[str, Worker] = {}

    def __getitem__(self, stage: str) -> Worker:
        return self._workers[stage]

    def muster(self, *stages: str) -> None:
        """Return when a worker of each of these stages is ready, and of no other runs."""
        for stage in STAGES.keys() - set(stages):
            self.stop(stage)
        for stage in stages:
            if stage in self._workers and not self._workers[stage].process.running:
                self.stop(stage)
            if stage not in self._workers:
                self._workers[stage] = self._road.worker(stage).start()
        for stage in stages:
            self._workers[stage].wait_until_ready()

    def stop(self, *stages: str) -> None:
        """Return when no worker of these stages, or of any, runs."""
        for stage in stages or STAGES:
            if worker := self._workers.pop(stage, None):
                worker.__exit__()


def expected_alerts(values: Iterable[bytes]) -> dict[str, bytes]:
    """The alerts that these articles must give, by id: computed without Kafka, by the core alone."""
    tagger, desk = load_tagger(read_settings()), Desk()
    alerts: dict[str, bytes] = {}
    for value in values:
        outcome = tag(value, tagger)
        if isinstance(outcome, Tagged):
            for match in outcome.matches:
                tagged = TaggedArticle(outcome.article, match)
                told = tell(tagged, desk.place(tagged, None))
                if isinstance(told, News):
                    alerts[told.alert.id] = encode(told.alert)
    return alerts


def contains(wanted: Mapping[str, bytes]) -> Enough:
    """Whether all wanted alerts have arrived."""
    return lambda received: wanted.keys() <= {each.id for each in received}


def at_least(count: int) -> Enough:
    """Whether so many have arrived."""
    return lambda received: len(received) >= count


def unique(text: str) -> str:
    """The text, with a passage that no other has: a story of its own."""
    return f"{text} {invented(uuid.uuid4().hex)}."


def article(name: str, body: str, title: str = "") -> bytes:
    """A message on `articles`."""
    return json.dumps({"id": name, "title": title, "body": body, "source": "Test Courier"}).encode()


def eventually(condition: Callable[[], bool], within: float = 20.0) -> None:
    """Return when the condition holds; fail if it does not in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def _id_of(value: bytes | None) -> bytes | None:
    try:
        return str(json.loads(value or b"")["id"]).encode()
    except (ValueError, KeyError, TypeError):
        return None
