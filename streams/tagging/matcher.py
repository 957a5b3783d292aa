"""Where the phrases of all topics occur in a text: one automaton, one scan.

Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
"""

from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.tagging.folding import fold, fold_case, fold_marks, unfold
from streams.tagging.query import Phrase
from streams.tagging.words import end_of_word, goes_on

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

MOST_IN_A_TABLE = 8_000
"""Patterns up to which a DFA is the faster automaton, as measured in tests/benchmarks/REPORT.md."""

Span = tuple[int, int]
"""Start and end, half open."""


class Matcher:
    """Finds every occurrence of every phrase, overlapping ones included."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        wanted: dict[str, list[tuple[Phrase, str]]] = {}
        for phrase in dict.fromkeys(phrases):
            wanted.setdefault(_pattern(phrase), []).append((phrase, _spelling(phrase)))
        self._wanted = list(wanted.values())
        self._automaton = automaton(list(wanted))

    def find(self, text: str) -> dict[Phrase, list[Span]]:
        """The phrases that occur in a text whose marks are folded, each with its spans in reading order."""
        folded = fold_case(text)
        size = len(folded)
        place = unfold(text, folded)
        occurrences: dict[Phrase, list[Span]] = {}
        for index, first, last in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if first and (before := folded[first - 1]) != " ":
                if before in _LETTERS and folded[first] in _LETTERS:  # most hits are inside longer words
                    continue
                if goes_on(folded, first):
                    continue
            cut = last < size and folded[last] != " " and goes_on(folded, last)
            start, end = (place(first), place(last)) if place else (first, last)
            for phrase, spelling in self._wanted[index]:
                if (cut and not phrase.prefix) or (phrase.exact and text[start:end] != spelling):
                    continue
                whole = end_of_word(text, end) if cut else end
                if phrase in occurrences:
                    occurrences[phrase].append((start, whole))
                else:
                    occurrences[phrase] = [(start, whole)]
        return occurrences


def automaton(patterns: Sequence[str]) -> AhoCorasick:
    """An automaton that finds all these patterns, overlapping ones included."""
    return AhoCorasick(
        patterns,
        matchkind=MatchKind.Standard,
        store_patterns=False,
        implementation=Implementation.DFA if len(patterns) <= MOST_IN_A_TABLE else Implementation.ContiguousNFA,
    )


def _pattern(phrase: Phrase) -> str:
    return " ".join(fold(phrase.words).split())


def _spelling(phrase: Phrase) -> str:
    return " ".join(fold_marks(phrase.words).split())
