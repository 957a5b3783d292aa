"""From an article to the topics it is about, each with its arithmetic."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from streams.model import Article, Evidence, Exclusion, Match
from streams.tagging.leaves import Leaf, leaves_of
from streams.tagging.matcher import Matcher, Sightings, Sought
from streams.tagging.prospects import Prospects
from streams.tagging.text import Text
from streams.tagging.topics import Topic
from streams.tagging.weighing import DECIMALS, Finding, Hits, Weighing, weigh


class Verdict(NamedTuple):
    """What a topic makes of an article, whether or not it fires."""

    match: Match
    fires: bool
    out_of_context: tuple[Evidence, ...]
    """Findings that lacked context; they weigh nothing."""


class Tagger:
    """Tags articles with the topics it was built from; the same article always gets the same matches."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics: Sequence[Topic] = sorted(topics, key=lambda topic: topic.id)
        leaves = [leaves_of(topic) for topic in self.topics]
        self._matcher = Matcher(leaf.phrase for each in leaves for leaf in each)
        self._prospects = Prospects(self.topics, leaves, self._matcher)
        self._leaves = [self._by_pattern(each) for each in leaves]

    def tag(self, article: Article) -> tuple[Match, ...]:
        """The topics that fire on a cleaned article, by topic id."""
        text = Text.of(article)
        sightings = self._matcher.sight(text.even)
        return tuple(
            _match(topic, weighing, text)
            for topic, hits in self._hits(self._prospects.promising(sightings, text), sightings)
            if (weighing := weigh(topic, hits, text)).counted and weighing.score >= topic.threshold
        )

    def weigh(self, article: Article) -> tuple[Verdict, ...]:
        """Every topic that finds anything in a cleaned article, counted or not, by topic id."""
        text = Text.of(article)
        sightings = self._matcher.sight(text.even)
        return tuple(
            _verdict(topic, weighing, text)
            for topic, hits in self._hits(self._prospects.woken(sightings), sightings)
            if (weighing := weigh(topic, hits, text)).counted or weighing.cancelled or weighing.out_of_context
        )

    def _by_pattern(self, leaves: Iterable[Leaf]) -> Mapping[int, Sequence[tuple[Leaf, Sought]]]:
        found: dict[int, list[tuple[Leaf, Sought]]] = {}
        for leaf in leaves:
            sought = self._matcher.sought[leaf.phrase]
            found.setdefault(sought.pattern, []).append((leaf, sought))
        return found

    def _hits(self, numbers: Iterable[int], sightings: Sightings) -> Iterator[tuple[Topic, Hits]]:
        """These topics, each with where its phrases occur."""
        for number in numbers:
            leaves = self._leaves[number]
            looked_for = (each for pattern in leaves.keys() & sightings.places.keys() for each in leaves[pattern])
            found = ((leaf, sightings.spans(sought)) for leaf, sought in looked_for)
            yield self.topics[number], {leaf: spans for leaf, spans in found if spans}


def _match(topic: Topic, weighing: Weighing, text: Text) -> Match:
    weights: dict[str, float] = {}
    for finding, _, weight in weighing.counted:
        if subtopic := finding.term.rule.subtopic:
            weights[subtopic] = round(weights.get(subtopic, 0.0) + weight, DECIMALS)
    return Match(
        topic=topic.id,
        topic_version=topic.version,
        score=weighing.score,
        threshold=topic.threshold,
        damping=weighing.damping,
        subtopics=tuple(sorted(weights, key=lambda name: (-weights[name], name))),
        why=tuple(_evidence(finding, boost, weight, text) for finding, boost, weight in weighing.counted),
        excluded=tuple(
            Exclusion(
                one.term.rule.id,
                one.term.text,
                *text.locate(one.start, one.end),
                excluded_by=one.exclusion.text,
            )
            for one in weighing.cancelled
        ),
    )


def _evidence(finding: Finding, boost: float, weight: float, text: Text) -> Evidence:
    rule = finding.term.rule
    return Evidence(rule.id, finding.term.text, *text.locate(finding.start, finding.end), rule.weight, boost, weight)


def _verdict(topic: Topic, weighing: Weighing, text: Text) -> Verdict:
    return Verdict(
        _match(topic, weighing, text),
        fires=bool(weighing.counted) and weighing.score >= topic.threshold,
        out_of_context=tuple(_evidence(finding, 0.0, 0.0, text) for finding in weighing.out_of_context),
    )
