"""The alert of a story: derived from its article and match, down to the id."""

from streams.alerting.severity import severity_of
from streams.identity import derive
from streams.model import Alert, AlertedArticle, Article, Evidence, Kind, Story, TaggedArticle

EXTRACT_LENGTH = 280
"""Characters of the body that an alert carries."""


def write_alert(tagged: TaggedArticle, story: Story, kind: Kind) -> Alert:
    """The alert that tells this story by this article. Its id is a hash of topic, story, kind, article."""
    article, match = tagged.article, tagged.match
    return Alert(
        id=derive("alert", match.topic, story.id, kind, article.id),
        kind=kind,
        topic=match.topic,
        topic_version=match.topic_version,
        subtopics=match.subtopics,
        severity=severity_of(match.score),
        score=match.score,
        threshold=match.threshold,
        why=match.why,
        excluded=match.excluded,
        story=story,
        article=_alerted(article, match.why),
    )


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
    """The span of the body to show: its beginning, or whole words around the weightiest evidence."""
    spans = [evidence for evidence in why if evidence.field == "body"]
    best = max(spans, key=lambda evidence: evidence.weight, default=None)
    if best is None or best.end <= EXTRACT_LENGTH:
        start = 0
    else:
        start = max(0, (best.start + best.end - EXTRACT_LENGTH) // 2)
        start += max(0, body.find(" ", start, best.start) + 1 - start)
    end = min(len(body), start + EXTRACT_LENGTH)
    if best is not None:
        end = max(end, best.end)
    if end < len(body):
        end = max(body.rfind(" ", start, end), best.end if best else start) if " " in body[start:end] else end
    return start, end
