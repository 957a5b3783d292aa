"""What topics would have found in an archive, and what another version of them would have.

An archive is read once, article by article; what is kept grows with topics, months and labels, not
with articles.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from streams.model import Article
from streams.proofreading.clippings import Clipping, clip
from streams.proofreading.grades import Labels, Score, score
from streams.proofreading.report import Record, Report, RuleRecord, TopicRecord
from streams.proofreading.sample import Sample
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.topics import Rule, Topic

SHOWN = 20
"""Articles that are shown of each topic; with another version, so many gained and so many lost."""

LONGEST_SPAN = 1_200
"""Months up to which those without an article are listed, too."""

_DECIMALS = 3


class _Outcome(NamedTuple):
    """What a topic made of a labelled article."""

    fires: bool
    rules: frozenset[str]
    clipping: Clipping


@dataclass
class _Tally:
    """The counts of one version of a topic."""

    topic: Topic
    fired: int = 0
    months: Counter[str] = field(default_factory=Counter)
    rules_found: Counter[str] = field(default_factory=Counter)
    rules_fired: Counter[str] = field(default_factory=Counter)
    rules_alone: Counter[str] = field(default_factory=Counter)
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: dict[str, _Outcome] = field(default_factory=dict)

    def count(self, verdict: Verdict, month: str | None) -> None:
        """Adds an article."""
        weights: dict[str, float] = {}
        for one in verdict.match.why:
            weights[one.rule] = weights.get(one.rule, 0.0) + one.weight
        self.rules_found.update(weights.keys())
        self.terms.update({(one.rule, one.term) for one in verdict.match.why})
        if not verdict.fires:
            return
        self.fired += 1
        self.rules_fired.update(weights.keys())
        spare = verdict.match.score - self.topic.threshold
        self.rules_alone.update(rule for rule, weight in weights.items() if round(spare - weight, _DECIMALS) < 0)
        if month:
            self.months[month] += 1

    def record(self, months: Iterable[str], labels: Labels | None) -> Record:
        return Record(self.fired, tuple(self.months[month] for month in months), self.score(labels))

    def score(self, labels: Labels | None, rule: str | None = None) -> Score | None:
        """The score of the topic, or of one of its rules."""
        if labels is None:
            return None
        return score(
            (labels[article][self.topic.id], outcome.fires and (rule is None or rule in outcome.rules))
            for article, outcome in self.outcomes.items()
        )

    def rule(self, rule: Rule, labels: Labels | None) -> RuleRecord:
        return RuleRecord(
            rule.id,
            rule.weight,
            self.rules_found[rule.id],
            self.rules_fired[rule.id],
            self.rules_alone[rule.id],
            {term: self.terms[rule.id, term] for term in rule.terms},
            self.score(labels, rule.id),
        )


class Backtest:
    """Reads an archive and says what its topics find in it."""

    def __init__(
        self,
        topics: Iterable[Topic],
        before: Iterable[Topic] | None = None,
        labels: Labels | None = None,
        shown: int = SHOWN,
    ) -> None:
        """`before` is another version of the topics, to be compared with."""
        self._now = _Version(topics)
        self._before = _Version(before) if before is not None else None
        self._labels = labels
        self._seen: set[str] = set()
        self._articles = self._undated = 0
        self._volume: Counter[str] = Counter()
        self._fires = {topic: Sample(shown) for topic in self._now.tallies}
        self._gained = {topic: Sample(shown) for topic in self._topics()}
        self._lost = {topic: Sample(shown) for topic in self._topics()}

    def read(self, article: Article) -> None:
        """Takes a cleaned article into account."""
        month = f"{article.published_at:%Y-%m}" if article.published_at else None
        self._articles += 1
        if month:
            self._volume[month] += 1
        else:
            self._undated += 1
        grades = (self._labels or {}).get(article.id)
        if grades is not None:
            self._seen.add(article.id)
        now = self._now.read(article, month, grades)
        if self._before:
            self._compare(article, self._before.read(article, month, grades), now)
            return
        for topic, verdict in now.items():
            if verdict.fires:
                self._fires[topic].add(article, verdict, 0.0, verdict.match.score)

    def report(self) -> Report:
        """What has been found so far."""
        months = tuple(_months(self._volume))
        labels = self._labels or {}
        return Report(
            self._articles,
            self._undated,
            months,
            tuple(self._volume[month] for month in months),
            len(self._seen),
            tuple(article for article in labels if article not in self._seen),
            tuple(self._topic(topic, months) for topic in self._topics()),
        )

    def _topics(self) -> list[str]:
        return sorted({*self._now.tallies, *(self._before.tallies if self._before else ())})

    def _compare(self, article: Article, before: Mapping[str, Verdict], now: Mapping[str, Verdict]) -> None:
        for topic in {*before, *now}:
            old, new = before.get(topic), now.get(topic)
            scores = (old.match.score if old else 0.0, new.match.score if new else 0.0)
            if new and new.fires and not (old and old.fires):
                self._gained[topic].add(article, new, *scores)
            elif old and old.fires and not (new and new.fires):
                self._lost[topic].add(article, old, *scores)

    def _topic(self, topic: str, months: tuple[str, ...]) -> TopicRecord:
        now = self._now.tallies.get(topic)
        before = self._before.tallies.get(topic) if self._before else None
        shown = now or before
        assert shown is not None, "every id is that of a topic"
        tally = now or _Tally(shown.topic)
        return TopicRecord(
            topic=topic,
            title=shown.topic.title,
            version=now.topic.version if now else None,
            version_before=before.topic.version if before else None,
            threshold=now.topic.threshold if now else None,
            threshold_before=before.topic.threshold if before else None,
            now=tally.record(months, self._labels),
            before=(before or _Tally(shown.topic)).record(months, self._labels) if self._before else None,
            gained=self._gained[topic].changes() if self._before else None,
            lost=self._lost[topic].changes() if self._before else None,
            sample=self._fires[topic].clippings() if topic in self._fires else (),
            rules=tuple(now.rule(rule, self._labels) for rule in now.topic.rules) if now else (),
            wrong=self._mistakes(tally, 0),
            missed=self._mistakes(tally, 2),
        )

    def _mistakes(self, tally: _Tally, grade: Literal[0, 2]) -> tuple[Clipping, ...]:
        labels = self._labels or {}
        return tuple(
            outcome.clipping
            for article, outcome in tally.outcomes.items()
            if labels[article][tally.topic.id] == grade and outcome.fires == (grade == 0)
        )


class _Version:
    """The topics of one version, and their counts."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._tagger = Tagger(topics)
        self.tallies = {topic.id: _Tally(topic) for topic in self._tagger.topics}

    def read(self, article: Article, month: str | None, grades: Mapping[str, object] | None) -> dict[str, Verdict]:
        """Counts an article; the verdict of each topic that finds anything in it."""
        verdicts = {verdict.match.topic: verdict for verdict in self._tagger.weigh(article)}
        for topic, verdict in verdicts.items():
            self.tallies[topic].count(verdict, month)
        for topic in self.tallies.keys() & (grades or {}).keys():
            self.tallies[topic].outcomes[article.id] = _outcome(article, verdicts.get(topic))
        return verdicts


def _outcome(article: Article, verdict: Verdict | None) -> _Outcome:
    rules = frozenset(one.rule for one in verdict.match.why) if verdict else frozenset[str]()
    return _Outcome(verdict is not None and verdict.fires, rules, clip(article, verdict))


def _months(volume: Iterable[str]) -> Iterator[str]:
    """The months from the first to the last."""
    known = sorted(volume)
    if not known:
        return
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (known[0], known[-1]))
    if last - first >= LONGEST_SPAN:
        yield from known
        return
    for number in range(first, last + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
