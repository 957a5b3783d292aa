"""What changed between two revisions of one article."""

import re
from collections.abc import Collection
from typing import NamedTuple

from streams.stories.figures import is_about
from streams.stories.portrait import Portrait, digest, sentences_of
from streams.tagging.folding import fold_case, fold_marks

_NOTICE = re.compile(
    r"\b(?:correction|clarification|editor'?s note|an earlier version of this (?:article|story|report)|"
    r"(?:this|the) (?:article|story|report) (?:has been|was) (?:amended|corrected|updated to correct)|corrects|"
    r"(?:has been|was) corrected)\b"
)


class Revised(NamedTuple):
    """What a publisher did to an article, in a sentence; and whether something was taken back."""

    because: str
    corrects: bool


def revised(earlier: Portrait, later: Portrait, title: str, body: str) -> Revised | None:
    """What changed, if anything did that matters: a fact taken back, or a fact added.

    Of a sentence that reads differently nothing is said unless it held evidence or a figure.
    """
    added = set(later.sentences) - set(earlier.sentences)
    gone = set(earlier.sentences) - set(later.sentences)
    withdrawn = _missing(earlier.figures, later.figures)
    new = _missing(later.figures, earlier.figures)
    if added and (notice := _notice(title, fold_marks(body), added)):
        return Revised(f"The publisher announces a correction (“{notice}”).", corrects=True)
    if len(added) <= len(gone):
        if withdrawn:
            instead = f", now {_listed(new)}" if new else ""
            return Revised(f"The publisher took back a figure: {_listed(withdrawn)}{instead}.", corrects=True)
        if gone & set(earlier.grounds):
            return Revised("The publisher changed a sentence that held evidence.", corrects=True)
    if new:
        return Revised(f"The publisher added a figure: {_listed(new)}.", corrects=False)
    if len(added) > len(gone):
        count = len(added) - len(gone)
        return Revised(f"The publisher added {count} sentence{'s' if count > 1 else ''}.", corrects=False)
    return None


def _notice(title: str, body: str, added: Collection[int]) -> str | None:
    """How a sentence that was not there before announces a correction."""
    for sentence in (fold_marks(title), *(body[start:end] for start, end in sentences_of(body))):
        if digest(sentence) in added and (found := _NOTICE.search(fold_case(sentence))):
            return found[0]
    return None


def _missing(figures: tuple[float, ...], others: tuple[float, ...]) -> list[float]:
    return [value for value in figures if not any(is_about(value, other) for other in others)]


def _listed(figures: list[float]) -> str:
    return ", ".join(f"{value:,.15g}" for value in figures[:3])
