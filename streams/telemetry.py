"""Outcomes to metrics and log lines: the only place that counts and the only place that logs decisions of workers."""

from collections.abc import Callable, Collection, Iterable, Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from streams import __version__, metrics, tallies
from streams.errors import Reason, Refused
from streams.metrics import STORIES, TAGGING, Dials
from streams.model import (
    Alert,
    Article,
    Cause,
    Kind,
    Match,
    News,
    Rejected,
    Repeat,
    Severity,
    StoryOutcome,
    Tagged,
    TaggingOutcome,
    Untagged,
)
from streams.tagging.topics import CANARY, Topic

_OTHER = "other"
_OUTCOMES = {TAGGING: ("tagged", "untagged", "rejected"), STORIES: ("news", "repeat", "rejected")}


class Telemetry:
    """The metrics of one worker, on a registry of their own, every series present from the start.

    An article counts for its source where that is one of `sources`, whatever its case. `now` is the time, in
    seconds since 1970.
    """

    def __init__(
        self,
        stage: str,
        registry: CollectorRegistry | None = None,
        *,
        sources: Iterable[str] = (),
        now: float = 0.0,
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._log = structlog.get_logger(stage)
        self._topics: Mapping[str, Topic] = {}
        self._live: Mapping[str, tuple[int, int]] = {}
        dials = Dials(stage, self.registry)
        dials.gauge(metrics.BUILD).labels(__version__).set(1)
        articles, self._rejected = dials.tally(metrics.ARTICLES), dials.counter(metrics.REJECTED)
        self._articles = {outcome: articles.labels(stage, outcome) for outcome in _OUTCOMES[stage]}
        self._processing = dials.spread(metrics.PROCESSING).labels(stage)
        self._progress = dials.gauge(metrics.PROGRESS)
        self._rebalances, self._assigned = dials.counter(metrics.REBALANCES), dials.gauge(metrics.ASSIGNED)
        self._in_flight, self._loaded = dials.gauge(metrics.IN_FLIGHT), dials.gauge(metrics.LOADED)
        self._stopped = dials.gauge(metrics.STOPPED)
        self._matches, self._age = dials.counter(metrics.MATCHES), dials.spread(metrics.AGE).labels()
        self._subtopics, self._rules = dials.counter(metrics.SUBTOPIC_MATCHES), dials.counter(metrics.RULE_MATCHES)
        self._reloads, self._topic = dials.counter(metrics.RELOADS), dials.gauge(metrics.TOPIC)
        self._alerts, self._latency = dials.counter(metrics.ALERTS), dials.histogram(metrics.LATENCY)
        self._placements, self._unreadable = dials.counter(metrics.PLACEMENTS), dials.counter(metrics.UNREADABLE)
        self._stories, self._members = dials.gauge(metrics.LIVE_STORIES), dials.gauge(metrics.LIVE_ARTICLES)
        self._restored = dials.counter(metrics.RESTORED)
        by_source = dials.tally(metrics.SOURCE_ARTICLES), dials.counter(metrics.SOURCE_ALERTS)
        last = dials.gauge(metrics.SOURCE_LAST)
        self._sources = {name.casefold(): _Source(name, *by_source, last, now) for name in sources}
        self._other = _Source(_OTHER, *by_source)
        for reason in Reason:
            self._rejected.labels(reason.value)
        for cause in Cause:
            self._placements.labels(cause.value)
        for outcome in ("loaded", "refused"):
            self._reloads.labels(outcome)

    def watching(self, topics: Mapping[str, Topic]) -> None:
        """These topics are in force for tagging, by id."""
        for topic in self._topics.values():
            self._topic.remove(topic.id, topic.version)
        for topic in topics.values():
            self._topic.labels(topic.id, topic.version).set(1)
        for dial, before, after in (
            (self._subtopics, _subtopics(self._topics), _subtopics(topics)),
            (self._rules, _rules(self._topics), _rules(topics)),
        ):
            for gone in before - after:
                dial.remove(*gone)
            for one in after:
                dial.labels(*one)
        for name in (*topics, CANARY):
            self._matches.labels(name)
        self._loaded.set(len(topics))
        self._topics = topics

    def sharing(self, partitions: int) -> None:
        """So many partitions were assigned to this worker."""
        self._rebalances.inc()
        self._assigned.set(partitions)

    def stopped(self, partitions: int, origin: str) -> None:
        """So many partitions are read no further; the last one from this message on, if one is named."""
        self._stopped.set(partitions)
        if origin:
            self._log.error("partition-stopped", origin=origin)

    def holding(self, count: Callable[[], float]) -> None:
        """How many messages this worker has in hand is asked for whenever someone wants to know."""
        self._in_flight.set_function(count)

    def reloaded(self, topics: Mapping[str, Topic]) -> None:
        """Other topics have come into force between two articles."""
        before, after = _versions(self._topics), _versions(topics)
        self.watching(topics)
        self._reloads.labels("loaded").inc()
        self._log.info(
            "topics-reloaded",
            topics=after,
            added=sorted(after.keys() - before.keys()),
            changed=sorted(topic for topic in after.keys() & before.keys() if after[topic] != before[topic]),
            removed=sorted(before.keys() - after.keys()),
        )

    def refused(self, sentence: str) -> None:
        """A change of topics was refused; what was in force before stays."""
        self._reloads.labels("refused").inc()
        self._log.warning("topics-refused", error=sentence)

    def reaching(self, topics: Collection[str]) -> None:
        """Alerts about these topics can be published."""
        self._loaded.set(len(set(topics) - {CANARY}))
        for topic in topics:
            self._latency.labels(topic)
            for kind in Kind:
                for severity in Severity:
                    self._alerts.labels(topic, kind.value, severity.value)

    def tagged(self, outcome: TaggingOutcome, origin: str, seconds: float, now: float) -> None:
        """An article went through tagging, in so many seconds, at this time."""
        self._processing.observe(seconds)
        match outcome:
            case Untagged():
                self._articles["untagged"].number += 1
                self._received(outcome.article, now)
            case Tagged():
                self._articles["tagged"].number += 1
                self._received(outcome.article, now)
                for verdict in outcome.matches:
                    self._matched(verdict)
            case Rejected():
                self._articles["rejected"].number += 1
                self.put_aside(outcome, origin)

    def decided(self, outcome: StoryOutcome, origin: str, seconds: float) -> None:
        """A tagged article was placed in a story."""
        self._processing.observe(seconds)
        match outcome:
            case News():
                self._articles["news"].number += 1
                self._placements.labels(outcome.alert.cause.value).inc()
            case Repeat():
                self._articles["repeat"].number += 1
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
                self._articles["rejected"].number += 1
                self.put_aside(outcome, origin)

    def put_aside(self, outcome: Rejected, origin: str) -> None:
        """A message was put aside: refused, or, though it was counted as good, undeliverable."""
        self._rejected.labels(outcome.reason.value).inc()
        error = outcome.error
        if outcome.reason is Reason.FAILED:  # what a bug says of an article may be words of it
            error = error.partition(":")[0]
        self._log.warning("rejected", reason=outcome.reason.value, error=error, origin=origin)

    def alerted(self, alert: Alert, origin: str, latency: float) -> None:
        """Kafka acknowledged an alert, so many seconds after its article came."""
        self._alerts.labels(alert.topic, alert.kind.value, alert.severity.value).inc()
        self._latency.labels(alert.topic).observe(max(0.0, latency))
        self._source(alert.article.source).alerts.inc()
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

    def _received(self, article: Article, now: float) -> None:
        if article.published_at:
            self._age.observe(max(0.0, now - article.published_at.timestamp()))
        self._source(article.source).receive(now)

    def _matched(self, verdict: Match) -> None:
        topic = verdict.topic
        self._matches.labels(topic).inc()
        if topic == CANARY:
            return
        for subtopic in verdict.subtopics:
            self._subtopics.labels(topic, subtopic).inc()
        for rule in {evidence.rule for evidence in verdict.why}:
            self._rules.labels(topic, rule).inc()

    def _source(self, name: str | None) -> "_Source":
        return self._sources.get(name.casefold(), self._other) if self._sources and name else self._other


class _Source:
    """What is counted for one source, or for all that are not told apart."""

    def __init__(
        self, name: str, articles: tallies.Counter, alerts: Counter, last: Gauge | None = None, now: float = 0.0
    ) -> None:
        self._articles, self.alerts = articles.labels(name), alerts.labels(name)
        self._last = now
        if last:
            last.labels(name).set_function(lambda: self._last)

    def receive(self, now: float) -> None:
        """An article came."""
        self._articles.number += 1
        self._last = now


def _versions(topics: Mapping[str, Topic]) -> dict[str, str]:
    return {topic.id: topic.version for topic in topics.values()}


def _subtopics(topics: Mapping[str, Topic]) -> set[tuple[str, str]]:
    return {(topic.id, subtopic) for topic in topics.values() for subtopic in topic.subtopics}


def _rules(topics: Mapping[str, Topic]) -> set[tuple[str, str]]:
    return {(topic.id, rule.id) for topic in topics.values() for rule in topic.rules}
