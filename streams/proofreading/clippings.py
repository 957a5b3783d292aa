"""What is cut out of an article to show why a topic fires, with the findings marked."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from msgspec import Struct

from streams.model import Article, Evidence, Exclusion, Field
from streams.tagging.tagger import Verdict

WIDTH = 200
"""Characters of the body in a clipping."""

Sort = Literal["counts", "cancelled", "alone"]
"""A finding that counts, one that an exclusion cancels, one that lacks context."""

_PRECEDENCE: tuple[Sort | None, ...] = (None, "counts", "alone", "cancelled")


class Mark(NamedTuple):
    """A marked span of a text."""

    start: int
    end: int
    sort: Sort


class Clipping(Struct, frozen=True):
    """An article that fired, or should have, and the part of its body that says most about it."""

    id: str
    title: str
    title_marks: tuple[Mark, ...]
    text: str
    """The part of the body; `…` stands for what is cut off."""
    text_marks: tuple[Mark, ...]
    published: str | None
    """The day, YYYY-MM-DD."""
    source: str | None
    url: str | None
    score: float
    rules: tuple[str, ...]
    """The rules with findings that count."""


def marks(verdict: Verdict, field: Field) -> tuple[Mark, ...]:
    """The findings of a verdict in one field, in reading order."""
    sorts: tuple[tuple[Sort, tuple[Evidence | Exclusion, ...]], ...] = (
        ("counts", verdict.match.why),
        ("alone", verdict.out_of_context),
        ("cancelled", verdict.match.excluded),
    )
    return tuple(sorted({Mark(one.start, one.end, sort) for sort, ones in sorts for one in ones if one.field == field}))


def segments(text: str, marked: Iterable[Mark]) -> Iterator[tuple[str, Sort | None]]:
    """The text in pieces, each with how it is marked; where marks overlap, what counts comes first."""
    paint = bytearray(len(text))
    for mark in sorted(marked, key=lambda mark: _PRECEDENCE.index(mark.sort), reverse=True):
        colour = _PRECEDENCE.index(mark.sort)
        paint[mark.start : mark.end] = bytes([colour]) * len(text[mark.start : mark.end])
    place = 0
    for colour, run in groupby(paint):
        end = place + sum(1 for _ in run)
        yield text[place:end], _PRECEDENCE[colour]
        place = end


def clip(article: Article, verdict: Verdict | None, width: int = WIDTH) -> Clipping:
    """The clipping of a cleaned article; without a verdict, its beginning."""
    why = verdict.match.why if verdict else ()
    in_body = [one for one in why if one.field == "body"]
    heaviest = max(in_body, key=lambda one: one.weight, default=None)
    start, end = _window(article.body, heaviest.start if heaviest else 0, heaviest.end if heaviest else 0, width)
    before, after = "…" * (start > 0), "…" * (end < len(article.body))
    body_marks = marks(verdict, "body") if verdict else ()
    move = len(before) - start
    return Clipping(
        id=article.id,
        title=article.title,
        title_marks=marks(verdict, "title") if verdict else (),
        text=before + article.body[start:end] + after,
        text_marks=tuple(
            Mark(max(mark.start, start) + move, min(mark.end, end) + move, mark.sort)
            for mark in body_marks
            if mark.start < end and mark.end > start
        ),
        published=f"{article.published_at:%Y-%m-%d}" if article.published_at else None,
        source=article.source,
        url=article.url,
        score=verdict.match.score if verdict else 0.0,
        rules=tuple(dict.fromkeys(one.rule for one in why)),
    )


def _window(text: str, first: int, last: int, width: int) -> tuple[int, int]:
    """A stretch of the text around a span, of about that width, between blanks where there are any."""
    margin = max(0, width - (last - first)) // 2
    start = max(0, min(first - margin, len(text) - width))
    end = min(len(text), max(start + width, min(last, first + 2 * width)))
    if start:
        blank = text.find(" ", start, first)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", last, end)
        end = blank if blank >= 0 else end
    return start, end
