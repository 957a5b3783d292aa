"""Every metric of Northwire, as data: what it is called, what it says, and which process shows it.

Labels are bounded: topics, sub-topics and rules come from topic files, sources from NORTHWIRE_SOURCES, Kafka topics
and groups from the cluster, and all else from a fixed set. No article chooses any.
"""

from typing import Literal, NamedTuple, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams import tallies

TAGGING = "tagging"
STORIES = "stories"
LAG = "lag"

_AnyCollector = TypeVar("_AnyCollector", tallies.Counter, tallies.Histogram)

_WORKERS = (TAGGING, STORIES)
_COSTS = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)
_LATENCIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
_HOUR, _DAY = 3600.0, 86_400.0
_AGES = (60.0, 300.0, 900.0, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY)


class Metric(NamedTuple):
    """A metric; its series are there from the start, and counters at zero."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    text: str
    """What it says, in one sentence without a full stop."""
    shown_by: tuple[str, ...]
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


BUILD = Metric("northwire_build_info", "gauge", "1 for the version that runs", (*_WORKERS, LAG), ("version",))

ARTICLES = Metric("northwire_articles_total", "counter", "Messages handled, by outcome", _WORKERS, ("stage", "outcome"))
REJECTED = Metric("northwire_rejected_total", "counter", "Messages put aside, by reason", _WORKERS, ("reason",))
PROCESSING = Metric(
    "northwire_processing_seconds",
    "histogram",
    "Time spent on one message, deliveries not counted",
    _WORKERS,
    ("stage",),
    _COSTS,
)
PROGRESS = Metric(
    "northwire_last_progress_timestamp_seconds",
    "gauge",
    "When the last message of a partition was finished",
    _WORKERS,
    ("kafka_topic", "partition"),
)
REBALANCES = Metric(
    "northwire_rebalances_total", "counter", "How often partitions were assigned anew to this worker", _WORKERS
)
ASSIGNED = Metric("northwire_assigned_partitions", "gauge", "Partitions that this worker reads", _WORKERS)
IN_FLIGHT = Metric(
    "northwire_inflight_messages", "gauge", "Messages that this worker has taken in and not finished", _WORKERS
)
STOPPED = Metric(
    "northwire_stopped_partitions",
    "gauge",
    "Partitions that this worker reads no further, because too much of them is bad",
    _WORKERS,
)
LOADED = Metric("northwire_topics_loaded", "gauge", "Topics this worker watches, or can publish alerts about", _WORKERS)

MATCHES = Metric("northwire_matches_total", "counter", "Topics that fired on an article", (TAGGING,), ("topic",))
SUBTOPIC_MATCHES = Metric(
    "northwire_subtopic_matches_total",
    "counter",
    "Sub-topics that a match is about",
    (TAGGING,),
    ("topic", "subtopic"),
)
RULE_MATCHES = Metric(
    "northwire_rule_matches_total", "counter", "Rules that count in a match, each once", (TAGGING,), ("topic", "rule")
)
AGE = Metric(
    "northwire_article_age_seconds",
    "histogram",
    "From an article's publication, as it claims, to its coming to the worker",
    (TAGGING,),
    buckets=_AGES,
)
SOURCE_ARTICLES = Metric(
    "northwire_source_articles_total",
    "counter",
    "Articles by source, of those in NORTHWIRE_SOURCES; all others are `other`",
    (TAGGING,),
    ("source",),
)
SOURCE_LAST = Metric(
    "northwire_source_last_article_timestamp_seconds",
    "gauge",
    "When the last article of a source in NORTHWIRE_SOURCES came to this worker; at first, when it started",
    (TAGGING,),
    ("source",),
)
RELOADS = Metric("northwire_topic_reloads_total", "counter", "Changes of topics, by outcome", (TAGGING,), ("outcome",))
TOPIC = Metric(
    "northwire_topic_info", "gauge", "1 for the version of a topic that is watched", (TAGGING,), ("topic", "version")
)

ALERTS = Metric(
    "northwire_alerts_total", "counter", "Alerts acknowledged by Kafka", (STORIES,), ("topic", "kind", "severity")
)
LATENCY = Metric(
    "northwire_alert_latency_seconds",
    "histogram",
    "From the article's Kafka timestamp to its acknowledged alert",
    (STORIES,),
    ("topic",),
    _LATENCIES,
)
SOURCE_ALERTS = Metric(
    "northwire_source_alerts_total",
    "counter",
    "Alerts by the source of their article, as for northwire_source_articles_total",
    (STORIES,),
    ("source",),
)
PLACEMENTS = Metric(
    "northwire_placements_total", "counter", "Tagged articles placed, by what decided", (STORIES,), ("cause",)
)
LIVE_STORIES = Metric("northwire_live_stories", "gauge", "Live stories that are remembered", (STORIES,), ("topic",))
LIVE_ARTICLES = Metric("northwire_live_articles", "gauge", "Live articles that are remembered", (STORIES,), ("topic",))
RESTORED = Metric(
    "northwire_restored_articles_total", "counter", "Articles that stories were restored from", (STORIES,)
)
UNREADABLE = Metric(
    "northwire_journal_unreadable_total", "counter", "Journal entries that could not be read", (STORIES,)
)

_PLACE = ("group", "kafka_topic", "partition")
LAG_MESSAGES = Metric(
    "northwire_group_lag_messages", "gauge", "Messages of a partition that a group has not committed", (LAG,), _PLACE
)
LAG_SECONDS = Metric(
    "northwire_group_lag_seconds",
    "gauge",
    "Age of the oldest of them by its Kafka timestamp; 0 without",
    (LAG,),
    _PLACE,
)
HEADROOM = Metric(
    "northwire_group_retention_headroom_seconds",
    "gauge",
    "Seconds until the oldest message that a group has not committed may be deleted; infinite where none ever is",
    (LAG,),
    _PLACE,
)
LOST = Metric(
    "northwire_group_lost_messages_total",
    "counter",
    "Messages that were deleted before the group committed them",
    (LAG,),
    _PLACE,
)
MEMBERS = Metric("northwire_group_members", "gauge", "Members of a consumer group", (LAG,), ("group",))
STATE = Metric(
    "northwire_group_state",
    "gauge",
    "1 for the state that a consumer group is in, in Kafka's words; Unknown where the broker does not tell",
    (LAG,),
    ("group", "state"),
)
VOLUME = Metric(
    "northwire_kafka_topic_messages_total",
    "counter",
    "Messages that a partition ever took: its end offset",
    (LAG,),
    ("kafka_topic", "partition"),
)
LOOKED = Metric(
    "northwire_lag_last_success_timestamp_seconds",
    "gauge",
    "When the broker was last looked at completely; 0 for never",
    (LAG,),
)
CANARY_SENT = Metric("northwire_canary_sent_total", "counter", "Canaries that Kafka took", (LAG,))
CANARY_RECEIVED = Metric("northwire_canary_received_total", "counter", "Canaries that came out as an alert", (LAG,))
CANARY_LOST = Metric(
    "northwire_canary_lost_total",
    "counter",
    "Canaries that Kafka did not take, or that had not come out after NORTHWIRE_CANARY_LOST_AFTER",
    (LAG,),
)
CANARY_DUPLICATES = Metric(
    "northwire_canary_duplicates_total", "counter", "Alerts of canaries that came more than once", (LAG,)
)
CANARY_ROUND_TRIP = Metric(
    "northwire_canary_round_trip_seconds",
    "histogram",
    "From sending a canary to holding its alert, by one clock",
    (LAG,),
    buckets=_LATENCIES,
)
CANARY_INTERVAL = Metric(
    "northwire_canary_interval_seconds",
    "gauge",
    "NORTHWIRE_CANARY_INTERVAL, from one canary to the next; 0 for none",
    (LAG,),
)
CANARY_LAST = Metric(
    "northwire_canary_last_received_timestamp_seconds",
    "gauge",
    "When the last canary came out; at first, when the process started",
    (LAG,),
)


def every_metric() -> tuple[Metric, ...]:
    """All of them, in the order of this file."""
    return tuple(value for value in globals().values() if isinstance(value, Metric))


class Dials:
    """Makes the metrics of one process on a registry; what the process does not show is made, and not shown."""

    def __init__(self, process: str, registry: CollectorRegistry) -> None:
        self._process = process
        self._registry = registry

    def counter(self, metric: Metric) -> Counter:
        return Counter(metric.name, metric.text, metric.labels, registry=self._shown(metric))

    def gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.text, metric.labels, registry=self._shown(metric))

    def histogram(self, metric: Metric) -> Histogram:
        return Histogram(metric.name, metric.text, metric.labels, buckets=metric.buckets, registry=self._shown(metric))

    def tally(self, metric: Metric) -> tallies.Counter:
        """A counter for what happens to every article."""
        return self._register(metric, tallies.Counter(metric.name, metric.text, metric.labels))

    def spread(self, metric: Metric) -> tallies.Histogram:
        """A histogram for what happens to every article."""
        return self._register(metric, tallies.Histogram(metric.name, metric.text, metric.labels, metric.buckets))

    def _register(self, metric: Metric, collector: _AnyCollector) -> _AnyCollector:
        if registry := self._shown(metric):
            registry.register(collector)
        return collector

    def _shown(self, metric: Metric) -> CollectorRegistry | None:
        return self._registry if self._process in metric.shown_by else None


def page() -> str:
    """The reference for people, in Markdown."""
    rows = [
        f"| `{metric.name}` | {metric.kind} | {_code(metric.labels)} | {', '.join(metric.shown_by)} | {metric.text} |"
        for metric in every_metric()
    ]
    return "\n".join([_HEAD, *rows, ""])


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_HEAD = """# Metrics

Written by `python -m streams.contracts`: change streams/metrics.py, not this file.

Each process serves its metrics on `/metrics`: `northwire worker tagging`, `northwire worker stories` and
`northwire lag`. Times are seconds, moments are seconds since 1970. Series are there from the start, counters at
zero. Labels are bounded: topics, sub-topics and rules come from topic files, sources from `NORTHWIRE_SOURCES`, Kafka
topics, partitions and groups from the cluster, and all else from a fixed set. No article chooses any.

| metric | kind | labels | shown by | what it says |
|---|---|---|---|---|"""
