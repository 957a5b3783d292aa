"""Where the phrases of all topics occur in a text: one scan, and one more if text and phrases go beyond ASCII.

Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.tagging.folding import fold, fold_case, fold_marks, unfold
from streams.tagging.query import Phrase
from streams.tagging.words import end_of_word, goes_on

MOST_IN_A_TABLE = 8_000
"""Patterns up to which a DFA is the faster automaton, as measured in tests/benchmarks/REPORT.md."""

_BLANKED = bytes(code if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(256))

Span = tuple[int, int]
"""Start and end, half open."""


class Sought(NamedTuple):
    """A phrase, and how it is looked for."""

    phrase: Phrase
    folded: str
    """Its words with marks and case folded."""
    even: str
    """Its words with marks folded."""
    pattern: int
    """The number of the pattern that stands wherever the phrase does."""
    lead: int
    """Characters by which the place of the pattern is behind that of the phrase."""
    plain: bool
    """Whether the pattern stands, in a text that is ASCII, only where words begin and end as those of the phrase do."""


class Matcher:
    """Finds every occurrence of every phrase, overlapping ones included."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        patterns: dict[str, int] = {}
        ascii_first = sorted(dict.fromkeys(phrases), key=lambda phrase: not fold(phrase.words).isascii())
        self.sought: Mapping[Phrase, Sought] = {phrase: _seek(phrase, patterns) for phrase in ascii_first}
        self.size = len(patterns)
        """How many patterns there are."""
        within_ascii = [pattern for pattern in patterns if pattern.isascii()]
        self._within_ascii = automaton(within_ascii)
        self._beyond_ascii = automaton(list(patterns)[len(within_ascii) :])
        self._first_beyond = len(within_ascii)

    def sight(self, text: str) -> "Sightings":
        """What occurs in a text whose marks are folded."""
        folded = fold_case(text)
        framed = f" {_frame(folded)} "
        places: defaultdict[int, list[int]] = defaultdict(list)
        for pattern, place, _ in self._within_ascii.find_matches_as_indexes(framed, overlapping=True):
            places[pattern].append(place)
        if not folded.isascii():
            for pattern, place, _ in self._beyond_ascii.find_matches_as_indexes(folded, overlapping=True):
                places[self._first_beyond + pattern].append(place)
        return Sightings(text, folded, framed, places)

    def find(self, text: str) -> dict[Phrase, list[Span]]:
        """The phrases that occur in a text whose marks are folded, each with its spans in reading order."""
        sightings = self.sight(text)
        found = ((sought.phrase, sightings.spans(sought)) for sought in self.sought.values())
        return {phrase: spans for phrase, spans in found if spans}


class Sightings:
    """Where patterns stand in one text: nearly always a phrase, now and then what looks like it."""

    def __init__(self, even: str, folded: str, framed: str, places: Mapping[int, Sequence[int]]) -> None:
        self.places = places
        """For each pattern that occurs its offsets in the folded text, in reading order."""
        self._even = even
        self._folded = folded
        self._framed = framed
        self._plain = even.isascii()
        self._unfold = unfold(even, folded)

    def folded(self, offset: int) -> int:
        """The offset into the folded text, for one into the text."""
        return len(fold_case(self._even[:offset])) if self._unfold else offset

    def spans(self, sought: Sought) -> list[Span]:
        """Where a phrase occurs, in reading order."""
        places = self.places.get(sought.pattern, ())
        if not self._plain or not sought.plain:
            return list(self._checked(places, sought))
        text, words = (self._even, sought.even) if sought.phrase.exact else (self._folded, sought.folded)
        size = len(words)
        if sought.phrase.prefix:
            ends = self._framed.index
            return [(at, ends(" ", at + 1 + size) - 1) for at in places if text.startswith(words, at)]
        return [(at, at + size) for at in places if text.startswith(words, at)]

    def _checked(self, places: Iterable[int], sought: Sought) -> Iterator[Span]:
        """The spans of a phrase wherever it really stands."""
        phrase, words = sought.phrase, sought.folded
        folded, size = self._folded, len(self._folded)
        for place in places:
            first = place - sought.lead
            last = first + len(words)
            if not folded.startswith(words, first) or (first and folded[first - 1] != " " and goes_on(folded, first)):
                continue
            cut = last < size and folded[last] != " " and goes_on(folded, last)
            if cut and not phrase.prefix:
                continue
            start, end = (self._unfold(first), self._unfold(last)) if self._unfold else (first, last)
            if not phrase.exact or self._even[start:end] == sought.even:
                yield start, end_of_word(self._even, end) if cut else end


def automaton(patterns: Sequence[str]) -> AhoCorasick:
    """An automaton that finds all these patterns, overlapping ones included."""
    return AhoCorasick(
        patterns,
        matchkind=MatchKind.Standard,
        store_patterns=False,
        implementation=Implementation.DFA if len(patterns) <= MOST_IN_A_TABLE else Implementation.ContiguousNFA,
    )


def _frame(folded: str) -> str:
    """A text of which letters and digits in ASCII are left, and all else is blank.

    Between blanks stands a whole word, or what marks and letters beyond ASCII leave of one. Without them most of what
    an automaton finds is inside longer words.
    """
    return folded.encode("ascii", "replace").translate(_BLANKED).decode("ascii")


def _seek(phrase: Phrase, patterns: dict[str, int]) -> Sought:
    """How to look for a phrase; its pattern is added to the others."""
    folded, even = (" ".join(text.split()) for text in (fold(phrase.words), fold_marks(phrase.words)))
    pattern, lead = folded, 0
    if folded.isascii():
        framed = _frame(folded)
        pattern = f" {framed.strip()}" if phrase.prefix else f" {framed.strip()} "
        lead = len(framed) - len(framed.lstrip())
    return Sought(
        phrase,
        folded,
        even,
        pattern=patterns.setdefault(pattern, len(patterns)),
        lead=lead,
        plain=folded.isascii() and folded[0].isalnum() and folded[-1].isalnum(),
    )
