"""The journal of stories: what the desk decided on each event of `articles.tagged`, in the Kafka topic `stories`.

Entry and event are in partitions of the same number, so that whoever reads the events can read, and
alone writes, what was decided on them.
"""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from faust.types import TP

from streams import wire
from streams.errors import Reason, Refused
from streams.kafka.connection import client_options
from streams.kafka.deliveries import JSON, Outgoing, number_in
from streams.kafka.layout import LARGEST_MESSAGE, STORIES
from streams.settings import Settings
from streams.stories.placement import Placement, decode_placement

Read = Callable[[TP, int, int | None], AsyncIterator[ConsumerRecord]]
"""Gives the records of a partition that Kafka still has, from an offset up to, and not including, another
or the end as it is at the start, and a few more that came since: the embedded broker takes the first
record of the last batch for the end.
"""

Unreadable = Callable[[str, Refused], None]
"""Is told of a place, as `topic/partition/offset`, and of what is wrong with what lies there."""

_OFFSET = "northwire-tagged-offset"
_LONGEST_OFFSET = 19
"""Digits of 64 bits."""


class Entry(NamedTuple):
    """A decision, and the offset of the event it was made on."""

    offset: int
    placement: Placement


def write_entry(partition: int, entry: Entry) -> Outgoing:
    """An entry as a message."""
    return Outgoing(
        STORIES,
        key=entry.placement.story.id.encode(),
        value=wire.encode(entry.placement),
        headers={"content-type": JSON, _OFFSET: str(entry.offset).encode()},
        partition=partition,
    )


class Reader:
    """Takes the records of the journal as they come and gives each entry once.

    Whoever lost a partition may have written after its new owner, who decided the same.
    """

    def __init__(self, unreadable: Unreadable) -> None:
        self._unreadable = unreadable
        self._seen: set[tuple[int, int, str]] = set()

    def read(self, record: ConsumerRecord) -> Entry | None:
        """The entry in a record, unless it was given before, or is none."""
        try:
            entry = _entry(record)
        except Refused as refusal:
            self._unreadable(f"{record.topic}/{record.partition}/{record.offset}", refusal)
            return None
        mark = (record.partition, entry.offset, entry.placement.article_id)
        if mark in self._seen:
            return None
        self._seen.add(mark)
        return entry


async def entries(read: Read, partition: int, unreadable: Unreadable) -> AsyncIterator[Entry]:
    """The entries of a partition, each once."""
    reader = Reader(unreadable)
    async for record in read(TP(STORIES, partition), 0, None):
        if entry := reader.read(record):
            yield entry


def _entry(record: ConsumerRecord) -> Entry:
    placement = decode_placement(record.value)
    offset = number_in(dict(record.headers).get(_OFFSET), _LONGEST_OFFSET)
    if offset is None:
        raise Refused(Reason.WRONG_SHAPE, f"the header {_OFFSET} is not an offset")
    return Entry(offset, placement)


def partition_reader(settings: Settings) -> Read:
    """Reads from the broker, beside Faust's consumer and its group."""

    async def read(partition: TP, start: int, stop: int | None) -> AsyncIterator[ConsumerRecord]:
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
            end = (await consumer.end_offsets([source]))[source] if stop is None else stop
            consumer.seek(source, max(start, first))
            while await consumer.position(source) < end:
                fetched = await consumer.getmany(source, timeout_ms=1000, max_records=500)
                for record in fetched.get(source, ()):
                    if stop is not None and record.offset >= stop:
                        return
                    yield record
        finally:
            await consumer.stop()

    return read
