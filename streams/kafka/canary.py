"""The canary's flight: in at `articles`, out at `alerts.canary`, through the same workers as everything else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from itertools import cycle
from secrets import randbits
from time import monotonic, time
from types import TracebackType
from typing import Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from streams.errors import NorthwireError, Refused
from streams.flock import Flock, Strange
from streams.kafka import admin
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import ARTICLES, LARGEST_MESSAGE, alerts, outlets
from streams.observatory import Observatory
from streams.settings import Settings
from streams.tagging.canary import canary
from streams.tagging.topics import CANARY
from streams.wire import decode_alert, encode

_POLL_MS = 500
_PATIENCE_MS = 10_000
_BLOCKED_MS = 2_000


class Aviary:
    """Where canaries are sent from and come back to. Each goes through the next partition of `articles`."""

    def __init__(self, settings: Settings, observatory: Observatory) -> None:
        """Raises `BrokerUnavailable`, and `ClusterMismatch` where Kafka topics are missing or refused."""
        admin.prepare(settings, outlets(settings, [CANARY]))
        self._partitions: Iterator[int] = cycle(range(admin.require(settings, [ARTICLES])[ARTICLES]))
        self._settings = settings
        self._observatory = observatory
        self._flock = Flock(settings.canary_lost_after)
        with ExitStack() as stack:
            try:
                self._producer = KafkaProducer(
                    **client_options(settings),
                    acks="all",
                    max_block_ms=_BLOCKED_MS,
                    request_timeout_ms=_PATIENCE_MS // 2,
                    delivery_timeout_ms=_PATIENCE_MS,
                )
                stack.callback(self._producer.close, timeout=0)
                self._consumer = stack.enter_context(closing(_consumer(settings)))
            except KafkaError as error:
                raise unavailable(settings, error) from error
            self._stack = stack.pop_all()

    def send(self) -> None:
        """Lets a canary fly; whether Kafka takes it is known later."""
        article = canary(randbits(128))
        self._flock.send(article.id, monotonic())
        try:
            future = self._producer.send(
                ARTICLES, encode(article), key=article.id.encode(), partition=next(self._partitions)
            )
        except KafkaError as error:
            self._fail(article.id, error)
            return
        future.add_callback(lambda _: self._observatory.sent())
        future.add_errback(lambda error: self._fail(article.id, error))

    def receive(self) -> None:
        """Takes in what comes back within half a second, and gives up what is out for too long."""
        for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                self._take(record.value)
        for name in self._flock.overdue(monotonic()):
            self._observatory.lost(name, f"not back after {self._settings.canary_lost_after:g} s")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with suppress(KafkaError):
            self._stack.close()

    def _take(self, value: bytes | None) -> None:
        try:
            name = decode_alert(value).article.id
        except Refused:
            return
        match self._flock.receive(name, monotonic()):
            case float() as seconds:
                self._observatory.received(name, seconds, time())
            case Strange.AGAIN:
                self._observatory.received_again(name)

    def _fail(self, name: str, error: BaseException) -> None:
        if self._flock.lose(name):
            self._observatory.lost(name, f"Kafka did not take it: {str(error) or type(error).__name__}")


def keep_flying(settings: Settings, observatory: Observatory, rest: Callable[[float], bool]) -> None:
    """Sends canaries and sees them come back, until `rest`, which may sleep so many seconds, says that it is over.

    Waits for a broker where there is none yet. Of one that is gone later the clients know by themselves when it is
    back; what cannot be sent meanwhile is lost.
    """
    while not rest(0):
        try:
            with Aviary(settings, observatory) as aviary:
                observatory.fly()
                due = monotonic()
                while not rest(0):
                    if monotonic() >= due:
                        due = monotonic() + settings.canary_interval
                        aviary.send()
                    aviary.receive()
        except (NorthwireError, KafkaError) as error:
            observatory.wait("canary", str(error))
            rest(settings.lag_interval)


def _consumer(settings: Settings) -> KafkaConsumer:
    """A consumer at the end of `alerts.canary`."""
    consumer = KafkaConsumer(
        **client_options(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_POLL_MS,
        max_partition_fetch_bytes=LARGEST_MESSAGE,
    )
    place = TopicPartition(alerts(CANARY), 0)
    consumer.assign([place])
    consumer.seek_to_end(place)
    consumer.position(place)
    return consumer
