"""What was put aside, read back from `articles.rejected`."""

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.kafka.admin import require
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import LARGEST_MESSAGE, REJECTED
from streams.settings import Settings


class Rejection(NamedTuple):
    """A message that was put aside."""

    raw: bytes | None
    """As it came, to the byte."""

    reason: str
    error: str
    origin: str
    """Where it was read first, as `topic/partition/offset`."""


def rejections(settings: Settings) -> Iterator[Rejection]:
    """All that lie on `articles.rejected` now, in order. Raises `BrokerUnavailable`, `ClusterMismatch`."""
    partitions = require(settings, [REJECTED])[REJECTED]
    places = [TopicPartition(REJECTED, number) for number in range(partitions)]
    options = {"enable_auto_commit": False, "max_partition_fetch_bytes": LARGEST_MESSAGE}
    try:
        with closing(KafkaConsumer(**client_options(settings), **options)) as consumer:
            consumer.assign(places)
            ends = consumer.end_offsets(places)
            consumer.seek_to_beginning(*places)
            while any(consumer.position(place) < ends[place] for place in places):
                for records in consumer.poll(timeout_ms=200).values():
                    for record in records:
                        yield _rejection(record.value, dict(record.headers))
    except KafkaError as error:
        raise unavailable(settings, error) from error


def _rejection(raw: bytes | None, headers: dict[str, bytes]) -> Rejection:
    told = {name: value.decode(errors="replace") for name, value in headers.items()}
    origin = "/".join(told.get(name, "?") for name in ("kafka_topic", "partition", "offset"))
    return Rejection(raw, told.get("reason", "?"), told.get("error", ""), origin)
