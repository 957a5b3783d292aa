"""Nouns with everything filled in, of which a test names what it is about."""

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from streams.alerting.alerts import write_alert
from streams.model import Alert, Article, Evidence, Exclusion, Kind, Match, Story, TaggedArticle
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from streams.tagging.topics import Rule, Topic

TOPICS = ("arctic", "arms-control", "sanctions")
NOON = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)


def article(title: str = "Council meets", body: str = "The council met on Monday.", **changes: Any) -> Article:
    return Article(**{"id": "a-1", "title": title, "body": body, **changes})


def rule(*terms: str, **changes: Any) -> Rule:
    return Rule(**{"id": "rule", "terms": terms, "weight": 1.0, **changes})


def topic(*rules: Rule, **changes: Any) -> Topic:
    numbered = tuple(replace(rule, id=f"rule-{number}") for number, rule in enumerate(rules, 1))
    return Topic(**{"id": "watched", "title": "Watched", "version": "1", "rules": numbered, **changes})


def evidence(text: str, start: int, weight: float = 1.0, **changes: Any) -> Evidence:
    return Evidence(
        **{
            "rule": "rule",
            "term": text,
            "field": "body",
            "start": start,
            "end": start + len(text),
            "text": text,
            "rule_weight": weight,
            "boost": 1.0,
            "weight": weight,
            **changes,
        }
    )


def match(*why: Evidence, **changes: Any) -> Match:
    found = why or (evidence("council", 4),)
    return Match(
        **{
            "topic": "arctic",
            "topic_version": "1",
            "score": sum(span.weight for span in found),
            "threshold": 1.0,
            "damping": 1.0,
            "subtopics": (),
            "why": found,
            **changes,
        }
    )


def tagged(told: Article | None = None, verdict: Match | None = None) -> TaggedArticle:
    return TaggedArticle(told or article(), verdict or match())


def story(**changes: Any) -> Story:
    return Story(
        **{
            "id": "s-1",
            "headline": "Council meets",
            "first_seen": NOON,
            "last_seen": NOON,
            "articles": 1,
            "outlets": 1,
            "sources": ("Wire",),
            **changes,
        }
    )


def placement(placed: TaggedArticle | None = None, **changes: Any) -> Placement:
    """Where a desk that knows nothing places an article, with some of that changed."""
    return replace(Desk().place(placed or tagged(), NOON), **changes)


def alert(verdict: Match | None = None, told: Article | None = None, kind: Kind = Kind.NEW, **changes: Any) -> Alert:
    placed = tagged(told, verdict)
    return write_alert(placed, placement(placed, **changes), kind)


def spans(verdict: Match) -> tuple[Evidence | Exclusion, ...]:
    """Every span that a match points at."""
    return (*verdict.why, *verdict.excluded)
