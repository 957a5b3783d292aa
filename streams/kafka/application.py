"""The Faust application: built by a factory, configured so that the promise holds, drained before it ends.

Why each setting is as it is stands in docs/decisions/0001-faust-is-a-shell.md.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import aiokafka
import faust
from faust.auth import SASLCredentials, SSLCredentials
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, EventT
from mode.services import WaitResults
from yarl import URL

from streams.kafka.batches import BatchStream
from streams.kafka.connection import tls_context
from streams.kafka.deliveries import origin
from streams.kafka.layout import LARGEST_MESSAGE
from streams.kafka.tolerance import Tolerance
from streams.settings import Settings
from streams.telemetry import Telemetry

Handle = Callable[[list[EventT[bytes]]], Awaitable[None]]

FETCH_SIZE = 512 * 1024
"""Bytes to fetch from a partition at a time; Kafka sends a larger message all the same, alone."""

FETCH_WAIT_MS = 100
"""How long a fetch may wait for messages. The embedded broker looks for new ones a few times in that time."""

MOST_EVENTS = 256
"""Events in a batch."""

DELIVERED_WITHIN = 30.0
"""Seconds until a message that no broker took ends the worker: Faust would hold it, and all behind it, 20 minutes."""

_DRAIN = 0.6
"""The share of the stop timeout that the batch in hand may take."""


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Fetches with our patience instead of Faust's second and a half, which it does not let anyone set."""

    logger = driver.logger

    def _create_consumer(self, loop: asyncio.AbstractEventLoop) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_consumer(loop)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class Consumer(driver.Consumer):
    """Lets the batch in hand end, and commits it, before partitions go to another worker."""

    app: "Application"
    logger = driver.logger

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def wait_first(self, *awaited: Any, **options: Any) -> WaitResults:
        """As in Faust, but a message that its stream is waiting for is handed over at once.

        Faust makes four tasks for each message, so that a full queue cannot hold up a rebalance.
        """
        if len(awaited) == 2 and self._is_delivery(awaited[0]) and self.flow_active and self.app.is_waiting():
            delivery, suspension = awaited
            suspension.close()
            return WaitResults([], [await delivery], stopped=False)
        return await super().wait_first(*awaited, **options)

    def _is_delivery(self, awaited: Any) -> bool:
        return getattr(awaited, "cr_code", None) is self.callback.__code__

    async def maybe_wait_for_commit_to_finish(self) -> bool:
        """Waits for a commit that is on its way, and has the one that was asked for follow.

        Faust leaves that one out, though it would hold what was done since the other began.
        """
        while await super().maybe_wait_for_commit_to_finish():
            pass
        return False

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await self.app.drain()
        await self.commit()
        await super().on_partitions_revoked(revoked)


class Transport(driver.Transport):
    """Kafka by aiokafka, with our consumer."""

    Consumer = Consumer


class NoTables(TableManager):
    """Starts at once: there are no tables, for whose declaration Faust gives agents a second."""

    logger = logging.getLogger("faust.tables.manager")

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()


