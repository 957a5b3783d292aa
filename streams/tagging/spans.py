"""What a query finds in a text, given where its phrases occur.

Clarke, Cormack and Burkowski, "An algebra for structured text search and a framework for its
implementation", The Computer Journal 38(1), 1995: an operator takes spans and gives spans, and of
those that contain one another the smallest counts.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import chain

from streams.tagging.matcher import Span
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without, sorted_out
from streams.tagging.text import Text
from streams.tagging.words import within_steps

Occurrences = Mapping[Phrase, Sequence[Span]]
"""Where phrases occur, each place once and in order; those that do not occur may be missing."""


def find(query: Query, occurrences: Occurrences, text: Text) -> Sequence[Span]:
    """The spans that a query finds, by start and then end, each once."""
    return Search(occurrences, text).find(query)


class Search:
    """What several queries find in one text. What they have in common is looked for once."""

    def __init__(self, occurrences: Occurrences, text: Text) -> None:
        """`occurrences` are those of the phrases in all queries to come."""
        self._text = text
        self._occurrences = occurrences
        self._present = frozenset(occurrences)
        self._found: dict[Query, Sequence[Span]] = {}

    def find(self, query: Query) -> Sequence[Span]:
        """The spans that a query finds, by start and then end, each once."""
        found = self._found.get(query)
        if found is None:
            found = self._found[query] = self._find(query)
        return found

    def _find(self, query: Query) -> Sequence[Span]:
        match query:
            case Phrase():
                return self._occurrences.get(query, ())
            case Near(left, right, steps, ordered):
                return self._near(self.find(left), self.find(right), steps, ordered=ordered)
            case AnyOf():
                phrases, others = sorted_out(query)
                found = [self._occurrences[phrase] for phrase in phrases & self._present]
                found += map(self.find, others)
                return sorted(set(chain.from_iterable(found))) if len(found) != 1 else found[0]
            case AllOf(parts):
                each = [self.find(part) for part in parts]
                return sorted(set(chain.from_iterable(each))) if all(each) else []
            case Without(wanted, unwanted):
                return [] if self.find(unwanted) else self.find(wanted)
            case Within("title", part):
                return [span for span in self.find(part) if self._text.in_title(span[0])]
            case Within(_, part):
                return [span for span in self.find(part) if self._text.in_lede(*span)]
            case AtLeast(times, part):
                spans = self.find(part)
                return spans if _disjoint(spans) >= times else []

    def _near(self, left: Sequence[Span], right: Sequence[Span], steps: int, *, ordered: bool) -> Sequence[Span]:
        if not left or not right:
            return []
        covers = self._covers(left, right, steps)
        if not ordered:
            covers += self._covers(right, left, steps)
        return _smallest(covers)

    def _covers(self, earlier: Sequence[Span], later: Sequence[Span], steps: int) -> list[Span]:
        """From one of the earlier to one of the later spans, leaving out most covers that hold a smaller one."""
        even, title_end = self._text.even, self._text.title_end
        covers: list[Span] = []
        next_ends = [*(end for _, end in earlier[1:]), len(even) + 1]
        for (start, end), next_end in zip(earlier, next_ends, strict=True):
            shortest = len(even)
            for following in range(bisect_left(later, (end, end)), len(later)):
                first, last = later[following]
                if (
                    end <= next_end <= first  # the next one makes a smaller cover
                    or first >= shortest
                    or start < title_end <= first
                    or not within_steps(even, end, first, steps)
                ):
                    break
                shortest = min(shortest, last)
                covers.append((start, last))
        return covers


def _smallest(spans: list[Span]) -> list[Span]:
    """The spans that contain no other, by start."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (-span[0], span[1])):
        if not kept or end < kept[-1][1]:
            kept.append((start, end))
    return kept[::-1]


def _disjoint(spans: Sequence[Span]) -> int:
    """The greatest number of spans of which no two overlap."""
    count = 0
    free = 0
    for start, end in sorted(spans, key=lambda span: span[1]):
        if start >= free:
            count += 1
            free = end
    return count
