"""How much two articles are alike, in parts that add up, and how like a story an article is.

The weights and the threshold were chosen on 272 labelled articles (see tests/evaluation/REPORT.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from itertools import repeat
from math import log1p, sqrt
from operator import mul
from typing import NamedTuple

from streams.model import LikenessPart
from streams.stories.portrait import FULL, Portrait, Vector

PARTS = ("words", "names", "lede", "title")
_WORTH = (5.0, 1.0, 1.0, 2.5)
"""What each part is worth where two articles have it in common entirely."""

THRESHOLD = 1.15
"""The least likeness to a story of an article that belongs to it."""

COPY = 0.8
"""The least cosine between the words of a copy and of its original."""

_ACQUAINTED = 0.08
_STRANGERS = 0.35
"""What is taken off where both articles name someone, and next to no one in common: events of one kind are told
in the same words.
"""

_DECAY = 0.08
"""What is taken off for the time between two articles: this much times ln(days), from the second day on."""

_NEAREST = 8
"""A story is as alike as the mean of its nearest article and of the mean of so many of its articles."""

_SHOWN = 6


class Sought(NamedTuple):
    """The terms of the article that is placed, for looking up."""

    words: Mapping[str, int]
    names: Mapping[str, int]
    lede: Mapping[str, int]
    title: Mapping[str, int]


def sought(portrait: Portrait) -> Sought:
    """A portrait made ready to be compared with many others."""
    return Sought(*(dict(zip(vector.terms, vector.weights, strict=True)) for vector in _vectors(portrait)))


def compare(one: Sought, other: Portrait, days: float) -> float:
    """The likeness of two articles that are so many days apart."""
    return sum(points(one, other)) - decay(days)


def points(one: Sought, other: Portrait) -> tuple[float, float, float, float]:
    """What each part adds."""
    words, names, lede, title = map(mul, _WORTH, cosines(one, other))
    if names < _ACQUAINTED and one.names and other.names.terms:
        names -= _STRANGERS
    return words, names, lede, title


def cosines(one: Sought, other: Portrait) -> tuple[float, ...]:
    """What two articles have in common of each part, from 0 to 1."""
    return tuple(_dot(terms, vector) / FULL**2 for terms, vector in zip(one, _vectors(other), strict=True))


def is_copy(one: Sought, other: Portrait) -> bool:
    """Whether two articles have nearly all their words in common."""
    squares = _square(one.words.values()) * _square(other.words.weights)
    return _dot(one.words, other.words) >= COPY * sqrt(squares) > 0


def decay(days: float) -> float:
    """What is taken off for so many days between two articles."""
    return _DECAY * log1p(max(0.0, days - 1))


def to_story(likenesses: Sequence[float], articles: int) -> float:
    """The likeness to a story with so many articles, of which the nearest have these likenesses."""
    nearest = nlargest(_NEAREST, likenesses)
    return (nearest[0] + sum(nearest) / min(_NEAREST, articles)) / 2


def explain(one: Sought, other: Portrait, days: float) -> tuple[LikenessPart, ...]:
    """The likeness of two articles in its parts, with the terms that the two articles share, the weightiest first."""
    parts = [
        LikenessPart(name, round(added, 3), tuple(_shared(terms, vector)))
        for name, added, terms, vector in zip(PARTS, points(one, other), one, _vectors(other), strict=True)
    ]
    return *parts, LikenessPart("time", round(0.0 - decay(days), 3))


def _shared(terms: Mapping[str, int], vector: Vector) -> Iterable[str]:
    products = ((terms.get(term, 0) * weight, term) for term, weight in zip(vector.terms, vector.weights, strict=True))
    return (term for product, term in sorted(products, key=lambda each: (-each[0], each[1]))[:_SHOWN] if product)


def _dot(terms: Mapping[str, int], vector: Vector) -> int:
    return int(sum(map(mul, vector.weights, map(terms.get, vector.terms, repeat(0)))))


def _square(weights: Iterable[int]) -> int:
    return sum(weight * weight for weight in weights)


def _vectors(portrait: Portrait) -> tuple[Vector, Vector, Vector, Vector]:
    return portrait.words, portrait.names, portrait.lede, portrait.title
