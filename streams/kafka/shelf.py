"""The desk of one partition, and how it comes back after a crash.

`articles.tagged` is the only record of what the desk was told. A desk is therefore rebuilt by
reading the partition again up to the event in hand: the same articles in the same order give the
same desk, so an event that is read twice gets the same answer twice, to the byte.
"""

from collections.abc import AsyncIterator, Callable, Collection

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from faust.types import TP

from streams.kafka.connection import client_options
from streams.kafka.layout import LARGEST_MESSAGE
from streams.pipeline import decide
from streams.settings import Settings
from streams.stories.desk import Desk

Read = Callable[[TP, int, int], AsyncIterator[ConsumerRecord]]


class Shelf:
    """The desks of the partitions at hand, each as it was before the event that is asked for."""

    def __init__(self, read: Read, restored: Callable[[TP, int], None]) -> None:
        self._read = read
        self._restored = restored
        self._desks: dict[TP, tuple[Desk, int]] = {}

    def keep(self, partitions: Collection[TP]) -> None:
        """Lets go of the desks of all other partitions."""
        self._desks = {partition: held for partition, held in self._desks.items() if partition in partitions}

    async def desk(self, partition: TP, offset: int) -> Desk:
        """The partition's desk, told of every article before the offset and of no other.

        The caller tells the desk of the event at that offset before it asks again.
        """
        desk, following = self._desks.get(partition, (Desk(), 0))
        if following > offset:
            desk, following = Desk(), 0
        if following < offset:
            told = 0
            async for record in self._read(partition, following, offset):
                decide(record.value, desk)
                told += 1
            self._restored(partition, told)
        self._desks[partition] = desk, offset + 1
        return desk


def partition_reader(settings: Settings) -> Read:
    """Reads a stretch of a partition from the broker, beside Faust's consumer and its group."""

    async def read(partition: TP, start: int, stop: int) -> AsyncIterator[ConsumerRecord]:
        """The records at offsets from `start` up to but not including `stop` that Kafka still has."""
        consumer = AIOKafkaConsumer(
            **client_options(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_MESSAGE,
        )
        await consumer.start()
        try:
            source = TopicPartition(partition.topic, partition.partition)
            consumer.assign([source])
            first = (await consumer.beginning_offsets([source]))[source]
            consumer.seek(source, max(start, first))
            while await consumer.position(source) < stop:
                fetched = await consumer.getmany(source, timeout_ms=1000, max_records=500)
                for record in fetched.get(source, ()):
                    if record.offset >= stop:
                        return
                    yield record
        finally:
            await consumer.stop()

    return read
