"""What a topic's findings in a text add up to.

The score is a sum over findings, as docs/topics.md has it: weight of the rule, times what the place
is worth, times the damping of a long text. Exclusions cancel words before any query looks at them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import groupby
from math import log2
from operator import itemgetter
from typing import NamedTuple

from streams.tagging.leaves import Exclusion, Leaf, Term
from streams.tagging.matcher import Span
from streams.tagging.spans import Occurrences, Search
from streams.tagging.text import Text
from streams.tagging.topics import Topic
from streams.tagging.words import within_steps

OCCURRENCES = 5
"""Occurrences of one term that count and are reported."""

SHARE_OF_REPEATS = 0.25
"""What an occurrence after the first adds, as a share of the weight."""

EXCLUSIONS_SHOWN = 20
"""Cancelled phrases that are reported with a match."""

UNDAMPED = 3_000
"""Characters up to which a text is not damped."""

DECIMALS = 3
"""Decimals of weights and scores."""

Hits = Mapping[Leaf, Sequence[Span]]
"""Where the phrases of a topic occur."""


class Finding(NamedTuple):
    """What a term found."""

    start: int
    end: int
    term: Term


class Counted(NamedTuple):
    """A finding that counts: what its place is worth, and what it adds to the score."""

    finding: Finding
    boost: float
    weight: float


class Cancelled(NamedTuple):
    """A phrase of a term, and the exclusion that cancelled it."""

    start: int
    end: int
    term: Term
    exclusion: Exclusion


class Weighing(NamedTuple):
    """What counts and adds up to the score, and what does not count and why."""

    counted: list[Counted]
    damping: float
    score: float
    cancelled: list[Cancelled]
    out_of_context: list[Finding]


def weigh(topic: Topic, hits: Hits, text: Text) -> Weighing:
    """The weighing of a topic of which these phrases occur in a text."""
    standing, cancelled = _cancel(hits, text)
    found = _findings(standing, text)
    out_of_context: list[Finding] = []
    if any(finding.term.rule.needs_context for finding in found):
        found, out_of_context = _in_context(found, text, topic.context_within)
    damping = damping_of(topic.damping, text)
    counted: list[Counted] = []
    times: dict[int, int] = {}
    score = 0.0
    for finding in found:
        start, end, term = finding
        before = times.get(term.number, 0)
        if before == OCCURRENCES:
            continue
        times[term.number] = before + 1
        boost = _boost(start, end, topic, text) * (SHARE_OF_REPEATS if before else 1.0)
        weight = round(term.rule.weight * boost * damping, DECIMALS)
        score += weight
        counted.append(Counted(finding, boost, weight))
    return Weighing(counted, damping, round(score, DECIMALS), cancelled, out_of_context)


def _cancel(hits: Hits, text: Text) -> tuple[Hits, list[Cancelled]]:
    """The hits that no exclusion cancels, and the first that are cancelled, for each term, in reading order.

    A hit that covers an exclusion and more says something else and stands.
    """
    excluders = _excluders(hits, text)
    if not excluders:
        return hits, []
    starts = [start for start, _, _ in excluders]
    longest = max(end - start for start, end, _ in excluders)
    standing: dict[Leaf, list[Span]] = {}
    cancelled: list[tuple[Span, Leaf, Exclusion]] = []
    for leaf, spans in hits.items():
        for start, end in spans:
            near = excluders[bisect_right(starts, start - longest) : bisect_left(starts, end)]
            exclusion = next((one for begin, stop, one in near if _cancels(begin, stop, start, end)), None)
            if exclusion is None:
                standing.setdefault(leaf, []).append((start, end))
            elif leaf.terms:
                cancelled.append(((start, -end), leaf, exclusion))
    return standing, _first(cancelled)


def _first(cancelled: list[tuple[Span, Leaf, Exclusion]]) -> list[Cancelled]:
    """As many as are shown of what was cancelled from a start to an end, given as its negative."""
    cancelled.sort(key=itemgetter(0))
    shown: dict[tuple[int, int, int], Cancelled] = {}
    for (start, end), group in groupby(cancelled, key=itemgetter(0)):
        for _, leaf, exclusion in group:
            for term in leaf.terms:
                shown.setdefault((start, end, term.number), Cancelled(start, -end, term, exclusion))
        if len(shown) >= EXCLUSIONS_SHOWN:
            break
    return [shown[place] for place in sorted(shown)[:EXCLUSIONS_SHOWN]]


def _excluders(hits: Hits, text: Text) -> list[tuple[int, int, Exclusion]]:
    """The spans of exclusions, by start and then the place in the file."""
    excluders = [(*span, leaf.exclusion) for leaf, spans in hits.items() if leaf.exclusion for span in spans]
    asked = {exclusion.number: exclusion for leaf in hits for exclusion in leaf.asks_exclusions}
    if asked:
        search = Search(_occurrences(hits), text)
        excluders += ((*span, exclusion) for exclusion in asked.values() for span in search.find(exclusion.query))
    excluders.sort(key=lambda excluder: (excluder[0], excluder[2].number))
    return excluders


def _cancels(begin: int, stop: int, start: int, end: int) -> bool:
    """Whether an exclusion from `begin` to `stop` cancels a hit from `start` to `end`."""
    says_more = start <= begin and stop <= end and stop - begin < end - start
    return begin < end and start < stop and not says_more


def _findings(hits: Hits, text: Text) -> list[Finding]:
    """What the terms find, in reading order, longer spans first."""
    found = _phrases(hits)
    asked = {term for leaf in hits for term in leaf.asks}
    if asked:
        occurrences = _occurrences(hits)
        present, search = frozenset(occurrences), Search(occurrences, text)
        for term in asked:
            if term.may_find(present):
                found += [(start, -end, term.number, term) for start, end in search.find(term.query)]
        found.sort()
    return [Finding(start, -end, term) for start, end, _, term in found]


def _phrases(hits: Hits) -> list[tuple[int, int, int, Term]]:
    """What the terms find that are one phrase, each as it sorts; a phrase within a longer one is part of it."""
    found = [
        (start, -end, leaf.term.number, leaf.term) for leaf, spans in hits.items() if leaf.term for start, end in spans
    ]
    found.sort()
    outermost: list[tuple[int, int, int, Term]] = []
    reached = 0
    for phrase in found:
        if -phrase[1] > reached:
            outermost.append(phrase)
            reached = -phrase[1]
    return outermost


def _occurrences(hits: Hits) -> Occurrences:
    return {leaf.phrase: spans for leaf, spans in hits.items()}


def _in_context(found: list[Finding], text: Text, steps: int) -> tuple[list[Finding], list[Finding]]:
    """The findings that count (free of context, in the title, or near another term), and those that do not."""
    before = _last_before(found, text)
    after = _next_after(found)
    counted: list[Finding] = []
    alone: list[Finding] = []
    for finding, earlier, later in zip(found, before, after, strict=True):
        start, end, term = finding
        near = (
            not term.rule.needs_context
            or start < text.title_end
            or (earlier is not None and within_steps(text.even, earlier.end, start, steps))
            or (later is not None and within_steps(text.even, end, later.start, steps))
        )
        (counted if near else alone).append(finding)
    return counted, alone


def _last_before(found: list[Finding], text: Text) -> list[Finding | None]:
    """For each finding the one of another term that begins in the body, no later than it, and ends last."""
    nearest: list[Finding | None] = []
    last: Finding | None = None
    other: Finding | None = None
    for finding in found:
        same = last is not None and last.term is finding.term
        nearest.append(other if same else last)
        if finding.start < text.title_end:
            continue
        if last is None or finding.end >= last.end:
            last, other = finding, other if same else last
        elif not same and (other is None or finding.end > other.end):
            other = finding
    return nearest


def _next_after(found: list[Finding]) -> list[Finding | None]:
    """For each finding the next one of another term."""
    nearest: list[Finding | None] = []
    following: Finding | None = None
    other: Finding | None = None
    for finding in reversed(found):
        if following is not None and following.term is not finding.term:
            other = following
        nearest.append(other)
        following = finding
    nearest.reverse()
    return nearest


def _boost(start: int, end: int, topic: Topic, text: Text) -> float:
    if start < text.title_end:
        return topic.title_boost
    return topic.lede_boost if end <= text.lede_end else 1.0


def damping_of(strength: float, text: Text) -> float:
    """What everything is multiplied by in a text, with the `damping` of a topic."""
    size = text.size
    return round(1 / (1 + strength * log2(size / UNDAMPED)), 4) if size > UNDAMPED else 1.0
