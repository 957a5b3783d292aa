"""What was put aside on `articles.rejected`, read back, and the receipts there for what was sent again."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from kafka.consumer.fetcher import ConsumerRecord

from streams.kafka.deliveries import TRAIL, Outgoing, number_in
from streams.kafka.layout import REJECTED
from streams.kafka.records import records
from streams.settings import Settings

_RECEIPT = "resubmitted"
_LONGEST_NUMBER = 18


class Rejection(NamedTuple):
    """A message that was put aside."""

    number: int
    """Its offset on `articles.rejected`, which names it."""

    key: bytes | None
    raw: bytes | None
    """As it came, to the byte."""

    reason: str
    error: str
    kafka_topic: str
    """Where it was read first, with `partition` and `offset`; -1 where its headers do not tell."""

    partition: int
    offset: int
    came: datetime | None
    """When it came there, by Kafka's timestamp."""

    put_aside: datetime
    trail: Mapping[str, bytes]
    """Its own headers, of those that tell where its article came from."""

    resubmitted: bool

    @property
    def origin(self) -> str:
        """Where it was read first, as `topic/partition/offset`."""
        return f"{self.kafka_topic}/{self.partition}/{self.offset}"

    @property
    def size(self) -> int:
        """Bytes of its value."""
        return len(self.raw or b"")


def rejections(settings: Settings) -> Iterator[Rejection]:
    """All that lie on `articles.rejected` now, in order. Raises `BrokerUnavailable`, `ClusterMismatch`.

    It is read twice, for the receipts first: what lies there may be more than memory holds.
    """
    receipts = {_receipt_in(dict(record.headers)) for record in records(settings, REJECTED)}
    for record in records(settings, REJECTED):
        headers = dict(record.headers)
        if _receipt_in(headers) is None:
            yield _rejection(record, headers, record.offset in receipts)


def receipt(number: int) -> Outgoing:
    """Says, on `articles.rejected` itself and for as long as that keeps it, that a message there was sent again."""
    name = str(number).encode()
    return Outgoing(REJECTED, key=b"resubmitted/" + name, value=None, headers={_RECEIPT: name})


def _receipt_in(headers: Mapping[str, bytes]) -> int | None:
    return number_in(headers.get(_RECEIPT), _LONGEST_NUMBER)


def _rejection(record: ConsumerRecord, headers: Mapping[str, bytes], resubmitted: bool) -> Rejection:
    partition, offset, came = (
        number_in(headers.get(name), _LONGEST_NUMBER) for name in ("partition", "offset", "time")
    )
    reason, error, kafka_topic = (
        headers.get(name, b"").decode(errors="replace") for name in ("reason", "error", "kafka_topic")
    )
    return Rejection(
        number=record.offset,
        key=record.key,
        raw=record.value,
        reason=reason or "?",
        error=error,
        kafka_topic=kafka_topic or "?",
        partition=-1 if partition is None else partition,
        offset=-1 if offset is None else offset,
        came=_moment(came),
        put_aside=_moment(record.timestamp) or datetime.fromtimestamp(0, UTC),
        trail={name: headers[name] for name in TRAIL if name in headers},
        resubmitted=resubmitted,
    )


def _moment(milliseconds: int | None) -> datetime | None:
    try:
        return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None
