"""From an article to the topics it is about, each with its arithmetic."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from streams.model import Article, Evidence, Exclusion, Match
from streams.tagging.leaves import Leaf, leaves_of
from streams.tagging.matcher import Matcher
from streams.tagging.query import Phrase
from streams.tagging.spans import Occurrences
from streams.tagging.text import Text
from streams.tagging.topics import Topic
from streams.tagging.weighing import DECIMALS, Finding, Weighing, can_fire, weigh


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
        self._leaves = [leaves_of(topic) for topic in self.topics]
        self._phrases = [frozenset(leaves) for leaves in self._leaves]
        self._waking: dict[Phrase, list[tuple[int, Leaf]]] = {}
        for number, leaves in enumerate(self._leaves):
            for leaf in leaves.values():
                if leaf.wakes:
                    self._waking.setdefault(leaf.phrase, []).append((number, leaf))
        self._matcher = Matcher(phrase for leaves in self._leaves for phrase in leaves)

    def tag(self, article: Article) -> tuple[Match, ...]:
        """The topics that fire on a cleaned article, by topic id."""
        text = Text.of(article)
        return tuple(
            _match(topic, weighing, text)
            for topic, weighing in self._weigh(text, can_fire)
            if weighing.score >= topic.threshold and weighing.counted
        )

    def weigh(self, article: Article) -> tuple[Verdict, ...]:
        """Every topic that finds anything in a cleaned article, counted or not, by topic id."""
        text = Text.of(article)
        weighed = self._weigh(text, lambda *_: True)
        return tuple(
            _verdict(topic, weighing, text)
            for topic, weighing in weighed
            if weighing.counted or weighing.cancelled or weighing.out_of_context
        )

    def _weigh(
        self, text: Text, worth_it: Callable[[Topic, Iterable[Leaf], Occurrences, frozenset[Phrase], Text], bool]
    ) -> Iterator[tuple[Topic, Weighing]]:
        occurrences = self._matcher.find(text.even)
        present = frozenset(occurrences)
        woken: dict[int, list[Leaf]] = {}
        for phrase in occurrences:
            for number, leaf in self._waking.get(phrase, ()):
                woken.setdefault(number, []).append(leaf)
        for number, waking in sorted(woken.items()):
            topic, leaves = self.topics[number], self._leaves[number]
            if worth_it(topic, waking, occurrences, present, text):
                hits = {leaves[phrase]: occurrences[phrase] for phrase in self._phrases[number] & present}
                yield topic, weigh(topic, hits, text)


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
