"""Lag as the broker has it: measured beside the workers, so that one that stands still cannot hide it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from time import monotonic, time
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError, UnsupportedVersionError

from streams.backlog import Extent, Group, Look, Place, Reach, backlog
from streams.errors import NorthwireError
from streams.kafka import stories, tagging
from streams.kafka.admin import require
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import ARTICLES, TAGGED, is_ours
from streams.settings import Settings

READS = {tagging.GROUP: ARTICLES, stories.GROUP: TAGGED}
"""What our groups read; others read what they have committed offsets of."""

_TIMEOUT_MS = 10_000
_PATIENCE = 3.0
"""Seconds to look for the oldest unread messages; what is not found counts from when it was first missed."""

_FETCH_SIZE = 64 * 1024
_UNSEEN = Group("Unknown", 0)

_Mark = tuple[Place, int]
"""A message: its partition and its offset."""


class Lookout:
    """A connection over which the broker is looked at. It commits nothing and belongs to no group."""

    def __init__(self, settings: Settings) -> None:
        """Raises `BrokerUnavailable`, and `ClusterMismatch` where the Kafka topics that workers read are missing."""
        require(settings, READS.values())
        self._settings = settings
        self._came: dict[_Mark, float] = {}
        options = {"request_timeout_ms": _TIMEOUT_MS, "bootstrap_timeout_ms": _TIMEOUT_MS}
        with ExitStack() as stack:
            try:
                self._admin = stack.enter_context(closing(KafkaAdminClient(**client_options(settings), **options)))
                self._consumer = stack.enter_context(closing(_consumer(settings, options)))
            except KafkaError as error:
                raise unavailable(settings, error) from error
            self._stack = stack.pop_all()

    def look(self) -> Look:
        """What there is now. Blocks for seconds. Raises `BrokerUnavailable`."""
        try:
            return self._look()
        except KafkaError as error:
            raise unavailable(self._settings, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with suppress(KafkaError):
            self._stack.close()

    def _look(self) -> Look:
        places = self._places()
        groups = {group: self._group(group) for group in (*READS, *self._settings.watched_groups)}
        extents = self._extents(places)
        reaches = [reach for group in groups for reach in self._reaches(group, places)]
        unread = {(reach.place, reach.next(extents[reach.place])) for reach in reaches}
        came = self._arrivals({(place, offset) for place, offset in unread if offset < extents[place].end})
        retention = self._retention({reach.place.kafka_topic for reach in reaches})
        now = time()
        backlogs = {}
        for reach in reaches:
            extent = extents[reach.place]
            oldest = came.get((reach.place, reach.next(extent)), now)
            backlogs[reach] = backlog(reach, extent, oldest, now, retention[reach.place.kafka_topic])
        return Look(now, groups, extents, backlogs)

    def _places(self) -> list[Place]:
        topics = self._admin.describe_topics()
        return [Place(one["name"], n) for one in topics if is_ours(one["name"]) for n in range(len(one["partitions"]))]

    def _group(self, group: str) -> Group:
        try:
            seen = self._admin.describe_groups([group])[group]
        except (KafkaError, UnsupportedVersionError, ValueError):  # the embedded broker's answer is none
            return _UNSEEN
        return Group(str(seen["group_state"]), len(seen["members"]))

    def _extents(self, places: Collection[Place]) -> dict[Place, Extent]:
        partitions = [TopicPartition(*place) for place in places]
        begins, ends = (
            self._admin.list_partition_offsets(dict.fromkeys(partitions, edge))
            for edge in (OffsetSpec.EARLIEST, OffsetSpec.LATEST)
        )
        return {
            Place(*one): Extent(begins[one].offset, max(begins[one].offset, ends[one].offset)) for one in partitions
        }

    def _reaches(self, group: str, places: Collection[Place]) -> list[Reach]:
        read = READS.get(group)
        wanted = [TopicPartition(*place) for place in places if place.kafka_topic == read] if read else None
        found = self._admin.list_group_offsets({group: wanted}).get(group, {})
        committed = {Place(*one): held.offset for one, held in found.items() if held.offset >= 0}
        return [
            Reach(group, place, committed.get(place))
            for place in places
            if place.kafka_topic == read or (read is None and place in committed)
        ]

    def _arrivals(self, marks: set[_Mark]) -> Mapping[_Mark, float]:
        """When messages came, in seconds since 1970. What was known at the last look is not asked for again."""
        deadline = monotonic() + _PATIENCE
        self._came = {mark: self._came.get(mark) or self._timestamp(mark, deadline) or time() for mark in marks}
        return self._came

    def _timestamp(self, mark: _Mark, deadline: float) -> float | None:
        """The timestamp of a message, if it has any and comes in time."""
        place, offset = mark
        partition = TopicPartition(*place)
        self._consumer.assign([partition])
        self._consumer.seek(partition, offset)
        while monotonic() < deadline:
            for record in self._consumer.poll(timeout_ms=200).get(partition, ()):
                return record.timestamp / 1000 if record.timestamp > 0 else None
        return None

    def _retention(self, names: Iterable[str]) -> dict[str, float]:
        """The seconds for which Kafka topics keep messages: as the broker says, else as we would set it."""
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        try:
            described = self._admin.describe_configs(resources, config_filter="all").get("topic", {})
        except (KafkaError, UnsupportedVersionError):
            described = {}
        ours = self._settings.retention_hours * 3600.0
        return {name: _seconds(described.get(name) or {}, ours) for name in (one.name for one in resources)}


def observe(
    settings: Settings, see: Callable[[Look], None], wait: Callable[[str], None], rest: Callable[[], bool]
) -> None:
    """Looks at the broker again and again, until `rest`, which sleeps between two looks, says that it is over.

    Where there is no broker, or none any more, `wait` is told the sentence for it, and it is tried again.
    """
    over = False
    while not over:
        try:
            with Lookout(settings) as lookout:
                while not over:
                    see(lookout.look())
                    over = rest()
        except NorthwireError as error:
            wait(str(error))
            over = rest()


def _consumer(settings: Settings, options: Mapping[str, int]) -> KafkaConsumer:
    return KafkaConsumer(
        **client_options(settings),
        **options,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_FETCH_SIZE,
        fetch_max_wait_ms=100,
    )


def _seconds(config: Mapping[str, Mapping[str, object]], otherwise: float) -> float:
    """How long a Kafka topic of this configuration keeps messages."""
    if "delete" not in str(config.get("cleanup.policy", {}).get("value", "delete")):
        return float("inf")
    milliseconds = float(str(config.get("retention.ms", {}).get("value", otherwise * 1000)))
    return milliseconds / 1000 if milliseconds >= 0 else float("inf")
