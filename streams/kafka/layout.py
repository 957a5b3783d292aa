"""Every Kafka topic of Northwire, with its partitions and settings. Nothing else creates any."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.settings import Settings
from streams.watchlist import load_topics
from streams.wire import MESSAGE_LIMIT, TAGGED_LIMIT

ARTICLES = "articles"
TAGGED = "articles.tagged"
REJECTED = "articles.rejected"

_HEADERS_AND_FRAMING = 64 * 1024
LARGEST_MESSAGE = TAGGED_LIMIT + _HEADERS_AND_FRAMING
"""Bytes that a client must be ready to send or fetch."""


class KafkaTopic(NamedTuple):
    """A Kafka topic as it should be."""

    name: str
    partitions: int
    config: dict[str, str]
    scales: bool = False
    """Whether its partitions are those of `NORTHWIRE_PARTITIONS`."""


def alerts(topic: str) -> str:
    """The Kafka topic of a topic's alerts."""
    return f"alerts.{topic}"


def layout(settings: Settings, topics: Iterable[str]) -> tuple[KafkaTopic, ...]:
    """The Kafka topics that these topics need."""
    retention = str(settings.retention_hours * 3_600_000)

    def kafka_topic(name: str, partitions: int, largest: int, *, scales: bool = False) -> KafkaTopic:
        config = {
            "cleanup.policy": "delete",
            "retention.ms": retention,
            "max.message.bytes": str(largest + _HEADERS_AND_FRAMING),
        }
        return KafkaTopic(name, partitions, config, scales)

    return (
        kafka_topic(ARTICLES, settings.partitions, MESSAGE_LIMIT, scales=True),
        kafka_topic(TAGGED, settings.partitions, TAGGED_LIMIT, scales=True),
        kafka_topic(REJECTED, 1, TAGGED_LIMIT),
        *(kafka_topic(alerts(topic), 1, TAGGED_LIMIT) for topic in sorted(topics)),
    )


def kafka_layout(settings: Settings) -> tuple[KafkaTopic, ...]:
    """The Kafka topics that these settings and the topics they watch need."""
    return layout(settings, (topic.id for topic in load_topics(settings)))
