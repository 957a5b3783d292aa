"""The journal as people read it: stories, each with its articles in order of arrival."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from msgspec import Struct

from streams.alerting.alerts import alert_id
from streams.cli.screen import on_one_line
from streams.errors import NorthwireError
from streams.model import Cause, Instant, Kind, Likeness, Severity, Story
from streams.severity import loudness
from streams.stories.placement import Placement

SHORTEST = 8
"""Digits of an id that is shown in part, at least."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_MOST_NAMED = 5


class Line(Struct, frozen=True):
    """What was decided on an article. `alert_id` names the alert that tells of it, if any."""

    article_id: str
    title: str
    source: str | None
    url: str | None
    time: Instant | None
    arrival: Instant | None
    severity: Severity
    score: float
    kind: Kind | None
    cause: Cause
    because: str
    likeness: Likeness | None
    alert_id: str | None


class Chronicle(Struct, frozen=True):
    """A story, live or ended. `severity` is the highest that was told or, if none was, that of any of its articles."""

    topic: str
    severity: Severity
    told: bool
    live: bool
    last_arrival: Instant | None
    story: Story
    timeline: tuple[Line, ...]


def chronicles(placements: Iterable[Placement], window: timedelta, now: datetime | None) -> list[Chronicle]:
    """The stories in a journal, the one with the latest arrival first.

    A story is live whose last article came within the window before now; without `now`, before the
    latest arrival in the journal.
    """
    last: dict[str, Placement] = {}
    lines: dict[str, list[Line]] = {}
    for placement in placements:
        last[placement.story.id] = placement
        lines.setdefault(placement.story.id, []).append(_line(placement))
    arrivals = {story_id: max(line.arrival or _NEVER for line in timeline) for story_id, timeline in lines.items()}
    clock = now or max(arrivals.values(), default=_NEVER)
    by_arrival = sorted(arrivals.items(), key=lambda each: each[1], reverse=True)
    return [_chronicle(last[name], lines[name], arrival, clock - arrival <= window) for name, arrival in by_arrival]


def choose(found: Sequence[Chronicle], beginning: str) -> Chronicle:
    """The story whose id begins so. Raises `NorthwireError` if there is none, or more than one."""
    chosen = [each for each in found if each.story.id.startswith(beginning)]
    if not chosen:
        raise NorthwireError(
            f"No story has an id that begins with {beginning!r}: `northwire stories --all` lists all with their ids."
        )
    if whole := next((each for each in chosen if each.story.id == beginning), None):
        return whole
    if len(chosen) > 1:
        digits = distinct_digits(found)
        names = [f"{each.story.id[:digits]} ({each.story.headline})" for each in chosen[:_MOST_NAMED]]
        more = f", and {len(chosen) - _MOST_NAMED} more" if len(chosen) > _MOST_NAMED else ""
        raise NorthwireError(
            f"{len(chosen)} stories have ids that begin with {beginning!r}: give more of one of them: "
            f"{on_one_line(', '.join(names))}{more}."
        )
    return chosen[0]


def distinct_digits(found: Iterable[Chronicle]) -> int:
    """How much of an id tells each story from all others."""
    ids = {each.story.id for each in found}
    return next(digits for digits in count(SHORTEST) if len({name[:digits] for name in ids}) == len(ids))


def _chronicle(last: Placement, lines: list[Line], arrival: datetime, live: bool) -> Chronicle:
    return Chronicle(
        topic=last.topic,
        severity=last.told.severity if last.told else max((line.severity for line in lines), key=loudness),
        told=last.told is not None,
        live=live,
        last_arrival=arrival if arrival is not _NEVER else None,
        story=last.story,
        timeline=tuple(lines),
    )


def _line(placement: Placement) -> Line:
    return Line(
        article_id=placement.article_id,
        title=placement.title,
        source=placement.source,
        url=placement.url,
        time=placement.time,
        arrival=placement.arrival,
        severity=placement.severity,
        score=placement.score,
        kind=placement.kind,
        cause=placement.cause,
        because=placement.because,
        likeness=placement.likeness,
        alert_id=alert_id(placement, placement.kind) if placement.kind else None,
    )