class Application(faust.App):
    """A Faust app of one agent that reads one Kafka topic in batches."""

    logger = logging.getLogger("faust.app")

    def __init__(self, *args: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = settings
        self.joined = False
        self.assigned: frozenset[TP] = frozenset()
        self._streams: list[BatchStream] = []
        self._tolerance = Tolerance(settings.poison_run, settings.poison_share)
        self._stops: dict[TP, int] = {}
        self._tell_stopped: Callable[[int, str], None] = lambda *_: None

    def read(self, kafka_topic: str, handle: Handle) -> None:
        """Has every batch of a Kafka topic handled. What `handle` raises ends the process un-acked."""

        async def run(stream: faust.StreamT[bytes]) -> None:
            assert isinstance(stream, BatchStream)
            self._streams.append(stream)
            async for batch in stream.batches(MOST_EVENTS):
                await handle(batch)

        source = self.topic(kafka_topic, key_serializer="raw", value_serializer="raw")
        self.agent(source, name=kafka_topic, concurrency=1)(run)

    def report(self, telemetry: Telemetry) -> None:
        """Tells of the partitions that are assigned, whenever they are, and of what is in flight, whenever asked.

        And of partitions that are read no further.
        """
        self._tell_stopped = telemetry.stopped

        async def share(*assigned: Any, **_: Any) -> None:
            telemetry.sharing(len(assigned[-1]))

        self.on_partitions_assigned.connect(share)
        telemetry.holding(lambda: sum(stream.queued + stream.in_hand for stream in self._streams))

    async def take_share(self, *assigned: Any, **_: Any) -> None:
        """These partitions are read from now on: what was stopped stays so, and all else begins anew."""
        self.assigned = frozenset(assigned[-1])
        for partition in self._stops.keys() - self.assigned:
            del self._stops[partition]
            self._tolerance.forget(partition)
            self._tell_stopped(len(self._stops), "")

    @property
    def moving(self) -> frozenset[TP]:
        """The partitions of this worker in which there should be progress."""
        return frozenset() if self.rebalancing else self.assigned - self._stops.keys()

    def reads(self, event: EventT[bytes]) -> bool:
        """Whether an event is to be handled, and not one behind which its partition was stopped."""
        message = event.message
        return not self._stops or message.offset < self._stops.get(message.tp, message.offset + 1)

    def bears(self, event: EventT[bytes], bad: bool) -> bool:
        """Whether an event may be forwarded or put aside. If not, its partition is read no further, from it on.

        Nothing of that is acknowledged: whoever reads the partition next, this worker after a restart,
        begins there.
        """
        message = event.message
        if self._tolerance.bears(message.tp, bad):
            return True
        self._stops[message.tp] = message.offset
        self.consumer.pause_partitions({message.tp})
        self._tell_stopped(len(self._stops), origin(event))
        return False

    def is_waiting(self) -> bool:
        """Whether the next batch has room for another event."""
        return self.flow_control.is_active() and all(stream.queued < MOST_EVENTS for stream in self._streams)

    async def drain(self) -> None:
        """Hands out no more events and waits, for a bounded time, until the batch in hand has ended."""
        self.consumer.stop_flow()
        self.flow_control.suspend()
        self.flow_control.clear()
        waiting = [asyncio.ensure_future(stream.idle.wait()) for stream in self._streams]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=self.settings.stop_timeout * _DRAIN)
            for task in late:
                task.cancel()

    async def on_stop(self) -> None:
        """Drain, commit, leave; whatever hangs is cut off, and read again by the next worker."""
        end_process_after(self.settings.stop_timeout)
        if self._consumer is not None and self._consumer.started:
            await self.drain()
        await super().on_stop()

    def _create_directories(self) -> None:
        """Keeps Faust from making folders for state that lies in Kafka alone."""

    async def wait_for_the_seek(self, *_: Any, **__: Any) -> None:
        """Keeps events from flowing until Faust has gone to the committed offsets.

        Faust resumes partitions first and seeks then; what is read in between is dropped, and
        commits stand still at the gap.
        """
        self.consumer.stop_flow()
        self.flow_control.suspend()
        self.joined = True


def application(name: str, settings: Settings) -> Application:
    """A Faust app for one worker: its consumer group is its name."""
    app = Application(
        name,
        settings=settings,
        broker=_brokers(settings),
        broker_credentials=_credentials(settings),
        Stream=BatchStream,
        TableManager=NoTables,
        agent_supervisor="mode.CrashingSupervisor",
        stream_wait_empty=False,
        stream_buffer_maxsize=1024,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / 4,
        broker_commit_interval=settings.commit_interval,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_SIZE,
        producer_linger=0.005,
        producer_max_request_size=LARGEST_MESSAGE,
        producer_acks=-1,
        producer_request_timeout=DELIVERED_WITHIN,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
        store="memory://",
    )
    app.transport = Transport(app.conf.broker_consumer, app)
    app.on_rebalance_complete.connect(app.wait_for_the_seek)
    app.on_partitions_assigned.connect(app.take_share)
    return app


def _brokers(settings: Settings) -> list[URL]:
    """The brokers as Faust wants them: no user and no password in them, so none can be printed."""
    return [URL(f"kafka://{broker}") for broker in settings.brokers]


def _credentials(settings: Settings) -> faust.auth.Credentials | None:
    """Credentials for Faust, which takes a missing TLS context as leave to use none."""
    context = tls_context(settings)
    if settings.security_protocol.startswith("SASL"):
        return SASLCredentials(
            username=settings.sasl_username,
            password=settings.password,
            ssl_context=context,
            mechanism=settings.sasl_mechanism,
        )
    return SSLCredentials(context) if context else None


def end_process_after(seconds: float) -> None:
    """Ends this process without further ado unless it has ended by itself in time."""
    timer = threading.Timer(seconds, os._exit, [75])
    timer.daemon = True
    timer.start()
