"""Copies of real articles, and whether they are recognised as copies among all the others."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from streams.model import Article
from tests.evaluation.edits import EDITS, jaccard
from tests.evaluation.grouping import Grouping

PRINTED = datetime(2026, 1, 5, tzinfo=UTC)
"""When all the originals were published, so that time tells none from another. Copies follow a day later."""


class Copy(NamedTuple):
    """An article, what another desk made of it, by which edit, and how much of it is left."""

    original: Article
    article: Article
    edit: str
    likeness: float


class Sighting(NamedTuple):
    """A copy, and whether it was put into its original's story."""

    copy: Copy
    recognised: bool


def copies(articles: Sequence[Article], edit: str, seed: int = 1) -> list[Copy]:
    """A copy of each article, by one kind of edit; those that the edit leaves as they are do not count."""
    found = []
    for article in articles:
        original = replace(article, published_at=PRINTED, fetched_at=None)
        edited = EDITS[edit](original, random.Random(f"{seed} {edit} {article.id}"))
        if (edited.title, edited.body) == (original.title, original.body):
            continue
        copy = replace(
            edited,
            id=f"copy of {article.id}",
            url=None,
            source="Another Paper",
            published_at=PRINTED + timedelta(days=1),
        )
        found.append(Copy(original, copy, edit, jaccard(original, copy)))
    return found


def sightings(group: Grouping, articles: Sequence[Article]) -> Iterator[Sighting]:
    """For each edit all articles are grouped, and then a copy of each."""
    originals = [replace(article, published_at=PRINTED, fetched_at=None) for article in articles]
    for edit in EDITS:
        made = copies(articles, edit)
        stories = group([*originals, *(copy.article for copy in made)])
        story = dict(zip((article.id for article in originals), stories, strict=False))
        for copy, its in zip(made, stories[len(originals) :], strict=True):
            yield Sighting(copy, its == story[copy.original.id])
