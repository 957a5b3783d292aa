"""The stories worker: `articles.tagged` in, `alerts.<topic>` out, a desk per partition."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic, perf_counter, time
from typing import Any

from aiokafka import ConsumerRecord
from faust.types import TP, EventT

from streams import wire
from streams.kafka.application import Application, application
from streams.kafka.deliveries import ARTICLE_TIME, JSON, ORIGIN, Deliveries, Outgoing, number_in, origin
from streams.kafka.journal import Entry, entries, partition_reader, write_entry
from streams.kafka.layout import TAGGED, alerts
from streams.kafka.outlets import Outlets
from streams.kafka.shelf import Held, Shelf
from streams.model import Alert, Article, News, Rejected, StoryOutcome, TaggedArticle
from streams.pipeline import place, receive, tell
from streams.settings import Settings
from streams.stories.desk import Desk, arrival_of
from streams.stories.lexicon import lexicon_of
from streams.stories.placement import Placement
from streams.telemetry import Telemetry

GROUP = "northwire-stories"

_TIDY_EVERY = 60.0

LONGEST_TIME = 18
"""Digits of milliseconds; whoever sends more of them means something else."""


class StoriesWorker:
    """Places batches of tagged articles in stories, journals each placement and publishes the alerts."""

    def __init__(self, app: Application, settings: Settings, outlets: Outlets, telemetry: Telemetry) -> None:
        self._app = app
        self._deliveries = Deliveries(app)
        self._settings = settings
        self._outlets = outlets
        self._telemetry = telemetry
        read = partition_reader(settings)
        self.shelf = Shelf(
            settings.story_window,
            entries=lambda partition: entries(read, partition, telemetry.unreadable),
            missed=read,
            decide=self._decided_again,
            restored=lambda place, kept, decided: telemetry.restored(place.topic, place.partition, kept, decided),
        )

    async def handle(self, batch: list[EventT[bytes]]) -> None:
        """Returns when everything the batch gave rise to is acknowledged. Raises `DeliveryFailed`."""
        published: list[tuple[EventT[bytes], Alert]] = []
        began = monotonic()
        for event in filter(self._app.reads, batch):
            message = event.message
            held = await self.shelf.take(TP(message.topic, message.partition), message.offset)
            started = perf_counter()
            outcome = await self._outcome(event, held, began)
            if not self._app.bears(event, isinstance(outcome, Rejected)):
                continue
            self._telemetry.decided(outcome, _source(event), perf_counter() - started)
            match outcome:
                case News():
                    await self._deliveries.send(event, _publish(event, outcome.alert))
                    published.append((event, outcome.alert))
                case Rejected():
                    await self._deliveries.reject(event, outcome)
            for entry in held.owed:
                await self._deliveries.send(event, write_entry(message.partition, entry))
            held.owed.clear()
        undelivered = {event for event, _ in await self._settled()}
        now = time()
        for event, alert in published:
            if event not in undelivered:
                self._telemetry.alerted(alert, _source(event), now - _article_time(event))
        for partition in {event.message.partition for event in batch if self._app.reads(event)}:
            self._telemetry.progressed(TAGGED, partition, now)
        self._telemetry.remembering(self.shelf.count())

    async def tidy(self) -> None:
        """Forgets expired stories every minute, for ever."""
        while True:
            await asyncio.sleep(_TIDY_EVERY)
            self.shelf.tidy(datetime.now(UTC) if self._settings.arrival == "kafka" else None)
            self._telemetry.remembering(self.shelf.count())

    async def _outcome(self, event: EventT[bytes], held: Held, began: float) -> StoryOutcome:
        """What becomes of an event: as it was decided before, else as it is decided now and journalled."""
        message = event.message
        tagged = receive(message.value)
        if isinstance(tagged, Rejected):
            return tagged
        known = held.answers.pop(message.offset, None)
        if known and is_about(known, tagged):
            return tell(tagged, known)
        placed = await self._placed(tagged, message.timestamp, held.desk, began)
        if isinstance(placed, Rejected):
            return placed
        held.owed.append(Entry(message.offset, placed))
        return tell(tagged, placed)

    async def _decided_again(self, record: ConsumerRecord, desk: Desk) -> Placement | None:
        tagged = receive(record.value)
        if isinstance(tagged, Rejected):
            return None
        placed = await self._placed(tagged, record.timestamp / 1000, desk, monotonic())
        return None if isinstance(placed, Rejected) else placed

    async def _placed(self, tagged: TaggedArticle, timestamp: float, desk: Desk, since: float) -> Placement | Rejected:
        """What the desk decides. It does not hear of articles of which nobody can be told."""
        refusal = await self._outlets.refusal(tagged.match.topic, since)
        return refusal or place(tagged, desk, self._arrival(tagged.article, timestamp))

    def _arrival(self, article: Article, timestamp: float) -> datetime | None:
        """When an article came: by Kafka's clock, unless that is ahead of ours; in an archive, as it says of itself."""
        now = datetime.now(UTC)
        with suppress(ValueError, OverflowError, OSError):
            if (stamped := datetime.fromtimestamp(round(timestamp * 1000) / 1000, UTC)) < now and timestamp > 0:
                now = stamped
        if self._settings.arrival == "kafka":
            return now
        claimed = arrival_of(article)
        return min(claimed, now) if claimed else None

    async def _settled(self) -> list[tuple[EventT[bytes], Rejected]]:
        put_aside = await self._deliveries.settle()
        for event, rejected in put_aside:
            self._telemetry.put_aside(rejected, _source(event))
        return put_aside


