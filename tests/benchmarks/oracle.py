"""Whether Northwire and Lucene find the same: every term, in every article, and why where they do not.

Run `python -m tests.benchmarks.oracle`. Lucene gets every term as a query of its own, and its verdict is
compared with whether the term's spans are empty, exclusions and scores apart. A difference is explained
only by showing it: the article, and where need be the term, is rewritten so that the alleged cause is gone,
and then the verdicts must be the same. What nothing explains is an error, and this ends with 1.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import regex
from msgspec.structs import replace

from streams.model import Article
from streams.settings import read_settings
from streams.tagging.language import parse
from streams.tagging.matcher import Matcher
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without, phrases_of
from streams.tagging.spans import Search
from streams.tagging.text import Text
from streams.watchlist import load_topics
from tests.benchmarks.corpora import collections, prose
from tests.benchmarks.lucene.peer import Lucene, queries_of
from tests.benchmarks.queries import drawn
from tests.benchmarks.topics import generated

UNEXPLAINED = "nothing explains this"

_NO_WORD = regex.compile(r"[^\p{L}\p{N}\p{M}]+")


class Cause(NamedTuple):
    """Why Lucene may find something else, and texts and phrases rewritten so that it makes no difference."""

    name: str
    rewrite: Callable[[str], str]


CAUSES = (
    Cause(
        "an empty line parts a phrase for Northwire; for Lucene the words still follow one another",
        lambda text: " ".join(text.split()),
    ),
    Cause(
        "punctuation parts a phrase for Northwire, and what a phrase has of it must stand there; Lucene drops it",
        lambda text: _NO_WORD.sub(" ", text).strip(),
    ),
)


class Difference(NamedTuple):
    """A term on which the two do not agree."""

    name: str
    query: Query
    article: Article
    lucene: bool
    """Whether Lucene finds it, and Northwire does not."""


def main() -> None:
    """Prints how often the two agree, and each kind of difference with an example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generated", type=int, default=1_000, help="topics beside the shipped ones")
    parser.add_argument("--drawn", type=int, default=2_000, help="queries of every form beside those")
    options = parser.parse_args()
    texts = prose()
    queries = queries_of((*load_topics(read_settings()), *generated(options.generated, texts)))
    queries |= {f"drawn/{number}": parse(text) for number, text in enumerate(drawn(options.drawn, texts))}
    articles = [article for collection in collections().values() for article in collection]
    lucene = Lucene(queries, [articles])
    both, differences = _compare(queries, articles, lucene)
    lucene.stop()
    verdicts = len(queries) * len(articles)
    print(f"{len(queries):,} terms × {len(articles)} articles = {verdicts:,} verdicts; found by both {both:,},")
    print(f"by neither {verdicts - both - len(differences):,}, by one {len(differences):,}")
    explained: defaultdict[str, list[Difference]] = defaultdict(list)
    for difference in differences:
        explained[_cause(difference)].append(difference)
    for cause, examples in sorted(explained.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(examples):,} × {cause}")
        for example in examples[:3]:
            print(f"    {'Lucene' if example.lucene else 'Northwire'} only: {example.name} in {example.article.id}")
            print(f"    {_written(example.query)} | {_around(example)}")
    sys.exit(UNEXPLAINED in explained)


def _compare(queries: Mapping[str, Query], articles: list[Article], lucene: Lucene) -> tuple[int, list[Difference]]:
    users: defaultdict[Phrase, list[str]] = defaultdict(list)
    for name, query in queries.items():
        for phrase in set(phrases_of(query)):
            users[phrase].append(name)
    matcher = Matcher(users)
    both = 0
    differences: list[Difference] = []
    for article, theirs in zip(articles, lucene.verdicts(0), strict=True):
        text = Text.of(article)
        occurrences = matcher.find(text.even)
        asked = {name for phrase in occurrences for name in users[phrase]}
        search = Search(occurrences, text)
        ours = {name for name in asked if search.find(queries[name])}
        both += len(ours & theirs)
        differences += (Difference(name, queries[name], article, name in theirs) for name in sorted(ours ^ theirs))
    return both, differences


def _cause(difference: Difference) -> str:
    """The first cause that, taken away, makes Northwire say what Lucene says."""
    for cause in CAUSES:
        query = _rewritten(difference.query, cause.rewrite)
        article = difference.article
        article = replace(article, title=cause.rewrite(article.title), body=cause.rewrite(article.body))
        text = Text.of(article)
        occurrences = Matcher(phrases_of(query)).find(text.even)
        if bool(Search(occurrences, text).find(query)) == difference.lucene:
            return cause.name
    return UNEXPLAINED


def _rewritten(query: Query, rewrite: Callable[[str], str]) -> Query:
    def again(part: Query) -> Query:
        return _rewritten(part, rewrite)

    match query:
        case Phrase(words, prefix, exact):
            return Phrase(rewrite(words), prefix, exact)
        case AnyOf(parts):
            return AnyOf(tuple(map(again, parts)))
        case AllOf(parts):
            return AllOf(tuple(map(again, parts)))
        case Without(wanted, unwanted):
            return Without(again(wanted), again(unwanted))
        case Near(left, right, steps, ordered):
            return Near(again(left), again(right), steps, ordered)
        case Within(field, part):
            return Within(field, again(part))
        case AtLeast(times, part):
            return AtLeast(times, again(part))


def _written(query: Query) -> str:
    return " … ".join(phrase.words + "*" * phrase.prefix for phrase in phrases_of(query))


def _around(difference: Difference) -> str:
    """Where in the article the words of the term's first phrase stand in a row, whatever is between them."""
    words = _NO_WORD.split(next(phrases_of(difference.query)).words)
    pattern = regex.compile(r"[^\p{L}\p{N}\p{M}]+".join(map(regex.escape, words)), regex.IGNORECASE)
    text = f"{difference.article.title} ¶ {difference.article.body}"
    found = pattern.search(text)
    return repr(text[max(0, found.start() - 40) : found.end() + 40]) if found else "…"


if __name__ == "__main__":
    main()
