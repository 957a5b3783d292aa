"""Where the phrases of all topics occur in a text: one automaton, one scan.

Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.tagging.folding import fold, fold_case, fold_marks, unfold
from streams.tagging.query import Phrase
from streams.tagging.words import end_of_word, goes_on

_Owner = TypeVar("_Owner")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

MOST_IN_A_TABLE = 8_000
"""Patterns up to which a DFA is the faster automaton, as measured in tests/benchmarks/REPORT.md."""

Hit = tuple[int, int, _Owner]
"""A phrase found: start and end of its span in the text, and whose it is."""


class Matcher(Generic[_Owner]):
    """Finds every occurrence of every phrase, overlapping ones included."""

    def __init__(self, phrases: Iterable[tuple[Phrase, _Owner]]) -> None:
        wanted: dict[str, list[tuple[Phrase, str, _Owner]]] = {}
        for phrase, owner in phrases:
            wanted.setdefault(_pattern(phrase), []).append((phrase, _spelling(phrase), owner))
        self._wanted = list(wanted.values())
        self._automaton = automaton(list(wanted))

    def find(self, text: str) -> list[Hit[_Owner]]:
        """The hits in a text whose marks are folded, in no order that matters."""
        folded = fold_case(text)
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        if not found:
            return []
        hits: list[Hit[_Owner]] = []
        size = len(folded)
        place = unfold(text, folded)
        for index, first, last in found:
            if first and (before := folded[first - 1]) != " ":
                if before in _LETTERS and folded[first] in _LETTERS:  # most hits are inside longer words
                    continue
                if goes_on(folded, first):
                    continue
            cut = last < size and folded[last] != " " and goes_on(folded, last)
            start, end = place(first), place(last)
            for phrase, spelling, owner in self._wanted[index]:
                if phrase.exact and text[start:end] != spelling:
                    continue
                if phrase.prefix:
                    hits.append((start, end_of_word(text, end) if cut else end, owner))
                elif not cut:
                    hits.append((start, end, owner))
        return hits


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
