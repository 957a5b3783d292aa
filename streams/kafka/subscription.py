"""Alerts from Kafka as they come, each once."""

from collections import OrderedDict
from collections.abc import Collection, Generator, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Literal, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from streams.errors import BrokerUnavailable, ClusterMismatch, Refused
from streams.kafka.admin import require
from streams.kafka.admission import knock
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import LARGEST_MESSAGE, alerts
from streams.model import Alert
from streams.settings import Settings
from streams.tagging.topics import CANARY
from streams.wire import decode_alert

REMEMBERED = 100_000
"""Ids of alerts that are known again when they are delivered twice."""

_POLL_MS = 100
_SILENCE = 15.0
_LOOK_AGAIN = 5.0


class Notice(NamedTuple):
    """An alert as it came."""

    alert: Alert
    raw: bytes
    seconds: float
    """From the article's arrival in Kafka to the alert's."""


class Unreadable(NamedTuple):
    """Something on a Kafka topic of alerts that is none."""

    place: str
    error: str


class Unanswered(NamedTuple):
    """No broker answers any more; the subscription goes on as soon as one does."""

    sentence: str


def subscribe(
    settings: Settings, topics: Collection[str], start: Literal["earliest", "latest"]
) -> Generator[Notice | Unreadable | Unanswered | None, None, None]:
    """Every alert of these topics, or of all, without end; None now and then while there is nothing.

    An alert that Kafka delivers twice has the same id both times, and is given once. Nothing is
    committed: each subscription begins anew. `start` holds for what is there then; a topic that appears
    later is given from its first alert on. A broker that is gone is told apart from silence: that is
    given as `Unanswered`, now and then until it is back. Raises `BrokerUnavailable` at the start, and
    `ClusterMismatch` for a topic that has no Kafka topic.
    """
    _require_alerts(settings, topics)
    seen: OrderedDict[str, None] = OrderedDict()
    heard = monotonic()
    try:
        with closing(_consumer(settings)) as consumer:
            following = _Following(consumer, topics, start)
            while True:
                following.look()
                for records in consumer.poll(timeout_ms=_POLL_MS).values():
                    heard = monotonic()
                    for record in records:
                        read = _read(record)
                        if isinstance(read, Notice) and _is_known(read.alert.id, seen):
                            continue
                        yield read
                yield None
                if monotonic() - heard > _SILENCE:
                    yield _asked(settings)
                    heard = monotonic()
    except KafkaError as error:
        raise unavailable(settings, error) from error


class _Following:
    """The partitions that are followed. Those that appear later are followed from their first alert on."""

    def __init__(self, consumer: KafkaConsumer, topics: Collection[str], start: str) -> None:
        self._consumer = consumer
        self._names = {alerts(topic) for topic in topics}
        self._start = start
        self._places: set[TopicPartition] = set()
        self._looked = -_LOOK_AGAIN

    def look(self) -> None:
        """Takes in what is new, if it is time to."""
        if monotonic() - self._looked < _LOOK_AGAIN:
            return
        self._looked = monotonic()
        with suppress(KafkaError):  # a broker that is gone is told of elsewhere; we look again
            if new := self._found() - self._places:
                self._consumer.assign(sorted(self._places | new))
                self._seek(new)
                self._places |= new
            self._start = "earliest"

    def _found(self) -> set[TopicPartition]:
        names = self._names or {alerts(topic) for topic in _told_of(self._consumer.topics())}
        return {TopicPartition(name, number) for name in names for number in self._partitions(name)}

    def _partitions(self, name: str) -> Collection[int]:
        return self._consumer.partitions_for_topic(name) or ()

    def _seek(self, new: Collection[TopicPartition]) -> None:
        if self._start == "earliest":
            self._consumer.seek_to_beginning(*new)
        else:
            self._consumer.seek_to_end(*new)
        for place in new:  # asked for now, since "the end" moves on
            self._consumer.position(place)


def _require_alerts(settings: Settings, topics: Collection[str]) -> None:
    there = _told_of(require(settings, ()))
    for topic in topics:
        if topic not in there:
            known = ", ".join(there) or "none"
            raise ClusterMismatch(f"There are no alerts about {topic!r} on this cluster; topics with alerts: {known}.")


def _told_of(names: Iterable[str]) -> list[str]:
    """The topics that have one of these Kafka topics for their alerts. Nobody subscribes to canaries."""
    prefix = alerts("")
    return sorted({name.removeprefix(prefix) for name in names if name.startswith(prefix)} - {CANARY})


def _asked(settings: Settings) -> Unanswered | None:
    """Whether a broker still answers: the consumer itself tries again for ever, and says nothing."""
    try:
        knock(settings)
    except BrokerUnavailable as error:
        return Unanswered(str(error))
    return None


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_POLL_MS,
        max_partition_fetch_bytes=LARGEST_MESSAGE,
    )


def _read(record: ConsumerRecord) -> Notice | Unreadable:
    try:
        alert = decode_alert(record.value)
    except Refused as refusal:
        return Unreadable(f"{record.topic}/{record.partition}/{record.offset}", str(refusal))
    return Notice(alert, record.value, max(0.0, record.timestamp / 1000 - _article_time(record)))


def _article_time(record: Any) -> float:
    """When the article came to Kafka, by the alert's own word; else when the alert came."""
    claimed = dict(record.headers).get("ce_time", b"")
    try:
        return datetime.fromisoformat(claimed.decode()).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return float(record.timestamp) / 1000


def _is_known(name: str, seen: OrderedDict[str, None]) -> bool:
    if name in seen:
        return True
    seen[name] = None
    if len(seen) > REMEMBERED:
        seen.popitem(last=False)
    return False
