"""The stories worker: `articles.tagged` in, `alerts.<topic>` out, a desk per partition."""

from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic, perf_counter, time
from typing import Any

from faust.types import TP, EventT

from streams import wire
from streams.kafka.application import Application, application
from streams.kafka.deliveries import JSON, Deliveries, Outgoing, origin
from streams.kafka.layout import TAGGED, alerts
from streams.kafka.outlets import Outlets
from streams.kafka.shelf import Shelf, partition_reader
from streams.model import Alert, News, Rejected
from streams.pipeline import decide
from streams.settings import Settings
from streams.telemetry import Telemetry

GROUP = "northwire-stories"

_LONGEST_TIME = 18
"""Digits of milliseconds; whoever sends more of them means something else."""


class StoriesWorker:
    """Places batches of tagged articles in stories and publishes the alerts."""

    def __init__(self, app: Application, shelf: Shelf, outlets: Outlets, telemetry: Telemetry) -> None:
        self._deliveries = Deliveries(app)
        self._shelf = shelf
        self._outlets = outlets
        self._telemetry = telemetry

    async def handle(self, batch: list[EventT[bytes]]) -> None:
        """Returns when everything the batch gave rise to is acknowledged. Raises `DeliveryFailed`."""
        published: list[tuple[EventT[bytes], Alert]] = []
        began = monotonic()
        for event in batch:
            message = event.message
            desk = await self._shelf.desk(TP(message.topic, message.partition), message.offset)
            started = perf_counter()
            outcome = decide(message.value, desk)
            seconds = perf_counter() - started
            outcome = await self._outlets.admit(outcome, began)
            self._telemetry.decided(outcome, _source(event), seconds)
            match outcome:
                case News():
                    await self._deliveries.send(event, _publish(event, outcome.alert))
                    published.append((event, outcome.alert))
                case Rejected():
                    await self._deliveries.reject(event, outcome)
        undelivered = {event for event, _ in await self._settled()}
        now = time()
        for event, alert in published:
            if event not in undelivered:
                self._telemetry.alerted(alert, _source(event), now - _article_time(event))
        for partition in {event.message.partition for event in batch}:
            self._telemetry.progressed(TAGGED, partition, now)

    async def _settled(self) -> list[tuple[EventT[bytes], Rejected]]:
        put_aside = await self._deliveries.settle()
        for event, rejected in put_aside:
            self._telemetry.put_aside(rejected, _source(event))
        return put_aside


def _publish(event: EventT[bytes], alert: Alert) -> Outgoing:
    """An alert as a CloudEvent in binary mode; times of processing travel here, not in the value."""
    headers = {
        "content-type": JSON,
        "ce_specversion": b"1.0",
        "ce_id": alert.id.encode(),
        "ce_type": f"northwire.alert.{alert.kind}".encode(),
        "ce_source": b"/northwire/stories",
        "ce_subject": alert.story.id.encode(),
        "northwire-origin": _source(event).encode(),
    }
    with suppress(ValueError, OverflowError, OSError):  # a year that no calendar has: `ce_time` is left out
        headers["ce_time"] = datetime.fromtimestamp(_article_time(event), UTC).isoformat().encode()
    return Outgoing(alerts(alert.topic), key=alert.story.id.encode(), value=wire.encode(alert), headers=headers)


def _source(event: EventT[bytes]) -> str:
    """Where the article behind a tagged message was read."""
    return (event.headers.get("northwire-origin") or origin(event).encode()).decode(errors="replace")


def _article_time(event: EventT[bytes]) -> float:
    """When the article came to Kafka, in seconds since the epoch."""
    claimed = event.headers.get("northwire-article-time") or b""
    if claimed.isdigit() and len(claimed) <= _LONGEST_TIME:
        return int(claimed) / 1000
    return float(event.message.timestamp)


def stories_app(settings: Settings, outlets: Outlets, telemetry: Telemetry) -> Application:
    """The app `northwire-stories`, ready to be started."""

    def restored(partition: TP, articles: int) -> None:
        telemetry.restored(partition.topic, partition.partition, articles)

    app = application(GROUP, settings)
    shelf = Shelf(partition_reader(settings), restored)

    async def keep(*assigned: Any, **__: Any) -> None:
        shelf.keep(assigned[-1])

    app.on_partitions_assigned.connect(keep)
    app.read(TAGGED, StoriesWorker(app, shelf, outlets, telemetry).handle)
    return app
