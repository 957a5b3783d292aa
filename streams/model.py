"""The nouns: articles, matches, stories, alerts, and what happened to a message.

All are frozen and compare by value. Spans are half-open character offsets into the cleaned field
they name, so that `getattr(article, span.field)[span.start:span.end] == span.text`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.errors import Reason

Field = Literal["title", "body"]
Instant = Annotated[datetime, Meta(tz=True)]


class Article(Struct, frozen=True):
    """A news article. Times are aware and in UTC; what the source did not say is absent."""

    id: str
    title: str
    body: str
    url: str | None = None
    source: str | None = None
    published_at: Instant | None = None
    fetched_at: Instant | None = None
    language: str | None = None


class Evidence(Struct, frozen=True):
    """A finding that counts. The weights of a match's evidence add up to its score.

    `weight` is `rule_weight` x `boost` x the match's `damping`, rounded to three decimals; `boost` is
    what the place is worth (title, lede), a quarter of that where the term was found before.
    """

    rule: str
    term: str
    field: Field
    start: int
    end: int
    text: str
    rule_weight: float
    boost: float
    weight: float


class Exclusion(Struct, frozen=True):
    """A word or phrase of a term, and the exclusion that cancelled it."""

    rule: str
    term: str
    field: Field
    start: int
    end: int
    text: str
    excluded_by: str


class Match(Struct, frozen=True):
    """What a topic makes of one article: it fires where the score reaches the threshold, and this is why."""

    topic: str
    topic_version: str
    score: float
    threshold: float
    damping: float
    subtopics: tuple[str, ...]
    why: tuple[Evidence, ...]
    excluded: tuple[Exclusion, ...] = ()


class TaggedArticle(Struct, frozen=True, tag_field="schema", tag="northwire.tagged/1"):
    """What `articles.tagged` carries: one cleaned article, one topic's match."""

    article: Article
    match: Match


class Story(Struct, frozen=True):
    """The event that several articles tell, as known when an alert is written.

    `first_seen` and `last_seen` are times that articles claim. `outlets` counts those that speak for
    themselves: copies of an agency's text, and titles of one owner, are one. `sources` names the first 30.
    """

    id: str
    headline: str
    first_seen: Instant | None
    last_seen: Instant | None
    articles: int
    outlets: int
    sources: tuple[str, ...]


class Severity(StrEnum):
    """How loudly to say it, from the score (see `streams.severity`)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Kind(StrEnum):
    """How a story has changed that a subscriber hears of."""

    NEW = "new"
    UPDATE = "update"
    ESCALATED = "escalated"
    CORRECTED = "corrected"


class Cause(StrEnum):
    """What decided whether subscribers hear of an article: the whole set, so that it can be a metric label."""

    FIRST = "first"
    """Nothing was told of this story before."""
    SEVERITY = "severity"
    """The story is more severe than was told."""
    FIGURES = "figures"
    """A figure that no other article of the story gives."""
    OUTLETS = "outlets"
    """As many outlets tell it as are worth a word."""
    REVISION = "revision"
    """The publisher changed the article."""
    OLD = "old"
    """The article was published before the window: not told."""
    SEEN = "seen"
    """The same article once more: not told."""
    COPY = "copy"
    """The same text, or all but the same, by someone else: not told."""
    REPEAT = "repeat"
    """The same story in other words: not told."""


class LikenessPart(Struct, frozen=True):
    """What one part of two articles adds to their likeness, and the terms they share."""

    part: str
    points: float
    shared: tuple[str, ...] = ()


class Likeness(Struct, frozen=True):
    """Why an article belongs to a story: how alike they are, and the parts for the nearest article.

    `score` is the mean of the sum of the parts and of the mean over the story's nearest articles.
    """

    article_id: str
    score: float
    threshold: float
    parts: tuple[LikenessPart, ...]


class AlertedArticle(Struct, frozen=True):
    """The article behind an alert.

    `extract` is the part of the cleaned body that starts at offset `extract_start`: a span of the
    alert's evidence lies at `extract[start - extract_start : end - extract_start]` where covered.
    """

    id: str
    url: str | None
    title: str
    source: str | None
    published_at: Instant | None
    language: str | None
    extract: str
    extract_start: int


class Alert(Struct, frozen=True, tag_field="schema", tag="northwire.alert/1"):
    """What subscribers receive. Equal input gives equal bytes, `id` included.

    `cause` and `because` say why it is told, `likeness` why it is this story. Queries are quoted in
    their first 80 characters; rule and topic version lead to the whole.
    """

    id: str
    kind: Kind
    cause: Cause
    because: str
    topic: str
    topic_version: str
    subtopics: tuple[str, ...]
    severity: Severity
    score: float
    threshold: float
    damping: float
    why: tuple[Evidence, ...]
    excluded: tuple[Exclusion, ...]
    story: Story
    likeness: Likeness | None
    article: AlertedArticle


class Rejected(Struct, frozen=True):
    """The message is at fault and is put aside whole."""

    reason: Reason
    error: str


class Untagged(Struct, frozen=True):
    """No topic fired: declined by decision."""

    article: Article


class Tagged(Struct, frozen=True):
    """At least one topic fired: forwarded once per topic."""

    article: Article
    matches: tuple[Match, ...]


class News(Struct, frozen=True):
    """A story that subscribers have not heard of in this form."""

    alert: Alert


class Repeat(Struct, frozen=True):
    """The article tells a story already told, or an old one: counted, and nobody is woken."""

    topic: str
    article_id: str
    story_id: str
    cause: Cause


TaggingOutcome = Tagged | Untagged | Rejected
StoryOutcome = News | Repeat | Rejected
