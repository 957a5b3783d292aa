"""How well the shipped topics do, on articles they were written with and on articles they were not.

Run `python -m tests.evaluation.tagging`. It needs the labelled articles in ../shared, and says so.

- *development*: 203 articles that whoever wrote the rules could see.
- *leave one source group out*: the same articles in five groups of sources. For each group every term is
  taken out that finds nothing in the articles of any other group, as if the group had not been seen, and
  the group is scored with what is left. A lower bound: a term that any analyst would name without having
  seen the group is taken out, too.
- *held out*: 267 articles and 360 short items that a reader graded without seeing rules or verdicts, and
  that were not looked at while rules were written (heldout.jsonl: ids and grades).
"""

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec.json import decode
from msgspec.structs import replace

from streams.cleaning import clean
from streams.model import Article
from streams.proofreading.grades import Grade, Labelled, score
from streams.settings import read_settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from streams.watchlist import load_topics
from streams.wire import decode_article

SHARED = Path(__file__).parents[2].parent / "shared"
HELD_OUT = Path(__file__).with_name("heldout.jsonl")
GROUPS = 5


class Graded(NamedTuple):
    """An article and its grade for each topic."""

    article: Article
    grades: Mapping[str, Grade]


def main() -> int:
    """Prints the scores; 2 where the articles are not there."""
    if not SHARED.exists():
        print(f"The labelled articles are not here: {SHARED} does not exist.", file=sys.stderr)
        return 2
    topics = load_topics(read_settings())
    labels = {row.id: row.grades for row in map(_labelled, HELD_OUT.read_bytes().splitlines())}
    development = [Graded(article, grades) for article, grades in _development()]
    stories = [Graded(one, labels[one.id]) for one in _stories() if one.id in labels]
    items = [Graded(one, labels[one.id]) for one in _items() if one.id in labels]
    _print("development", topics, [_fired(topics, development)])
    _print("leave one source group out", topics, list(_without_their_terms(topics, development)))
    _print("held out: articles", topics, [_fired(topics, stories)])
    _print("held out: short items", topics, [_fired(topics, items)])
    return 0


_Rows = list[tuple[Mapping[str, Grade], set[str]]]


def _fired(topics: Iterable[Topic], graded: Iterable[Graded]) -> _Rows:
    """The grades of each article, and the topics that fired."""
    tagger = Tagger(topics)
    return [(one.grades, {match.topic for match in tagger.tag(one.article)}) for one in graded]


def _without_their_terms(topics: Iterable[Topic], graded: list[Graded]) -> Iterator[_Rows]:
    tagger = Tagger(topics)
    found = [
        {(match.topic, evidence.term) for match, _, _ in tagger.weigh(one.article) for evidence in match.why}
        for one in graded
    ]
    groups = [_group(one.article) for one in graded]
    for group in range(GROUPS):
        here = set[tuple[str, str]]().union(*(terms for terms, its in zip(found, groups, strict=True) if its == group))
        elsewhere = set[tuple[str, str]]().union(
            *(terms for terms, its in zip(found, groups, strict=True) if its != group)
        )
        reduced = [_without(topic, here - elsewhere) for topic in topics]
        yield _fired(reduced, [one for one, its in zip(graded, groups, strict=True) if its == group])


def _group(article: Article) -> int:
    return sha256((article.source or "").encode()).digest()[0] % GROUPS


def _without(topic: Topic, terms: set[tuple[str, str]]) -> Topic:
    rules = (
        replace(rule, terms=tuple(term for term in rule.terms if (topic.id, term) not in terms)) for rule in topic.rules
    )
    return replace(topic, rules=tuple(rule for rule in rules if rule.terms))


def _print(title: str, topics: Iterable[Topic], parts: Iterable[_Rows]) -> None:
    rows = [row for part in parts for row in part]
    print(f"{title}: {len(rows)}")
    for topic in topics:
        result = score((grades[topic.id], topic.id in fired) for grades, fired in rows)
        recall = "    -" if result.recall is None else f"{result.recall:.3f}"
        print(
            f"  {topic.id:<13} precision {result.precision:.3f}  recall {recall}  F1 {result.f1:.3f}"
            f"  right {result.right:>3}  wrong {result.wrong:>2}  missed {result.missed:>2}"
            f"  passing mentions fired {result.passing_fired} of {result.passing}"
        )


def _labelled(line: bytes) -> Labelled:
    return decode(line, type=Labelled)


def _development() -> Iterator[tuple[Article, Mapping[str, Grade]]]:
    for line in (SHARED / "eval" / "tagging_dev.jsonl").read_bytes().splitlines():
        yield clean(decode_article(line)), json.loads(line)["grades"]


def _stories() -> Iterator[Article]:
    for line in (SHARED / "eval" / "stories_dev.jsonl").read_bytes().splitlines():
        yield clean(decode_article(line))


def _items() -> Iterator[Article]:
    with gzip.open(SHARED / "data" / "current-events.ndjson.gz") as lines:
        for line in lines:
            yield clean(decode_article(line))


if __name__ == "__main__":
    sys.exit(main())
