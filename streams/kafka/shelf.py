"""The desk of one partition, and how it comes back after a crash: from the journal of what it decided.

An event whose decision is in the journal is answered from there, whatever the desk would say today;
any other is decided on now. What lies before the event in hand and is not in the journal (which was
emptied, or is new) is decided on again, in its order.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta

from aiokafka import ConsumerRecord
from faust.types import TP

from streams.kafka.journal import Entry
from streams.stories.desk import Desk
from streams.stories.placement import Placement

Entries = Callable[[int], AsyncIterator[Entry]]
"""What the journal says of the events of a partition."""

Missed = Callable[[TP, int, int], AsyncIterator[ConsumerRecord]]
"""The events of a partition from an offset up to another."""

Decide = Callable[[ConsumerRecord, Desk], Awaitable[Placement | None]]
"""What to decide on an event, if it can be placed; the desk keeps it."""

_LONGER = timedelta(days=1)
"""How much longer than the window stories are remembered while nothing comes: a broker may be late."""


class Held:
    """The desk of a partition, told of every event before the next one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.next = 0
        self.answers: dict[int, Placement] = {}
        """What was decided before on events from the next one on, by offset."""
        self.owed: list[Entry] = []
        """Decisions that the journal does not have yet."""


class Shelf:
    """The desks of the partitions at hand."""

    def __init__(
        self,
        window: timedelta,
        entries: Entries,
        missed: Missed,
        decide: Decide,
        restored: Callable[[TP, int, int], None],
    ) -> None:
        """`restored` is told of how many entries a desk kept and how many events it decided on again."""
        self._window = window
        self._entries = entries
        self._missed = missed
        self._decide = decide
        self._restored = restored
        self._held: dict[TP, Held] = {}

    def keep(self, partitions: Collection[TP]) -> None:
        """Lets go of the desks of all other partitions."""
        self._held = {partition: held for partition, held in self._held.items() if partition in partitions}

    async def take(self, partition: TP, offset: int) -> Held:
        """The desk of a partition, told of all before an offset, and what was decided on the event there before.

        The caller decides on that event, or takes the answer, before it asks again.
        """
        held = self._held.get(partition)
        if held is None or held.next > offset:
            self._held.pop(partition, None)
            held = await self._open(partition, offset)
        elif held.next < offset:
            await self._catch_up(held, partition, offset)
        held.next = offset + 1
        self._held[partition] = held
        return held

    def count(self) -> Mapping[str, tuple[int, int]]:
        """The live stories and articles of each topic."""
        return {topic: count for held in self._held.values() for topic, count in held.desk.count().items()}

    def tidy(self, now: datetime | None) -> None:
        """Forgets what has expired, whether anything comes or not; without `now` by the clocks of the desks alone."""
        for held in self._held.values():
            held.desk.forget_expired()
            if now:
                held.desk.forget_before(now - self._window - _LONGER)

    async def _open(self, partition: TP, offset: int) -> Held:
        held = Held(Desk(self._window))
        kept = 0
        async for entry in self._entries(partition.partition):
            held.desk.keep(entry.placement)
            kept += 1
            if entry.offset >= offset:
                held.answers[entry.offset] = entry.placement
            else:
                held.next = max(held.next, entry.offset + 1)
        if held.next < offset:
            await self._catch_up(held, partition, offset)
        self._restored(partition, kept, len(held.owed))
        return held

    async def _catch_up(self, held: Held, partition: TP, offset: int) -> None:
        """Decides on the events from the next one up to an offset, and owes the journal what it does not have."""
        async for record in self._missed(partition, held.next, offset):
            known = held.answers.pop(record.offset, None)
            if not known and (placement := await self._decide(record, held.desk)):
                held.owed.append(Entry(record.offset, placement))
