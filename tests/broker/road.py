"""The whole road on one cluster: what tests put in at one end and what they find at the other."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any, NamedTuple

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.kafka.layout import kafka_layout
from streams.watchlist import load_tagger
from streams.kafka import admin
from streams.kafka.layout import ARTICLES, LARGEST_MESSAGE, REJECTED
from streams.model import News, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.settings import read_settings
from streams.stories.desk import Desk
from streams.wire import encode
from tests.workers import Worker

PARTITIONS = 3
_PATIENCE = 60.0


class Received(NamedTuple):
    """A record that a subscriber holds."""

    kafka_topic: str
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Road:
    """Kafka topics laid out on a cluster, articles in, alerts and rejected messages out."""

    def __init__(self, bootstrap: str, **security: Any) -> None:
        self.bootstrap = bootstrap
        self._options = {"bootstrap_servers": bootstrap, **security}
        self.settings = read_settings(bootstrap_servers=bootstrap, partitions=PARTITIONS)

    def lay_out(self) -> None:
        """Create the Kafka topics that are missing."""
        admin.prepare(self.settings, kafka_layout(self.settings))

    def worker(self, stage: str, **settings: str) -> Worker:
        """A worker for this cluster, not yet started."""
        return Worker(stage, self.bootstrap, partitions=str(PARTITIONS), **settings)

    def send(self, values: Iterable[bytes | None], per_second: float = 0, key: bytes | None = None) -> None:
        """Put messages on `articles`, at a pace or as fast as they go; returns when all are acknowledged."""
        with closing(KafkaProducer(**self._options, max_request_size=LARGEST_MESSAGE)) as producer:
            for value in values:
                producer.send(ARTICLES, value, key=key or _id_of(value))
                if per_second:
                    time.sleep(1 / per_second)
            producer.flush()

    def alerts(self, enough: Callable[[list[Received]], bool]) -> list[Received]:
        """Every alert on the cluster, as soon as there are enough of them."""
        names = [topic.name for topic in kafka_layout(self.settings) if topic.name.startswith("alerts.")]
        return self._read(names, enough)

    def rejected(self, enough: Callable[[list[Received]], bool]) -> list[Received]:
        """Every rejected message on the cluster, as soon as there are enough of them."""
        return self._read([REJECTED], enough)

    def _read(self, names: list[str], enough: Callable[[list[Received]], bool]) -> list[Received]:
        received: list[Received] = []
        deadline = time.monotonic() + _PATIENCE
        with closing(KafkaConsumer(**self._options, enable_auto_commit=False)) as consumer:
            places = [TopicPartition(name, 0) for name in names]
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            while not enough(received):
                if time.monotonic() > deadline:
                    raise AssertionError(f"only {len(received)} messages on {names} after {_PATIENCE:.0f} s")
                for records in consumer.poll(timeout_ms=200).values():
                    received += (Received(r.topic, r.key, r.value, dict(r.headers)) for r in records)
        return received


def expected_alerts(values: Iterable[bytes]) -> dict[str, bytes]:
    """The alerts that these articles must give, by id: computed without Kafka, by the core alone."""
    tagger, desk = load_tagger(read_settings()), Desk()
    alerts: dict[str, bytes] = {}
    for value in values:
        outcome = tag(value, tagger)
        for match in outcome.matches if isinstance(outcome, Tagged) else ():
            told = tell(TaggedArticle(outcome.article, match), desk)
            if isinstance(told, News):
                alerts[told.alert.id] = encode(told.alert)
    return alerts


def alert_ids(received: Iterable[Received]) -> set[str]:
    """The ids of alerts."""
    return {json.loads(alert.value or b"")["id"] for alert in received}


def contains(wanted: Mapping[str, bytes]) -> Callable[[list[Received]], bool]:
    """Whether all wanted alerts have arrived."""
    return lambda received: wanted.keys() <= alert_ids(received)


def article(name: str, body: str, title: str = "") -> bytes:
    """A message on `articles`."""
    return json.dumps({"id": name, "title": title, "body": body, "source": "Test Courier"}).encode()


def _id_of(value: bytes | None) -> bytes | None:
    try:
        return str(json.loads(value or b"")["id"]).encode()
    except (ValueError, KeyError, TypeError):
        return None
