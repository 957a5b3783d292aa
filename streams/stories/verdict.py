"""Whether anyone needs to hear of an article, and why: one named decision for each."""

from datetime import datetime
from typing import NamedTuple

from streams.model import Article, Cause, Kind, Severity
from streams.severity import loudness
from streams.stories.beat import Ledger
from streams.stories.belonging import Belonging
from streams.stories.figures import new_figure
from streams.stories.placement import Told
from streams.stories.portrait import Portrait
from streams.stories.revisions import revised

OUTLETS = (3, 10, 30)
"""Numbers of outlets that are worth a word."""


class Verdict(NamedTuple):
    """Silent where there is no kind."""

    kind: Kind | None
    cause: Cause
    because: str


class Heard(NamedTuple):
    """An article as the desk hears it: when published it is old, how severe, how many outlets tell its story now."""

    article: Article
    portrait: Portrait
    severity: Severity
    outlets: int
    old_since: datetime | None


def judge(heard: Heard, belongs: Belonging | None, ledger: Ledger | None) -> Verdict:
    """The decision on an article that belongs to the story in the ledger, or opens one."""
    if belongs and belongs.how is Cause.SEEN:
        return Verdict(None, Cause.SEEN, "The same article came before.")
    if heard.old_since:
        return Verdict(None, Cause.OLD, f"It was published on {heard.old_since:%Y-%m-%d}, before the window.")
    if not (belongs and ledger and ledger.told):
        return Verdict(Kind.NEW, Cause.FIRST, "Nothing was told of this story before.")
    return _louder(heard, ledger.told) or _changed(heard, belongs, ledger) or _silent(belongs)


def told_after(verdict: Verdict, heard: Heard, told: Told | None) -> Told | None:
    """What subscribers know of the story after a decision."""
    if verdict.kind is None:
        return told
    severity = max(heard.severity, told.severity if told else heard.severity, key=loudness)
    return Told(severity, max(reached(heard.outlets), told.outlets if told else 0))


def reached(outlets: int) -> int:
    """The last number of outlets worth a word, up to this one; 0 if none."""
    return max((number for number in OUTLETS if number <= outlets), default=0)


def _louder(heard: Heard, told: Told) -> Verdict | None:
    if loudness(heard.severity) > loudness(told.severity):
        return Verdict(Kind.ESCALATED, Cause.SEVERITY, f"Severity rose from {told.severity} to {heard.severity}.")
    if reached(heard.outlets) > told.outlets:
        return Verdict(Kind.UPDATE, Cause.OUTLETS, f"{heard.outlets} outlets tell it now.")
    return None


def _changed(heard: Heard, belongs: Belonging, ledger: Ledger) -> Verdict | None:
    title, body = heard.article.title, heard.article.body
    if belongs.how is Cause.REVISION:
        change = revised(belongs.nearest.portrait, heard.portrait, title, body)
        kind = Kind.CORRECTED if change and change.corrects else Kind.UPDATE
        return Verdict(kind, Cause.REVISION, change.because) if change else None
    if figure := new_figure(title, body, ledger.figures):
        return Verdict(Kind.UPDATE, Cause.FIGURES, f"No other article of the story gives this figure: {figure}.")
    return None


def _silent(belongs: Belonging) -> Verdict:
    nearest = belongs.nearest.article_id
    match belongs.how:
        case Cause.REVISION:
            return Verdict(None, Cause.REVISION, "The publisher changed the article, and no fact in it.")
        case Cause.COPY:
            return Verdict(None, Cause.COPY, f"It has the text of {nearest}.")
    return Verdict(None, Cause.REPEAT, f"It tells what {nearest} tells.")
