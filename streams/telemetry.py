"""Outcomes to metrics and log lines: the only place that counts and the only place that logs decisions."""

from collections.abc import Collection, Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from streams import __version__
from streams.errors import Reason, Refused
from streams.model import (
    Alert,
    Cause,
    Kind,
    News,
    Rejected,
    Repeat,
    Severity,
    StoryOutcome,
    Tagged,
    TaggingOutcome,
    Untagged,
)

TAGGING = "tagging"
STORIES = "stories"

_COSTS = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)
_LATENCIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


class Telemetry:
    """The metrics of one worker, on a registry of their own, every series present from the start."""

    def __init__(self, stage: str, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._stage = stage
        self._log = structlog.get_logger(stage)
        self._versions: Mapping[str, str] = {}

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=self.registry)

        self._articles = counter("northwire_articles_total", "Messages handled, by outcome", "stage", "outcome")
        self._matches = counter("northwire_matches_total", "Topics that fired on an article", "topic")
        self._alerts = counter("northwire_alerts_total", "Alerts acknowledged by Kafka", "topic", "kind", "severity")
        self._rejected = counter("northwire_rejected_total", "Messages put aside, by reason", "reason")
        self._restored = counter("northwire_restored_articles_total", "Articles that stories were restored from")
        self._unreadable = counter("northwire_journal_unreadable_total", "Journal entries that could not be read")
        self._placements = counter("northwire_placements_total", "Tagged articles placed, by what decided", "cause")
        self._live: Mapping[str, tuple[int, int]] = {}
        self._stories, self._members = (
            Gauge(f"northwire_live_{what}", f"Live {what} that are remembered", ["topic"], registry=self.registry)
            for what in ("stories", "articles")
        )
        self._processing = Histogram(
            "northwire_processing_seconds",
            "Time spent on one message, deliveries not counted",
            ["stage"],
            buckets=_COSTS,
            registry=self.registry,
        )
        self._latency = Histogram(
            "northwire_alert_latency_seconds",
            "From the article's Kafka timestamp to its acknowledged alert",
            ["topic"],
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self._progress = Gauge(
            "northwire_last_progress_timestamp_seconds",
            "When the last message of a partition was finished",
            ["kafka_topic", "partition"],
            registry=self.registry,
        )
        Info("northwire_build", "The version that runs", registry=self.registry).info({"version": __version__})
        self._reloads = counter("northwire_topic_reloads_total", "Changes of topics, by outcome", "outcome")
        self._loaded = Gauge("northwire_topics_loaded", "Topics this worker watches", registry=self.registry)
        self._topic = Gauge(
            "northwire_topic_info",
            "1 for the version of a topic that is watched",
            ["topic", "version"],
            registry=self.registry,
        )
        self._start_at_zero()

    def watching(self, versions: Mapping[str, str]) -> None:
        """These topics are in force for tagging, in these versions, by id."""
        for topic, version in self._versions.items() - versions.items():
            self._topic.remove(topic, version)
        for topic, version in versions.items():
            self._topic.labels(topic, version).set(1)
            self._matches.labels(topic)
        self._loaded.set(len(versions))
        self._versions = versions

    def reloaded(self, versions: Mapping[str, str]) -> None:
        """Other topics have come into force between two articles."""
        before = self._versions
        self.watching(versions)
        self._reloads.labels("loaded").inc()
        self._log.info(
            "topics-reloaded",
            topics=dict(versions),
            added=sorted(versions.keys() - before.keys()),
            changed=sorted(topic for topic in versions.keys() & before.keys() if versions[topic] != before[topic]),
            removed=sorted(before.keys() - versions.keys()),
        )

    def refused(self, sentence: str) -> None:
        """A change of topics was refused; what was in force before stays."""
        self._reloads.labels("refused").inc()
        self._log.warning("topics-refused", error=sentence)

    def reaching(self, topics: Collection[str]) -> None:
        """Alerts about these topics can be published."""
        self._loaded.set(len(topics))
        for topic in topics:
            self._latency.labels(topic)
            for kind in Kind:
                for severity in Severity:
                    self._alerts.labels(topic, kind.value, severity.value)

    def tagged(self, outcome: TaggingOutcome, origin: str, seconds: float) -> None:
        """An article went through tagging."""
        self._processing.labels(self._stage).observe(seconds)
        match outcome:
            case Untagged():
                self._articles.labels(self._stage, "untagged").inc()
            case Tagged():
                self._articles.labels(self._stage, "tagged").inc()
                for verdict in outcome.matches:
                    self._matches.labels(verdict.topic).inc()
            case Rejected():
                self._articles.labels(self._stage, "rejected").inc()
                self.put_aside(outcome, origin)

    def decided(self, outcome: StoryOutcome, origin: str, seconds: float) -> None:
        """A tagged article was placed in a story."""
        self._processing.labels(self._stage).observe(seconds)
        match outcome:
            case News():
                self._articles.labels(self._stage, "news").inc()
                self._placements.labels(outcome.alert.cause.value).inc()
            case Repeat():
                self._articles.labels(self._stage, "repeat").inc()
                self._placements.labels(outcome.cause.value).inc()
                self._log.info(
                    "repeat",
                    cause=outcome.cause.value,
                    topic=outcome.topic,
                    article_id=outcome.article_id,
                    story_id=outcome.story_id,
                    origin=origin,
                )
            case Rejected():
                self._articles.labels(self._stage, "rejected").inc()
                self.put_aside(outcome, origin)

    def put_aside(self, outcome: Rejected, origin: str) -> None:
        """A message was put aside: refused, or, though it was counted as good, undeliverable."""
        self._rejected.labels(outcome.reason.value).inc()
        self._log.warning("rejected", reason=outcome.reason.value, error=outcome.error, origin=origin)

    def alerted(self, alert: Alert, origin: str, latency: float) -> None:
        """Kafka acknowledged an alert, so many seconds after its article came."""
        self._alerts.labels(alert.topic, alert.kind.value, alert.severity.value).inc()
        self._latency.labels(alert.topic).observe(max(0.0, latency))
        self._log.info(
            "alert",
            alert_id=alert.id,
            kind=alert.kind.value,
            cause=alert.cause.value,
            topic=alert.topic,
            severity=alert.severity.value,
            score=alert.score,
            story_id=alert.story.id,
            article_id=alert.article.id,
            origin=origin,
            latency_seconds=round(latency, 3),
        )

    def progressed(self, kafka_topic: str, partition: int, now: float) -> None:
        """A batch of a partition is finished and all it gave rise to acknowledged."""
        self._progress.labels(kafka_topic, str(partition)).set(now)

    def restored(self, kafka_topic: str, partition: int, kept: int, decided: int) -> None:
        """The stories of a partition came back: from the journal, and so many articles that it did not have."""
        self._restored.inc(kept + decided)
        self._log.info("restored", kafka_topic=kafka_topic, partition=partition, kept=kept, decided_again=decided)

    def unreadable(self, place: str, refusal: Refused) -> None:
        """An entry of the journal is passed over; its article is decided on again if it is delivered again."""
        self._unreadable.inc()
        self._log.warning("journal-unreadable", origin=place, error=str(refusal))

    def remembering(self, live: Mapping[str, tuple[int, int]]) -> None:
        """So many stories and articles of each topic are live."""
        for topic in self._live.keys() - live.keys():
            self._stories.remove(topic)
            self._members.remove(topic)
        for topic, (stories, articles) in live.items():
            self._stories.labels(topic).set(stories)
            self._members.labels(topic).set(articles)
        self._live = live

    def _start_at_zero(self) -> None:
        for outcome in {TAGGING: ("tagged", "untagged"), STORIES: ("news", "repeat")}[self._stage]:
            self._articles.labels(self._stage, outcome)
        self._articles.labels(self._stage, "rejected")
        self._processing.labels(self._stage)
        for reason in Reason:
            self._rejected.labels(reason.value)
        if self._stage == STORIES:
            for cause in Cause:
                self._placements.labels(cause.value)
        if self._stage == TAGGING:
            for outcome in ("loaded", "refused"):
                self._reloads.labels(outcome)
