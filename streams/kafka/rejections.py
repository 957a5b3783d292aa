"""What was put aside, read back from `articles.rejected`."""

from collections.abc import Iterator
from typing import NamedTuple

from streams.kafka.layout import REJECTED
from streams.kafka.records import records
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
    for record in records(settings, REJECTED):
        yield _rejection(record.value, dict(record.headers))


def _rejection(raw: bytes | None, headers: dict[str, bytes]) -> Rejection:
    told = {name: value.decode(errors="replace") for name, value in headers.items()}
    origin = "/".join(told.get(name, "?") for name in ("kafka_topic", "partition", "offset"))
    return Rejection(raw, told.get("reason", "?"), told.get("error", ""), origin)
