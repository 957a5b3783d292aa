"""Articles on their way to Kafka, each followed until the broker has it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError

from streams.kafka.admin import require
from streams.kafka.connection import producer_options, unavailable
from streams.kafka.layout import ARTICLES
from streams.settings import Settings


class Feed:
    """Puts messages on `articles`. Leaving the context waits until the fate of each is known."""

    def __init__(self, settings: Settings) -> None:
        """Raises `BrokerUnavailable`, and `ClusterMismatch` where there is no Kafka topic `articles`."""
        require(settings, [ARTICLES])
        self._settings = settings
        self._failures: dict[str, str] = {}
        self.accepted = 0
        try:
            self._producer = KafkaProducer(**producer_options(settings), linger_ms=5)
        except KafkaError as error:
            raise unavailable(settings, error) from error

    def send(self, raw: bytes, key: str | None, place: str) -> None:
        """Hands a message over; blocks while too many are on their way. Raises `BrokerUnavailable`."""
        try:
            future = self._producer.send(ARTICLES, raw, key=key.encode() if key is not None else None)
        except MessageSizeTooLargeError as error:
            self._fail(place, error)
            return
        except KafkaError as error:
            raise unavailable(self._settings, error) from error
        future.add_callback(self._accept)
        future.add_errback(self._fail, place)

    @property
    def failures(self) -> Mapping[str, str]:
        """What Kafka did not take: the place it came from, and why. Complete once the context is left."""
        return self._failures

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._producer.close(timeout=None if kind is None else 5)

    def _accept(self, _: Any) -> None:
        self.accepted += 1

    def _fail(self, place: str, error: BaseException) -> None:
        self._failures[place] = str(error) or type(error).__name__
