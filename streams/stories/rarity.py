"""How rare a term is: in its language from the start, and more and more in the stories of its topic.

In a topic about sanctions the word “sanctions” tells nothing. What counts is the number of live
stories that opened with a term; one of them is taken off, lest a story make its own terms common.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from math import log
from typing import TypeVar

from streams.stories.lexicon import Lexicon

PRIOR = 2_000
"""Articles' worth of trust in what the language alone tells."""


_Counted = TypeVar("_Counted", float, str)


class Rarity:
    """Counts of one topic."""

    def __init__(self) -> None:
        self._stories = 0
        self._counts: Counter[str] = Counter()

    def opened(self, terms: Collection[str]) -> None:
        """A story opened with an article that has these terms."""
        self._stories += 1
        self._counts.update(terms)

    def closed(self, terms: Collection[str]) -> None:
        """The article that opened a story is forgotten."""
        self._stories -= 1
        take_off(self._counts, terms)

    def idf(self, terms: Iterable[str], lexicon: Lexicon) -> dict[str, float]:
        """The inverse document frequency of each term: the natural logarithm of articles to articles with it."""
        articles, counts, share = log(self._stories + PRIOR), self._counts, lexicon.share
        return {
            term: articles - log((counts[term] - 1 if term in counts else 0) + PRIOR * share(term) + 1)
            for term in terms
        }


def take_off(counts: Counter[_Counted], less: Collection[_Counted]) -> None:
    """Counts one less of each, and keeps no zeros."""
    counts.subtract(less)
    for one in less:
        if not counts[one]:
            del counts[one]
