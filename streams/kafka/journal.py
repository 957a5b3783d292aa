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
from streams.kafka.deliveries import JSON, Outgoing
from streams.kafka.layout import LARGEST_MESSAGE, STORIES
from streams.settings import Settings
from streams.stories.placement import Placement, decode_placement

Read = Callable[[TP, int, int | None], AsyncIterator[ConsumerRecord]]
"""Gives the records of a partition that Kafka still has, from an offset up to, and not including, another
or the end as it is at the start, and a few more that came since: the embedded broker takes the first
record of the last batch for the end.
"""

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


def read_entry(record: ConsumerRecord) -> Entry:
    """The entry in a record. Raises `Refused`."""
    offset = dict(record.headers).get(_OFFSET) or b""
    if not offset.isdigit() or len(offset) > _LONGEST_OFFSET:
        raise Refused(Reason.WRONG_SHAPE, f"the header {_OFFSET} is not an offset")
    return Entry(int(offset), decode_placement(record.value))


async def entries(read: Read, partition: int, unreadable: Callable[[str, Refused], None]) -> AsyncIterator[Entry]:
    """The entries of a partition, each once: whoever lost a partition may have written after its new owner."""
    seen: set[tuple[int, str]] = set()
    async for record in read(TP(STORIES, partition), 0, None):
        try:
            entry = read_entry(record)
        except Refused as refusal:
            unreadable(f"{STORIES}/{partition}/{record.offset}", refusal)
            continue
        mark = (entry.offset, entry.placement.article_id)
        if mark not in seen:
            seen.add(mark)
            yield entry


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
