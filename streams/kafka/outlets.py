"""Which topics have a Kafka topic of alerts on the cluster: theirs are the alerts that can be published."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from time import monotonic

import msgspec
from aiokafka import AIOKafkaConsumer

from streams.errors import Reason
from streams.kafka.connection import client_options
from streams.kafka.layout import alerts
from streams.model import Rejected
from streams.settings import Settings
from streams.tagging.topics import Slug

Ask = Callable[[], Awaitable[Iterable[str]]]

_PAUSE = 0.1
"""Seconds between two questions. Whoever waits for an answer is a message of a topic without alerts."""

_SHOWN = 64


class Outlets:
    """What the cluster has, as far as it was asked.

    It is asked about all topics at once, for a topic that is not known, at most ten times a second.
    `learned` is told whenever there are more.
    """

    def __init__(self, ask: Ask, known: Iterable[str], learned: Callable[[Collection[str]], None]) -> None:
        """`known` are names of Kafka topics."""
        self._ask = ask
        self._learned = learned
        self._asked = -_PAUSE
        self._known = frozenset[str]()
        self._learn(known)

    @property
    def topics(self) -> Collection[str]:
        """The topics that are known."""
        return sorted(self._known)

    async def refusal(self, topic: str, since: float) -> Rejected | None:
        """Why an article of this topic cannot be told: at a moment after `since` it had no Kafka topic of alerts."""
        if await self._has(topic, since):
            return None
        return Rejected(Reason.UNWATCHED, f"there is no Kafka topic {alerts(topic[:_SHOWN])}")

    async def _has(self, topic: str, since: float) -> bool:
        if topic not in self._known and self._asked < since:
            await asyncio.sleep(self._asked + _PAUSE - monotonic())
            self._asked = monotonic()
            self._learn(await self._ask())
        return topic in self._known

    def _learn(self, names: Iterable[str]) -> None:
        prefix = alerts("")
        found = frozenset(name.removeprefix(prefix) for name in names if name.startswith(prefix))
        if new := set(filter(_is_slug, found)) - self._known:
            self._known |= new
            self._learned(self.topics)


def cluster(settings: Settings) -> Ask:
    """Asks the cluster for the names of all Kafka topics. The answer raises aiokafka's errors."""

    async def ask() -> Iterable[str]:
        consumer = AIOKafkaConsumer(**client_options(settings))
        try:
            await consumer.start()
            return set(await consumer.topics())
        finally:
            await consumer.stop()

    return ask


def _is_slug(name: str) -> bool:
    try:
        msgspec.convert(name, Slug)
    except msgspec.ValidationError:
        return False
    return True
