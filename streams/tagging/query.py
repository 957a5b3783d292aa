"""A query as a tree, and what can be asked of it.

    Phrase      words that follow one another; `prefix`: the last one may go on; `exact`: letter case counts
    AnyOf       OR        AllOf   AND       Without   NOT
    Near        NEAR/n, and `ordered` ONEAR/n
    Within      title: and lede:            AtLeast   ATLEAST/n

What the nodes mean stands in docs/topics.md.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

MOST_PHRASES = 200
"""Phrases in a query."""


class Phrase(Struct, frozen=True, cache_hash=True):
    """Words that follow one another, one blank between them."""

    words: str
    prefix: bool = False
    exact: bool = False


class AnyOf(Struct, frozen=True, cache_hash=True):
    """What any part finds."""

    parts: "tuple[Query, ...]"


class AllOf(Struct, frozen=True, cache_hash=True):
    """What all parts find, if each finds something."""

    parts: "tuple[Query, ...]"


class Without(Struct, frozen=True, cache_hash=True):
    """What the one part finds where the other finds nothing in the article."""

    wanted: "Query"
    unwanted: "Query"


class Near(Struct, frozen=True, cache_hash=True):
    """Both parts with at most so many steps between them; `ordered`: the left one first."""

    left: "Query"
    right: "Query"
    steps: int
    ordered: bool = False


class Within(Struct, frozen=True, cache_hash=True):
    """What the part finds in one field."""

    field: Literal["title", "lede"]
    part: "Query"


class AtLeast(Struct, frozen=True, cache_hash=True):
    """What the part finds, if it finds so many spans that do not overlap."""

    times: int
    part: "Query"


Query = Phrase | AnyOf | AllOf | Without | Near | Within | AtLeast


def parts_of(query: Query) -> tuple[Query, ...]:
    """The parts of a query, in the order they are written."""
    match query:
        case Phrase():
            return ()
        case AnyOf(parts) | AllOf(parts):
            return parts
        case Without(wanted, unwanted):
            return (wanted, unwanted)
        case Near(left, right):
            return (left, right)
        case Within(_, part) | AtLeast(_, part):
            return (part,)


def nested(query: Query) -> Iterator[Query]:
    """The query and everything in it, in the order they are written."""
    yield query
    for part in parts_of(query):
        yield from nested(part)


def phrases_of(query: Query) -> Iterator[Phrase]:
    """Every phrase in a query, in the order they are written."""
    return (part for part in nested(query) if isinstance(part, Phrase))


def needs_of(query: Query) -> tuple[frozenset[Phrase], ...]:
    """Sets of phrases, of each of which one occurs wherever the query finds anything."""
    match query:
        case Phrase():
            return (frozenset((query,)),)
        case AnyOf(parts):
            return (frozenset[Phrase]().union(*map(keys_of, parts)),)
        case AllOf() | Near():
            return tuple(need for part in parts_of(query) for need in needs_of(part))
        case Without(part, _) | Within(_, part) | AtLeast(_, part):
            return needs_of(part)


def keys_of(query: Query) -> frozenset[Phrase]:
    """Phrases of which one at least occurs where the query finds anything: the rarest, by their looks.

    An article in which none of them occurs need not be looked at: the presearcher of Lucene Monitor.
    """
    return max(needs_of(query), key=_rarity)


def spans_for_each(query: Query) -> int:
    """How many spans of a query without AND one occurrence of a key leads to at most.

    Of spans that contain one another the smallest counts, so that where an operand of NEAR stands one span at most
    begins and one at most ends.
    """
    match query:
        case Phrase():
            return 1
        case AnyOf():
            phrases, others = sorted_out(query)
            return bool(phrases) + sum(map(spans_for_each, others))
        case _:
            most = max(map(spans_for_each, parts_of(query)))
            return 2 * most if isinstance(query, Near) else most


@lru_cache(maxsize=1 << 16)
def sorted_out(query: AnyOf) -> tuple[frozenset[Phrase], tuple[Query, ...]]:
    """The phrases among the parts, of which most will not occur, and the others."""
    phrases = frozenset(part for part in query.parts if isinstance(part, Phrase))
    return phrases, tuple(part for part in query.parts if not isinstance(part, Phrase))


def _rarity(keys: frozenset[Phrase]) -> float:
    """The more and longer words, the rarer; of several phrases the commonest decides."""
    return min(len(phrase.words) - phrase.prefix for phrase in keys) - len(keys) / MOST_PHRASES


def depth_of(query: Query) -> int:
    """How deep a query nests: 1 for a phrase."""
    return 1 + max(map(depth_of, parts_of(query)), default=0)
