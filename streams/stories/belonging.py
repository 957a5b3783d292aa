"""Which story an article belongs to, and why."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from streams.model import Cause, Likeness
from streams.stories.beat import Beat, Member
from streams.stories.figures import clash
from streams.stories.likeness import compare, explain, is_copy, sought, to_story
from streams.stories.portrait import Portrait

_DAY = 86_400


class Belonging(NamedTuple):
    """The article is of the story of another one: the same article (`seen`, `revision`), its text by
    someone else (`copy`), or what it tells in other words (`repeat`).
    """

    how: Cause
    nearest: Member
    likeness: Likeness | None = None


def belonging(
    beat: Beat, article_id: str, portrait: Portrait, time: datetime | None, threshold: float
) -> Belonging | None:
    """Where an article belongs, if to any live story; by its id, by its text, by what it says, in this order.

    `threshold` is the least likeness to a story that belongs to it.
    """
    if earlier := beat.article(article_id):
        return Belonging(Cause.SEEN if earlier.portrait.text == portrait.text else Cause.REVISION, earlier)
    if original := beat.text(portrait.text):
        return Belonging(Cause.COPY, original)
    return _most_alike(beat, portrait, time, threshold)


def _most_alike(beat: Beat, portrait: Portrait, time: datetime | None, threshold: float) -> Belonging | None:
    """The live story that is most alike, if any is alike enough and names nothing by other numbers."""
    terms = sought(portrait)
    likenesses: defaultdict[str, list[tuple[float, Member]]] = defaultdict(list)
    for member in beat.candidates(portrait.keys):
        likeness = compare(terms, member.portrait, _days(time, member.time))
        likenesses[member.story_id].append((likeness, member))
    best: tuple[float, str] | None = None
    for story_id, found in likenesses.items():
        ledger = beat.stories[story_id]
        score = to_story([likeness for likeness, _ in found], len(ledger.members))
        alike = score >= threshold and (best is None or score > best[0])
        if alike and not clash(portrait.designations, ledger.designations):
            best = score, story_id
    if not best:
        return None
    score, story_id = best
    _, nearest = max(likenesses[story_id], key=_likeness)
    parts = explain(terms, nearest.portrait, _days(time, nearest.time))
    shown = Likeness(nearest.article_id, round(score, 3), threshold, parts)
    return Belonging(Cause.COPY if is_copy(terms, nearest.portrait) else Cause.REPEAT, nearest, shown)


def _likeness(found: tuple[float, Member]) -> float:
    return found[0]


def _days(one: datetime | None, other: datetime | None) -> float:
    """Days between two times; none where one is not known."""
    return abs((one - other).total_seconds()) / _DAY if one and other else 0.0
