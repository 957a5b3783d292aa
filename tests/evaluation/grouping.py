"""Ways to group articles: Northwire's desk, and the plainest thing that could work."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log, sqrt

from streams.cli.offline import NO_MATCH
from streams.model import Article, TaggedArticle
from streams.stories.desk import Desk, arrival_of
from streams.stories.likeness import THRESHOLD

Grouping = Callable[[Sequence[Article]], list[str]]
"""The story of each article; they come in this order."""

_WORD = re.compile(r"[^\W_]+")


def by_desk(articles: Sequence[Article], threshold: float = THRESHOLD) -> list[str]:
    """The stories of a desk to which each article comes when it was published."""
    desk = Desk(threshold=threshold)
    return [desk.place(TaggedArticle(article, NO_MATCH), arrival_of(article)).story.id for article in articles]


def by_centroid(least: float) -> Grouping:
    """One pass: an article joins the story whose centroid has a cosine of at least so much, else opens one.

    The words are weighed by TF-IDF, counted on all articles before the first is placed.
    """

    def group(articles: Sequence[Article]) -> list[str]:
        stories: list[str] = []
        postings: defaultdict[str, dict[str, float]] = defaultdict(dict)
        lengths: dict[str, float] = {}
        for article, vector in zip(articles, _vectors(articles), strict=True):
            dots: defaultdict[str, float] = defaultdict(float)
            for word, weight in vector.items():
                for story, its in postings[word].items():
                    dots[story] += weight * its
            cosines = {story: dot / lengths[story] for story, dot in dots.items()}
            nearest = max(cosines, key=cosines.__getitem__, default=None)
            story = nearest if nearest and cosines[nearest] >= least else article.id
            before = sum(postings[word].get(story, 0.0) ** 2 for word in vector)
            for word, weight in vector.items():
                postings[word][story] = postings[word].get(story, 0.0) + weight
            after = sum(postings[word][story] ** 2 for word in vector)
            lengths[story] = sqrt(lengths.get(story, 0.0) ** 2 - before + after)
            stories.append(story)
        return stories

    return group


def _vectors(articles: Sequence[Article]) -> Iterator[Mapping[str, float]]:
    """Each of length 1."""
    counted = [Counter(words_of(article)) for article in articles]
    spread = Counter(word for counts in counted for word in counts)
    for counts in counted:
        weights = {word: (1 + log(count)) * log(len(articles) / spread[word]) for word, count in counts.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        yield {word: weight / length for word, weight in weights.items() if weight}


def words_of(article: Article) -> list[str]:
    """The words of title and body, in lower case."""
    return _WORD.findall(f"{article.title}\n{article.body}".lower())
