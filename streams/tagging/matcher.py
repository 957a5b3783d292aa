"""Where the terms of all topics occur in a text: one automaton, one scan.

Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.tagging.folding import fold, fold_marks

_Owner = TypeVar("_Owner")


@dataclass(frozen=True, slots=True)
class Literal(Generic[_Owner]):
    """A term to look for, and whose it is."""

    term: str
    owner: _Owner
    case_sensitive: bool = False


class Hit(NamedTuple, Generic[_Owner]):
    """A whole-token occurrence, as a half-open span of the text."""

    start: int
    end: int
    owner: _Owner


class Matcher(Generic[_Owner]):
    """Finds every whole-token occurrence of every literal, overlapping ones included."""

    def __init__(self, literals: Iterable[Literal[_Owner]]) -> None:
        self._literals: dict[str, list[Literal[_Owner]]] = {}
        for literal in literals:
            self._literals.setdefault(_pattern(literal.term), []).append(literal)
        self._by_index = list(self._literals.values())
        self._automaton = AhoCorasick(
            list(self._literals),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.DFA,
        )

    def find(self, text: str, folded: str) -> list[Hit[_Owner]]:
        """The hits in a text, in order of their end; `folded` is `fold(text)`."""
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        if not found:
            return []
        hits: list[Hit[_Owner]] = []
        size = len(folded)
        for index, start, end in found:
            if start and folded[start - 1].isalnum() and folded[start].isalnum():
                continue
            if end < size and folded[end].isalnum() and folded[end - 1].isalnum():
                continue
            hits += (
                Hit(start, end, literal.owner)
                for literal in self._by_index[index]
                if not literal.case_sensitive or fold_marks(text[start:end]) == _spelling(literal.term)
            )
        return hits


def _pattern(term: str) -> str:
    return " ".join(fold(term).split())


def _spelling(term: str) -> str:
    return " ".join(fold_marks(term).split())
