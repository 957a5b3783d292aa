"""How well firing agrees with what people say: precision, recall, F1.

A grade of 2 says that the article is about the topic, 0 that it is not; 1 is a passing mention, which
counts for neither, though how often the topic fires on those is told.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

Grade = Literal[0, 1, 2]

_DECIMALS = 3


class Labelled(Struct, frozen=True):
    """A row of a file of labels: an article, and its grade for each topic."""

    id: str
    grades: dict[str, Grade]


Labels = Mapping[str, Mapping[str, Grade]]
"""The grades of articles by their id."""


class Score(Struct, frozen=True):
    """Counts of labelled articles, and what follows from them."""

    right: int
    """Fired, and about the topic."""
    wrong: int
    """Fired, and not about it."""
    missed: int
    """About the topic, and not fired."""
    passing: int
    """Mentions in passing."""
    passing_fired: int
    precision: float
    """0 where nothing fired."""
    recall: float | None
    """None where no labelled article is about the topic."""
    f1: float


def score(rows: Iterable[tuple[Grade, bool]]) -> Score:
    """The score of a topic or a rule, from each grade and whether it fired."""
    right = wrong = missed = passing = passing_fired = 0
    for grade, fired in rows:
        match grade:
            case 2:
                right, missed = right + fired, missed + (not fired)
            case 1:
                passing, passing_fired = passing + 1, passing_fired + fired
            case 0:
                wrong += fired
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else None
    total = precision + (recall or 0.0)
    f1 = 2 * precision * (recall or 0.0) / total if total else 0.0
    return Score(
        right,
        wrong,
        missed,
        passing,
        passing_fired,
        precision=round(precision, _DECIMALS),
        recall=None if recall is None else round(recall, _DECIMALS),
        f1=round(f1, _DECIMALS),
    )
