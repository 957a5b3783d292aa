"""Every Kafka topic of Northwire, with its partitions and settings. Nothing else creates any."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.settings import Settings
from streams.tagging.topics import CANARY
from streams.watchlist import LARGEST_FILE, load_topics
from streams.wire import MESSAGE_LIMIT, TAGGED_LIMIT

ARTICLES = "articles"
TAGGED = "articles.tagged"
REJECTED = "articles.rejected"
STORIES = "stories"
TOPICS = "topics"

_HEADERS_AND_FRAMING = 64 * 1024
_LARGEST_REJECTED = TAGGED_LIMIT + _HEADERS_AND_FRAMING
"""Bytes of whatever Kafka takes on `articles.tagged`; headers that say why it is put aside come on top."""

LARGEST_MESSAGE = _LARGEST_REJECTED + _HEADERS_AND_FRAMING
"""Bytes that a client must be ready to send or fetch."""


_COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": str(24 * 3_600_000),
    "min.compaction.lag.ms": str(168 * 3_600_000),
}
"""A week in which the last good text of a topic is still there under one that is refused."""


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


def is_ours(name: str) -> bool:
    """Whether a Kafka topic is one of Northwire's."""
    return name in (ARTICLES, TAGGED, REJECTED, STORIES, TOPICS) or name.startswith(alerts(""))


def layout(settings: Settings, topics: Iterable[str]) -> tuple[KafkaTopic, ...]:
    """The Kafka topics that these topics need."""
    return (
        _stream(settings, ARTICLES, settings.partitions, MESSAGE_LIMIT)._replace(scales=True),
        _stream(settings, TAGGED, settings.partitions, TAGGED_LIMIT)._replace(scales=True),
        _stream(settings, STORIES, settings.partitions, TAGGED_LIMIT, settings.story_window_hours)._replace(
            scales=True
        ),
        _stream(settings, REJECTED, 1, _LARGEST_REJECTED),
        KafkaTopic(TOPICS, 1, _COMPACTED | _limit(LARGEST_FILE)),
        *outlets(settings, topics),
    )


def outlets(settings: Settings, topics: Iterable[str]) -> tuple[KafkaTopic, ...]:
    """The Kafka topics of these topics' alerts."""
    return tuple(_stream(settings, alerts(topic), 1, TAGGED_LIMIT) for topic in sorted(topics))


def kafka_layout(settings: Settings) -> tuple[KafkaTopic, ...]:
    """The Kafka topics that these settings, canaries and the topics in the files, if they come from there, need."""
    topics = load_topics(settings) if settings.topics_from == "files" else ()
    return layout(settings, [*(topic.id for topic in topics), CANARY])


def _stream(settings: Settings, name: str, partitions: int, largest: int, more_hours: int = 0) -> KafkaTopic:
    retention = str((settings.retention_hours + more_hours) * 3_600_000)
    return KafkaTopic(name, partitions, {"cleanup.policy": "delete", "retention.ms": retention, **_limit(largest)})


def _limit(largest: int) -> dict[str, str]:
    return {"max.message.bytes": str(largest + _HEADERS_AND_FRAMING)}
