"""The desk: for each tagged article, does it open a story or repeat one?"""

from typing import NamedTuple

from streams.identity import derive
from streams.model import Article, Story
from streams.tagging.folding import fold

HEADLINE_LENGTH = 140
"""Characters of a headline made from the body of an article that has no title."""


class Opened(NamedTuple):
    """The article is the first of a story."""

    story: Story

    @property
    def story_id(self) -> str:
        return self.story.id


class Repeated(NamedTuple):
    """The article tells a story that is already open."""

    story_id: str


class Desk:
    """Places articles in stories, topic by topic, in the order they come.

    An article is a repeat where its id, or its cleaned text under another id, was placed before under
    the same topic; any other opens a story. The desk holds nothing but what it was told: two desks
    that were told the same articles in the same order hold the same and answer the same.
    """

    def __init__(self) -> None:
        self._story_of: dict[str, str] = {}

    def place(self, article: Article, topic: str) -> Opened | Repeated:
        """Where a cleaned article belongs under a topic; the desk remembers it."""
        marks = (derive("seen", topic, article.id), derive("text", topic, fold(article.title), fold(article.body)))
        known = next((self._story_of[mark] for mark in marks if mark in self._story_of), None)
        story_id = known or derive("story", topic, article.id)
        for mark in marks:
            self._story_of.setdefault(mark, story_id)
        return Repeated(known) if known else Opened(_opening(story_id, article))


def _opening(story_id: str, article: Article) -> Story:
    return Story(
        id=story_id,
        headline=article.title or _first_words(article.body),
        first_seen=article.published_at or article.fetched_at,
        articles=1,
        sources=(article.source,) if article.source else (),
    )


def _first_words(body: str) -> str:
    line = body.split("\n", 1)[0]
    if len(line) <= HEADLINE_LENGTH:
        return line
    return line[:HEADLINE_LENGTH].rsplit(" ", 1)[0] + "…"
