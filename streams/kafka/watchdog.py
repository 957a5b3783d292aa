"""Ends a worker that stands still though there is more to read, so that a supervisor starts it again.

A consumer can die slowly and say nothing: Faust's own detector compares two clocks that have nothing to
do with each other. Here the broker is asked, over a connection of its own, and believed.
"""

import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping
from time import monotonic, sleep

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP

from streams.kafka.connection import client_options
from streams.kafka.journal import Read
from streams.settings import Settings

STUCK = 70
"""The exit code: EX_SOFTWARE of sysexits.h."""

Committed = Callable[[Collection[TP]], Awaitable[Mapping[TP, int]]]
"""The next offset that a group wants of partitions; of one it never committed, the first there is."""


class Stillness:
    """Since when the committed offset of each partition has not moved."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._seen: dict[TP, tuple[int, float]] = {}

    def long_still(self, committed: Mapping[TP, int], now: float) -> set[TP]:
        """The partitions that have not moved for so many seconds, looked at all the while. Others are forgotten."""
        self._seen = {
            partition: self._seen[partition]
            if partition in self._seen and self._seen[partition][0] == offset
            else (offset, now)
            for partition, offset in committed.items()
        }
        return {partition for partition, (_, since) in self._seen.items() if now - since >= self._patience}

    def excuse(self, partition: TP, now: float) -> None:
        """A partition has had no reason to move."""
        self._seen[partition] = (self._seen[partition][0], now)


class Watchdog:
    """Bites when a partition of this worker stands still and has a message that it should have read."""

    def __init__(
        self,
        patience: float,
        partitions: Callable[[], Collection[TP]],
        committed: Committed,
        read: Read,
        bite: Callable[[str], None],
    ) -> None:
        self._patience = patience
        self._partitions, self._committed, self._read, self._bite = partitions, committed, read, bite
        self._stillness = Stillness(patience)
        self._log = structlog.get_logger("watchdog")

    async def look(self, now: float) -> None:
        """Looks once. A broker that does not answer is no fault of the worker: nothing is known, and nothing done."""
        partitions = self._partitions()
        try:
            committed = await self._committed(partitions) if partitions else {}
            for partition in self._stillness.long_still(committed, now):
                if await self._has_more(partition, committed[partition]):
                    place = f"{partition.topic}/{partition.partition}/{committed[partition]}"
                    self._bite(f"no progress at {place} for {self._patience:.0f} s, and there is more to read")
                self._stillness.excuse(partition, now)
        except (KafkaError, OSError, TimeoutError) as error:
            self._log.info("watchdog-blind", error=str(error) or type(error).__name__)

    async def _has_more(self, partition: TP, offset: int) -> bool:
        """Whether there is a message: an offset may also be a mark of a transaction, which no reader sees."""
        async for _ in self._read(partition, offset, None):
            return True
        return False


def committed_by(settings: Settings, group: str) -> Committed:
    """Asks the broker what a group has committed. Raises aiokafka's errors."""

    async def ask(partitions: Collection[TP]) -> Mapping[TP, int]:
        consumer = AIOKafkaConsumer(**client_options(settings), group_id=group, enable_auto_commit=False)
        try:
            await consumer.start()
            places = [TopicPartition(*partition) for partition in partitions]
            consumer.assign(places)
            found = {place: await consumer.committed(place) for place in places}
            begin = await consumer.beginning_offsets([place for place in places if found[place] is None])
        finally:
            await consumer.stop()
        return {TP(*place): begin[place] if offset is None else offset for place, offset in found.items()}

    return ask


def bite(sentence: str) -> None:
    """Says why and ends this process at once: what it had in hand is not acknowledged, and is read again."""
    structlog.get_logger("watchdog").error("stuck", error=sentence)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(STUCK)


def guard_loop(turned: Callable[[], float], patience: float) -> None:
    """Beside the event loop, in a thread: bites if it has not turned for so many seconds.

    `turned` is when it last did, by the monotonic clock. Looks twice: a process that was frozen is late
    through no fault of its own.
    """

    def watch() -> None:
        late = False
        while True:
            sleep(patience / 4)
            before, late = late, monotonic() - turned() > patience
            if before and late:
                bite(f"the event loop has not turned for {patience:.0f} s")

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
