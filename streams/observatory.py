"""What `northwire lag` sees, to metrics and log lines."""

from collections.abc import Iterable, Mapping

import structlog
from prometheus_client import CollectorRegistry

from streams import __version__, metrics
from streams.backlog import Extent, Group, Look, Place, Reach
from streams.metrics import LAG, Dials

STATES = ("Stable", "PreparingRebalance", "CompletingRebalance", "Empty", "Dead", "Assigning", "Reconciling", "Unknown")
"""The states of a consumer group, in Kafka's words."""

_UNSEEN = Group("Unknown", 0)


class Observatory:
    """The metrics of one process, on a registry of their own, every series present as soon as it can be.

    `now` is the time, in seconds since 1970; a canary is sent every `canary_interval` seconds, or none at 0.
    """

    def __init__(
        self,
        groups: Iterable[str],
        now: float,
        registry: CollectorRegistry | None = None,
        *,
        canary_interval: float = 0.0,
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._log = structlog.get_logger(LAG)
        dials = Dials(LAG, self.registry)
        dials.gauge(metrics.BUILD).labels(__version__).set(1)
        self._messages, self._seconds = dials.gauge(metrics.LAG_MESSAGES), dials.gauge(metrics.LAG_SECONDS)
        self._headroom, self._lost = dials.gauge(metrics.HEADROOM), dials.counter(metrics.LOST)
        self._members, self._state = dials.gauge(metrics.MEMBERS), dials.gauge(metrics.STATE)
        self._volume, self._looked = dials.counter(metrics.VOLUME), dials.gauge(metrics.LOOKED)
        self._sent, self._received = dials.counter(metrics.CANARY_SENT), dials.counter(metrics.CANARY_RECEIVED)
        self._missing, self._again = dials.counter(metrics.CANARY_LOST), dials.counter(metrics.CANARY_DUPLICATES)
        self._round_trip, self._last = dials.histogram(metrics.CANARY_ROUND_TRIP), dials.gauge(metrics.CANARY_LAST)
        self._last.set(now)
        dials.gauge(metrics.CANARY_INTERVAL).set(canary_interval)
        self._groups: dict[str, Group] = {}
        self._ends: dict[Place, int] = {}
        self._counted: dict[tuple[str, Place], int] = {}
        """The offset up to which what was deleted unread is counted."""
        self._known: set[tuple[str, Place]] = set()
        self._waiting: dict[str, str] = {}
        self._watching: set[str] = set()
        for group in groups:
            self._show(group, _UNSEEN)

    def see(self, look: Look) -> None:
        """Takes in a complete look at the broker."""
        self._go_on("lag")
        for group, seen in look.groups.items():
            self._show(group, seen)
        for place, extent in look.extents.items():
            self._count(place, extent.end)
        for reach, backlog in look.backlogs.items():
            labels = (reach.group, reach.place.kafka_topic, str(reach.place.partition))
            self._messages.labels(*labels).set(backlog.messages)
            self._seconds.labels(*labels).set(backlog.seconds)
            self._headroom.labels(*labels).set(backlog.headroom)
            self._miss(reach, look.extents)
        self._forget({(reach.group, reach.place) for reach in look.backlogs}, look.extents)
        self._looked.set(look.now)

    def watches(self, *what: str) -> bool:
        """Whether all of it, the lag or the canary, is watched now."""
        return self._watching.issuperset(what)

    def wait(self, what: str, sentence: str) -> None:
        """The lag or the canary cannot be watched now, and why; said once until it changes."""
        self._watching.discard(what)
        if self._waiting.get(what) != sentence:
            self._waiting[what] = sentence
            self._log.warning("waiting", watching=what, error=sentence)

    def fly(self) -> None:
        """The canary can be sent now."""
        self._go_on("canary")

    def sent(self) -> None:
        """Kafka took a canary."""
        self._sent.inc()

    def received(self, article_id: str, seconds: float, now: float) -> None:
        """A canary came out after so many seconds."""
        self._received.inc()
        self._round_trip.observe(seconds)
        self._last.set(now)
        self._log.info("canary", article_id=article_id, round_trip_seconds=round(seconds, 3))

    def received_again(self, article_id: str) -> None:
        """The alert of a canary came once more."""
        self._again.inc()
        self._log.warning("canary-duplicate", article_id=article_id)

    def lost(self, article_id: str, cause: str) -> None:
        """A canary did not come out in time, or did not get in."""
        self._missing.inc()
        self._log.warning("canary-lost", article_id=article_id, error=cause)

    def _show(self, group: str, seen: Group) -> None:
        state = seen.state if seen.state in STATES else "Unknown"
        self._members.labels(group).set(seen.members)
        for one in STATES:
            self._state.labels(group, one).set(one == state)
        before = self._groups.get(group)
        self._groups[group] = seen
        if before and before != seen:
            self._log.info("group", group=group, state=seen.state, members=seen.members)

    def _count(self, place: Place, end: int) -> None:
        labels = (place.kafka_topic, str(place.partition))
        before = self._ends.get(place, 0)
        if end < before:  # the Kafka topic was created anew
            self._volume.remove(*labels)
            before = 0
        self._volume.labels(*labels).inc(end - before)
        self._ends[place] = end

    def _miss(self, reach: Reach, extents: Mapping[Place, Extent]) -> None:
        """Counts what was deleted before it was read, each message once."""
        group, place = reach.group, reach.place
        deleted = reach.deleted(extents[place])
        counter = self._lost.labels(group, place.kafka_topic, str(place.partition))
        counted = self._counted.get((group, place), 0)
        if counted > deleted.stop:  # the Kafka topic was created anew
            counted = 0
        if new := len(range(max(deleted.start, counted), deleted.stop)):
            counter.inc(new)
            self._counted[group, place] = deleted.stop
            self._log.error(
                "messages-lost", group=group, kafka_topic=place.kafka_topic, partition=place.partition, messages=new
            )

    def _forget(self, reaches: set[tuple[str, Place]], extents: Mapping[Place, Extent]) -> None:
        """Takes back the series of what the cluster does not have any more."""
        for group, place in self._known - reaches:
            self._counted.pop((group, place), None)
            for dial in (self._messages, self._seconds, self._headroom, self._lost):
                dial.remove(group, place.kafka_topic, str(place.partition))
        for place in self._ends.keys() - extents.keys():
            self._volume.remove(place.kafka_topic, str(place.partition))
            del self._ends[place]
        self._known = reaches

    def _go_on(self, what: str) -> None:
        self._watching.add(what)
        if self._waiting.pop(what, None):
            self._log.info("watching-again", watching=what)
