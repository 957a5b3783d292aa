"""Stories as they lie in Kafka: what was decided on each article, and the alerts that tell of it."""

from collections.abc import Collection, Iterator

from streams.errors import Refused
from streams.kafka.admin import require
from streams.kafka.journal import Reader, Unreadable
from streams.kafka.layout import STORIES, alerts
from streams.kafka.records import records
from streams.model import Alert
from streams.settings import Settings
from streams.stories.placement import Placement
from streams.tagging.topics import CANARY
from streams.wire import decode_alert


def placements(settings: Settings, unreadable: Unreadable) -> Iterator[Placement]:
    """All that the journal holds now but canaries, each once, in order of arrival within a topic.

    Raises as `records` does.
    """
    reader = Reader(unreadable)
    for record in records(settings, STORIES):
        if (entry := reader.read(record)) and entry.placement.topic != CANARY:
            yield entry.placement


Event = tuple[int, int]
"""A message of `articles.tagged`: its partition and its offset."""


def decisions(settings: Settings, events: Collection[Event], unreadable: Unreadable) -> dict[Event, Placement]:
    """What was decided on these events, as far as the journal can be read and has it. Raises as `records` does."""
    if not events:
        return {}
    reader = Reader(unreadable)
    return {
        (record.partition, entry.offset): entry.placement
        for record in records(settings, STORIES)
        if (entry := reader.read(record)) and (record.partition, entry.offset) in events
    }


def alerts_of(settings: Settings, topic: str, story_id: str, unreadable: Unreadable) -> Iterator[Alert]:
    """The alerts of a story that Kafka still has, each once. Raises `BrokerUnavailable`."""
    if alerts(topic) not in require(settings, ()):
        return
    seen: set[str] = set()
    for record in records(settings, alerts(topic)):
        if record.key != story_id.encode():
            continue
        try:
            alert = decode_alert(record.value)
        except Refused as refusal:
            unreadable(f"{record.topic}/{record.partition}/{record.offset}", refusal)
            continue
        if alert.id not in seen:
            seen.add(alert.id)
            yield alert
