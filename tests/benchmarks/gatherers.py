"""What gathers articles into stories: Northwire's desk, and what a user would pick instead.

Peers work as their documentation shows, on title and body, and join an article to the story of the most
alike live one. None forgets: that would cost something on top, of which only the desk's is measured.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from streams.model import Article, Match, TaggedArticle
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from tests.evaluation.edits import shingles
from tests.evaluation.grouping import Grouping

ARCTIC = Match("arctic", "1", score=1.2, threshold=1, damping=1, subtopics=(), why=())

_OPENING = datetime(2026, 1, 6, tzinfo=UTC)
_APART = timedelta(milliseconds=1)
_BLOCK = 500
"""Rows of a matrix of likenesses that are held at a time."""


class Gatherer(Protocol):
    """Something that places one article after the other."""

    def fill(self, articles: Iterable[Article]) -> None:
        """Take in the articles that are live, each of a story of its own."""

    def place(self, article: Article) -> str:
        """The story of an article that comes after them."""


class Northwire:
    """The desk: articles come so close together that none expires."""

    def __init__(self, keep: Callable[[Placement], object] = lambda _: None) -> None:
        self.desk = Desk()
        self._clock = _OPENING
        self._keep = keep

    def fill(self, articles: Iterable[Article]) -> None:
        for article in articles:
            self._keep(self._placed(article))

    def place(self, article: Article) -> str:
        return self._placed(article).story.id

    def arrival(self, number: int) -> datetime:
        """When the article with this number came."""
        return _OPENING + (number + 1) * _APART

    def _placed(self, article: Article) -> Placement:
        self._clock += _APART
        return self.desk.place(TaggedArticle(article, ARCTIC), self._clock)


class _Nearest(ABC):
    """Knows a live article by its signature, and joins the story of the nearest."""

    def __init__(self) -> None:
        self._live: dict[str, tuple[Any, str]] = {}

    def fill(self, articles: Iterable[Article]) -> None:
        for article in articles:
            self._take_in(article, self._signature(article), article.id)

    def place(self, article: Article) -> str:
        signature = self._signature(article)
        nearest = self._nearest(signature)
        story = self._live[nearest][1] if nearest else article.id
        self._take_in(article, signature, story)
        return story

    def _take_in(self, article: Article, signature: Any, story: str) -> None:
        self._add(article.id, signature)
        self._live[article.id] = signature, story

    @abstractmethod
    def _signature(self, article: Article) -> Any:
        """What an article is known by."""

    @abstractmethod
    def _nearest(self, signature: Any) -> str | None:
        """The live article that is most alike, if any is alike enough."""

    @abstractmethod
    def _add(self, key: str, signature: Any) -> None:
        """Takes the signature of an article into the index."""


class MinHashLSH(_Nearest):
    """datasketch: 128 permutations of runs of words; of what the index finds, what is estimated to be most alike."""

    def __init__(self, words: int, least: float) -> None:
        import datasketch

        super().__init__()
        self._minhash = datasketch.MinHash
        self._index = datasketch.MinHashLSH(threshold=least)
        self._words, self._least = words, least

    def _signature(self, article: Article) -> Any:
        signature = self._minhash()
        signature.update_batch([" ".join(run).encode() for run in shingles(article, self._words)])
        return signature

    def _nearest(self, signature: Any) -> str | None:
        found = [(signature.jaccard(self._live[key][0]), key) for key in self._index.query(signature)]
        likeness, nearest = max(found, default=(0.0, ""))
        return nearest if nearest and likeness >= self._least else None

    def _add(self, key: str, signature: Any) -> None:
        self._index.insert(key, signature)


class SimHash(_Nearest):
    """simhash: 64 bits, of which so many may differ."""

    def __init__(self, bits: int) -> None:
        import simhash

        super().__init__()
        logging.getLogger("simhash").setLevel(logging.ERROR)
        self._simhash = simhash.Simhash
        self._index = simhash.SimhashIndex([], k=bits)

    def _signature(self, article: Article) -> Any:
        return self._simhash(f"{article.title}\n{article.body}")

    def _nearest(self, signature: Any) -> str | None:
        found = ((signature.distance(self._live[key][0]), key) for key in self._index.get_near_dups(signature))
        return min(found, default=(0, ""))[1] or None

    def _add(self, key: str, signature: Any) -> None:
        self._index.add(key, signature)


class AllPairs:
    """scikit-learn: TF-IDF counted on all articles, the cosine of each with each, single link."""

    def __init__(self, least: float) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
        self._least = least
        self._ids: list[str] = []
        self._rows: Any = None
        self._columns: Any = None

    def fill(self, articles: Iterable[Article]) -> None:
        def texts() -> Iterable[str]:
            for article in articles:
                self._ids.append(article.id)
                yield f"{article.title}\n{article.body}"

        self._rows = self._vectorizer.fit_transform(texts())
        self._columns = self._rows.T.tocsr()

    def place(self, article: Article) -> str:
        """Where it belongs as things stand: it is not taken in, for that would mean to count anew."""
        row = self._vectorizer.transform([f"{article.title}\n{article.body}"])
        likenesses = row @ self._columns
        nearest = likenesses.argmax() if likenesses.nnz else 0
        return self._ids[nearest] if likenesses[0, nearest] >= self._least else article.id

    def link(self) -> list[str]:
        """The story of each article that was taken in, from all pairs."""
        story = list(range(len(self._ids)))

        def root(number: int) -> int:
            while story[number] != number:
                story[number] = number = story[story[number]]
            return number

        for start in range(0, len(self._ids), _BLOCK):
            likenesses = (self._rows[start : start + _BLOCK] @ self._columns).tocoo()
            alike = likenesses.data >= self._least
            for row, column in zip(likenesses.row[alike].tolist(), likenesses.col[alike].tolist(), strict=True):
                story[root(start + row)] = root(column)
        return [self._ids[root(number)] for number in range(len(self._ids))]


class Family(Protocol):
    """Makes a gatherer for a threshold."""

    def __call__(self, least: Any, /) -> Gatherer: ...


FAMILIES: Mapping[str, tuple[Family, Sequence[float]]] = {
    "MinHash-LSH, 5 words": (partial(MinHashLSH, 5), (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)),
    "MinHash-LSH, 3 words": (partial(MinHashLSH, 3), (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)),
    "SimHash": (SimHash, (3, 6, 8, 10, 12, 14, 16, 18, 20, 22)),
    "all-pairs TF-IDF": (AllPairs, tuple(round(0.2 + step * 0.02, 2) for step in range(21))),
}
"""Peers, and the thresholds among which their best one is looked for."""


def grouping(make: Callable[[], Gatherer]) -> Grouping:
    """Groups articles by a gatherer that has seen none before."""

    def group(articles: Sequence[Article]) -> list[str]:
        gatherer = make()
        if isinstance(gatherer, AllPairs):
            gatherer.fill(articles)
            return gatherer.link()
        return [gatherer.place(article) for article in articles]

    return group
