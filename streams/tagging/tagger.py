"""From an article to the topics it is about, each with its arithmetic.

A topic's score is the sum over its distinct terms found: the term's weight, doubled where the term
stands in the title. A term that lies within a longer one of the same topic is part of it and does
not count by itself; terms that overlap in part count both; of two that match the same span the
first in the file counts. A term that overlaps an exclusion is cancelled and reported.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.model import Article, Evidence, Exclusion, Field, Match
from streams.tagging.folding import fold
from streams.tagging.matcher import Hit, Literal, Matcher
from streams.tagging.topics import Rule, Topic

TITLE_BOOST = 2.0
SPANS_SHOWN = 5
"""Occurrences of one term that are reported as evidence."""

EXCLUSIONS_SHOWN = 20
"""Cancelled spans that are reported with a match."""

_GAP = "\n\n"
_LONGEST_WORD = 64
_DECIMALS = 3


class _Use(NamedTuple):
    """What a literal stands for: a term of a rule, or an exclusion where `rule` is None."""

    topic: int
    term: str
    rule: Rule | None


class _Finding(NamedTuple):
    """An occurrence of a rule's term."""

    start: int
    end: int
    term: str
    rule: Rule


class Tagger:
    """Tags articles with the topics it was built from; the same article always gets the same matches."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics: Sequence[Topic] = sorted(topics, key=lambda topic: topic.id)
        self._matcher = Matcher(
            literal for number, topic in enumerate(self.topics) for literal in _literals(number, topic)
        )

    def tag(self, article: Article) -> tuple[Match, ...]:
        """The topics that fire on a cleaned article, by topic id."""
        text = _Text(article)
        by_topic: dict[int, list[Hit[_Use]]] = {}
        for hit in self._matcher.find(text.plain, text.folded):
            by_topic.setdefault(hit.owner.topic, []).append(hit)
        verdicts = (_judge(self.topics[number], hits, text) for number, hits in sorted(by_topic.items()))
        return tuple(match for match in verdicts if match is not None)


class _Text:
    """Title and body as one text, so that one scan covers both."""

    __slots__ = ("body_start", "folded", "plain")

    def __init__(self, article: Article) -> None:
        self.plain = article.title + _GAP + article.body
        self.folded = fold(self.plain)
        self.body_start = len(article.title) + len(_GAP)

    def in_title(self, finding: _Finding) -> bool:
        return finding.start < self.body_start

    def locate(self, finding: _Finding) -> tuple[Field, int, int, str]:
        """The field, the span in that field, and the text there."""
        start, end = finding.start, finding.end
        if self.in_title(finding):
            return "title", start, end, self.plain[start:end]
        return "body", start - self.body_start, end - self.body_start, self.plain[start:end]

    def near(self, one: _Finding, other: _Finding, words: int) -> bool:
        """Whether the other, later finding begins within so many words of the one; each blank is a step."""
        if other.start - one.end > words * _LONGEST_WORD:
            return False
        return self.folded.count(" ", one.end, other.start) <= words


def _literals(number: int, topic: Topic) -> Iterable[Literal[_Use]]:
    for rule in topic.rules:
        for term in rule.terms:
            yield Literal(term, _Use(number, term, rule), rule.case_sensitive)
    for term in topic.exclusions:
        yield Literal(term, _Use(number, term, None))


def _judge(topic: Topic, hits: list[Hit[_Use]], text: _Text) -> Match | None:
    found = [_Finding(start, end, use.term, use.rule) for start, end, use in hits if use.rule]
    if not found:
        return None
    excluders = [hit for hit in hits if hit.owner.rule is None]
    standing, cancelled = _cancel(_longest(found), excluders)
    why, subtopics = _weigh(_in_context(standing, text, topic.context_within), text)
    score = round(sum(evidence.weight for evidence in why), _DECIMALS)
    if score < topic.threshold:
        return None
    return Match(
        topic=topic.id,
        topic_version=topic.version,
        score=score,
        threshold=topic.threshold,
        subtopics=subtopics,
        why=why,
        excluded=tuple(
            Exclusion(finding.rule.id, *text.locate(finding), excluded_by=excluder)
            for finding, excluder in cancelled[:EXCLUSIONS_SHOWN]
        ),
    )


def _longest(found: list[_Finding]) -> list[_Finding]:
    """The findings that do not lie within a longer one, in reading order."""
    standing: list[_Finding] = []
    for finding in sorted(found, key=lambda finding: (finding.start, -finding.end)):
        if not standing or finding.end > standing[-1].end:
            standing.append(finding)
    return standing


def _cancel(found: list[_Finding], excluders: list[Hit[_Use]]) -> tuple[list[_Finding], list[tuple[_Finding, str]]]:
    """Findings that stand, and those that overlap an exclusion, each with that exclusion.

    A finding that goes beyond an exclusion on both sides, or covers it and more, says something else
    and stands.
    """
    if not excluders:
        return found, []
    standing: list[_Finding] = []
    cancelled: list[tuple[_Finding, str]] = []
    by_start = sorted(excluders)
    first = 0
    for finding in found:
        while first < len(by_start) and by_start[first].end <= finding.start:
            first += 1
        excluder = _excluder(finding, by_start, first)
        if excluder is None:
            standing.append(finding)
        else:
            cancelled.append((finding, excluder.owner.term))
    return standing, cancelled


def _excluder(finding: _Finding, by_start: list[Hit[_Use]], first: int) -> Hit[_Use] | None:
    for number in range(first, len(by_start)):
        excluder = by_start[number]
        if excluder.start >= finding.end:
            break
        covers = finding.start <= excluder.start and finding.end >= excluder.end
        longer = finding.end - finding.start > excluder.end - excluder.start
        if excluder.end > finding.start and not (covers and longer):
            return excluder
    return None


def _in_context(found: list[_Finding], text: _Text, words: int) -> list[_Finding]:
    """The findings that count: in the title, free of context, or near another term."""
    if not any(finding.rule.needs_context for finding in found):
        return found
    before = list(_nearest_other(found))
    after = list(_nearest_other(found[::-1]))[::-1]
    return [
        finding
        for finding, earlier, later in zip(found, before, after, strict=True)
        if not finding.rule.needs_context
        or text.in_title(finding)
        or (earlier is not None and text.near(earlier, finding, words))
        or (later is not None and text.near(finding, later, words))
    ]


def _nearest_other(found: list[_Finding]) -> Iterable[_Finding | None]:
    """For each finding the last one before it that is of another term."""
    last: _Finding | None = None
    other: _Finding | None = None
    for finding in found:
        if last is not None and last.term != finding.term:
            other = last
        yield other
        last = finding


def _weigh(found: list[_Finding], text: _Text) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The evidence, each term weighed at its first occurrence; sub-topics, the weightiest first."""
    occurrences: dict[str, int] = {}
    weights: dict[str, float] = {}
    why: list[Evidence] = []
    for finding in found:
        rule = finding.rule
        seen = occurrences.get(finding.term, 0)
        occurrences[finding.term] = seen + 1
        if seen >= SPANS_SHOWN:
            continue
        weight = 0.0 if seen else rule.weight * (TITLE_BOOST if text.in_title(finding) else 1.0)
        why.append(Evidence(rule.id, *text.locate(finding), round(weight, _DECIMALS)))
        if rule.subtopic:
            weights[rule.subtopic] = weights.get(rule.subtopic, 0.0) + weight
    return tuple(why), tuple(sorted(weights, key=lambda name: (-weights[name], name)))