def _publish(event: EventT[bytes], alert: Alert) -> Outgoing:
    return announcement(alert, _source(event), _article_time(event))


def announcement(alert: Alert, source: str, article_time: float) -> Outgoing:
    """An alert as a CloudEvent in binary mode; times of processing travel here, not in the value.

    `source` is where its article was read, as `topic/partition/offset`; `article_time` when that came to
    Kafka, in seconds since 1970.
    """
    headers = {
        "content-type": JSON,
        "ce_specversion": b"1.0",
        "ce_id": alert.id.encode(),
        "ce_type": f"northwire.alert.{alert.kind}".encode(),
        "ce_source": b"/northwire/stories",
        "ce_subject": alert.story.id.encode(),
        ORIGIN: source.encode(),
    }
    with suppress(ValueError, OverflowError, OSError):  # a year that no calendar has: `ce_time` is left out
        headers["ce_time"] = datetime.fromtimestamp(article_time, UTC).isoformat().encode()
    return Outgoing(alerts(alert.topic), key=alert.story.id.encode(), value=wire.encode(alert), headers=headers)


def _source(event: EventT[bytes]) -> str:
    """Where the article behind a tagged message was read."""
    return (event.headers.get(ORIGIN) or origin(event).encode()).decode(errors="replace")


def _article_time(event: EventT[bytes]) -> float:
    """When the article came to Kafka, in seconds since the epoch."""
    claimed = number_in(event.headers.get(ARTICLE_TIME), LONGEST_TIME)
    return float(event.message.timestamp) if claimed is None else claimed / 1000


def is_about(known: Placement, tagged: TaggedArticle) -> bool:
    """Whether a placement is of this article: the Kafka topic may have been created anew, and offsets with it."""
    return (known.topic, known.article_id) == (tagged.match.topic, tagged.article.id)


def stories_app(settings: Settings, outlets: Outlets, telemetry: Telemetry) -> Application:
    """The app `northwire-stories`, ready to be started."""
    lexicon_of(None)  # a second's work, which the first article need not wait for
    app = application(GROUP, settings)
    worker = StoriesWorker(app, settings, outlets, telemetry)

    async def keep(*assigned: Any, **__: Any) -> None:
        worker.shelf.keep(assigned[-1])

    app.on_partitions_assigned.connect(keep)
    app.read(TAGGED, worker.handle)
    app.report(telemetry)
    app.task(worker.tidy)
    return app
