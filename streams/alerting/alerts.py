"""The alert of a story: derived from its article and match, down to the id."""

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from streams.identity import derive
from streams.model import Alert, AlertedArticle, Article, Evidence, Exclusion, Kind, TaggedArticle
from streams.stories.placement import Placement

EXTRACT_LENGTH = 280
"""Characters of the body that an alert carries; more only where the evidence itself is longer."""

QUERY_LENGTH = 80
"""Characters of a query that an alert quotes; rule and version lead to the rest."""

_BLANKS = re.compile(r"\s+")


def write_alert(tagged: TaggedArticle, placement: Placement, kind: Kind) -> Alert:
    """The alert that tells a story by this article."""
    article, match = tagged.article, tagged.match
    return Alert(
        id=alert_id(placement, kind),
        kind=kind,
        cause=placement.cause,
        because=placement.because,
        topic=match.topic,
        topic_version=match.topic_version,
        subtopics=match.subtopics,
        severity=placement.severity,
        score=match.score,
        threshold=match.threshold,
        damping=match.damping,
        why=tuple(replace(evidence, term=_quoted(evidence.term)) for evidence in match.why),
        excluded=tuple(_each_span_once(match.excluded)),
        story=placement.story,
        likeness=placement.likeness,
        article=_alerted(article, match.why),
    )


def alert_id(placement: Placement, kind: Kind) -> str:
    """The id of the alert on an article: a hash of topic, story, kind and article.

    Of all but the first alert of a story the text counts too: two revisions of an article are two alerts.
    """
    revision = () if kind is Kind.NEW else (placement.portrait.text,)
    return derive("alert", placement.topic, placement.story.id, kind, placement.article_id, *revision)


def _quoted(query: str) -> str:
    return query if len(query) <= QUERY_LENGTH else query[: QUERY_LENGTH - 1] + "…"


def _each_span_once(excluded: Iterable[Exclusion]) -> Iterator[Exclusion]:
    """What was cancelled, once, whatever the number of queries that asked for it."""
    seen: set[tuple[str, int, int]] = set()
    for one in excluded:
        if (span := (one.field, one.start, one.end)) not in seen:
            seen.add(span)
            yield replace(one, term=_quoted(one.term), excluded_by=_quoted(one.excluded_by))


def _alerted(article: Article, why: tuple[Evidence, ...]) -> AlertedArticle:
    start, end = _extract(article.body, why)
    return AlertedArticle(
        id=article.id,
        url=article.url,
        title=article.title,
        source=article.source,
        published_at=article.published_at,
        language=article.language,
        extract=article.body[start:end],
        extract_start=start,
    )


def _extract(body: str, why: tuple[Evidence, ...]) -> tuple[int, int]:
    """The span of the body to show: its beginning, or where that does not hold the weightiest evidence
    of the body, what is around it. A word is cut only where there is no blank to cut at.
    """
    best = max((evidence for evidence in why if evidence.field == "body"), key=_weight, default=None)
    first, last = (best.start, best.end) if best else (0, 0)
    start = 0 if last <= EXTRACT_LENGTH else min(first, (first + last - EXTRACT_LENGTH) // 2)
    end = max(last, start + EXTRACT_LENGTH)
    if start:
        blanks = _BLANKS.search(body, start - 1, first)
        start = blanks.end() if blanks else start
    if end < len(body):
        end = max((blanks.start() for blanks in _BLANKS.finditer(body, last, end + 1)), default=end)
    return start, min(end, len(body))


def _weight(evidence: Evidence) -> float:
    return evidence.weight
