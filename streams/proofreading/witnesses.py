"""Witnesses of a query: short texts that it should find something in.

A term that counts in one of them can count. One that counts in none of them is most likely dead: the
witnesses vary letter case, order, distance, how a prefix goes on, and which of the alternatives stands.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, product, zip_longest
from typing import NamedTuple

from streams.model import Article
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without

MOST = 256
"""Witnesses of one query, so that a query of many alternatives costs no more than another."""

_LONGEST = 10_000
"""Characters up to which words are repeated: where ATLEAST stands within ATLEAST, no more are needed."""

_FILLER = "qxz"
"""A word that no term finds."""

_APART = ". "
"""What no phrase goes across."""


class _Words(NamedTuple):
    title: str
    body: str


def witnesses(query: Query) -> Iterator[Article]:
    """At most `MOST` texts, the plainest first; in the body, and where the query allows it, in the title."""
    seen: set[_Words] = set()
    for words in islice(_in_turn(_words(query, "body"), _words(query, "title")), MOST):
        if words not in seen:
            seen.add(words)
            yield Article("witness", *words)


def _words(query: Query, field: str) -> Iterator[_Words]:
    """Texts for a query whose words stand in `field`, where it does not say otherwise."""
    match query:
        case Phrase():
            yield from (_Words(words, "") if field == "title" else _Words("", words) for words in _spellings(query))
        case AnyOf(parts):
            yield from islice(_in_turn(*(_words(part, field) for part in parts)), MOST)
        case AllOf(parts):
            yield from map(_beside, _choices(parts, field))
        case Without(wanted, _):
            yield from _words(wanted, field)
        case Near(left, right):
            yield from islice(_near(query, _choices((left, right), field)), MOST)
        case Within("title", part):
            yield from (words for words in _words(part, "title") if not words.body)
        case Within(_, part):
            yield from (words for words in _words(part, "body") if not words.title)
        case AtLeast(times, part):
            yield from (_repeated(words, times) for words in _words(part, field))


def _spellings(phrase: Phrase) -> Iterator[str]:
    yield phrase.words
    if phrase.prefix:
        yield phrase.words + _FILLER
    if not phrase.exact:
        yield phrase.words.swapcase()
        if phrase.prefix:
            yield phrase.words.swapcase() + _FILLER


def _choices(parts: Iterable[Query], field: str) -> Iterator[tuple[_Words, ...]]:
    return islice(product(*(islice(_words(part, field), MOST) for part in parts)), MOST)


def _beside(choice: Iterable[_Words]) -> _Words:
    titles, bodies = zip(*choice, strict=True)
    return _Words(_APART.join(filter(None, titles)), _APART.join(filter(None, bodies)))


def _repeated(words: _Words, times: int) -> _Words:
    longest = max(len(words.title), len(words.body), 1)
    return _beside([words] * max(1, min(times, _LONGEST // longest)))


def _near(query: Near, choices: Iterable[tuple[_Words, ...]]) -> Iterator[_Words]:
    for left, right in choices:
        pairs = [(left, right)] if query.ordered else [(left, right), (right, left)]
        for first, second in pairs:
            if (first.title and second.body) or (first.body and second.title):
                continue
            for gap in [" ", f" {_FILLER} "][: query.steps]:
                yield _Words(*(gap.join(filter(None, words)) for words in zip(first, second, strict=True)))


def _in_turn(*series: Iterator[_Words]) -> Iterator[_Words]:
    """The first of each, then the second of each, and so on."""
    for row in zip_longest(*series):
        yield from filter(None, row)
