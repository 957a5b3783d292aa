"""What consumer groups have not read yet, and what may be deleted before they do: plain arithmetic on offsets."""

from collections.abc import Mapping
from typing import NamedTuple


class Place(NamedTuple):
    """A partition of a Kafka topic."""

    kafka_topic: str
    partition: int


class Extent(NamedTuple):
    """The offsets of the first message that a partition still has, and of the next that it will take."""

    begin: int
    end: int


class Reach(NamedTuple):
    """How far a group has read a partition."""

    group: str
    place: Place
    committed: int | None
    """The next offset that it wants; None where it never committed any, and so begins with the first."""

    def next(self, extent: Extent) -> int:
        """The offset of the oldest message that it can still read and has not."""
        return extent.begin if self.committed is None else min(max(self.committed, extent.begin), extent.end)

    def deleted(self, extent: Extent) -> range:
        """The offsets of the messages that were deleted before it read them."""
        return range(extent.begin if self.committed is None else self.committed, extent.begin)


class Backlog(NamedTuple):
    """What a group has not read of a partition."""

    messages: int
    seconds: float
    """Age of the oldest of them; 0 where there is none."""

    headroom: float
    """Seconds until the oldest may be deleted."""


def backlog(reach: Reach, extent: Extent, oldest: float, now: float, retention: float) -> Backlog:
    """What is unread. `oldest` is when the oldest of it came; times in seconds, of one clock."""
    messages = extent.end - reach.next(extent)
    seconds = max(0.0, now - oldest) if messages else 0.0
    return Backlog(messages, seconds, max(0.0, retention - seconds))


class Group(NamedTuple):
    """A consumer group, its state in Kafka's words."""

    state: str
    members: int


class Look(NamedTuple):
    """All that was seen of the broker at once."""

    now: float
    """Seconds since 1970."""

    groups: Mapping[str, Group]
    extents: Mapping[Place, Extent]
    backlogs: Mapping[Reach, Backlog]
