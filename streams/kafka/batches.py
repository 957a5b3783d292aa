"""The stream a worker reads: batches of events that end only when their work is acknowledged.

Faust acknowledges an event when the next one is asked for, also when an exception ended it, and
`take()` acknowledges a whole batch in a `finally`. Here a batch is acknowledged by asking for the
next one, in order, and by nothing else: an exception leaves it, and all after it, to be read again.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol, cast

import faust
from faust.types import EventT


class Bounded(Protocol):
    """An app that may stop reading a partition."""

    def reads(self, event: EventT[bytes]) -> bool:
        """Whether an event is to be handled, and acknowledged afterwards."""


class BatchStream(faust.Stream[bytes]):
    """A stream over one Kafka topic that is read in batches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reads = cast("Bounded", self.app).reads
        self.idle = asyncio.Event()
        self.idle.set()
        self.in_hand = 0
        """How many events the batch in hand has."""

    @property
    def queued(self) -> int:
        """How many events are there already."""
        return cast("faust.ChannelT[bytes]", self.channel).queue.qsize()

    async def batches(self, most: int) -> AsyncIterator[list[EventT[bytes]]]:
        """What has arrived, at once and at most `most` events; waits only while there is nothing.

        Asking for the next batch says that every event of the last one may be forgotten. Events of
        an assignment that has ended are dropped, unacknowledged: whoever owns them now reads them. So are
        those behind which their partition was stopped.
        """
        await self.maybe_start()
        self._finalized = True
        queue = cast("faust.ChannelT[bytes]", self.channel).queue
        while not self.should_stop:
            try:
                events = [await queue.get()]
            except StopAsyncIteration:  # how Faust tells a stream that the app is stopping
                return
            while len(events) < most and not queue.empty():
                events.append(queue.get_nowait())
            current = [event for event in events if self._is_wanted(event)]
            if not current or not self.app.flow_control.is_active():
                continue
            self.idle.clear()
            self.in_hand = len(current)
            for event in current:
                self._track(event)
            try:
                yield current
                for event in filter(self._is_wanted, current):
                    await self.ack(event)
            finally:
                self.in_hand = 0
                self.idle.set()

    def _is_wanted(self, event: EventT[bytes]) -> bool:
        return event.message.generation_id == self.app.consumer_generation_id and self._reads(event)

    def _track(self, event: EventT[bytes]) -> None:
        message = event.message
        if not message.tracked:
            message.tracked = True
            self.app.consumer.track_message(message)
