"""The report of a backtest. Every number of articles is one of the archive."""

from msgspec import Struct

from streams.proofreading.clippings import Clipping
from streams.proofreading.grades import Score


class Record(Struct, frozen=True):
    """How often one version of a topic fires."""

    fired: int
    months: tuple[int, ...]
    """By month, as the report's `months`; articles without a date are in none."""
    score: Score | None
    """None without labels."""


class Change(Struct, frozen=True):
    """An article on which two versions of a topic disagree."""

    clipping: Clipping
    score_before: float
    score: float


class Changes(Struct, frozen=True):
    """The articles gained, or lost."""

    articles: int
    sample: tuple[Change, ...]
    """At most `SHOWN`, drawn evenly by a digest of their ids, the oldest first."""


class RuleRecord(Struct, frozen=True):
    """What a rule contributes. All numbers are articles."""

    rule: str
    weight: float
    found: int
    """In which the rule counts, whether or not the topic fires."""
    fired: int
    """In which the rule counts and the topic fires."""
    alone: int
    """In which the topic would not fire without the rule."""
    terms: dict[str, int]
    """In which each term counts."""
    score: Score | None
    """With `fired` for what the rule predicts. None without labels."""


class TopicRecord(Struct, frozen=True):
    """What a topic would have found."""

    topic: str
    title: str
    version: str | None
    """None if only the version that it is compared with has the topic."""
    version_before: str | None
    threshold: float | None
    threshold_before: float | None
    now: Record
    before: Record | None
    """None if there is nothing to compare with."""
    gained: Changes | None
    lost: Changes | None
    sample: tuple[Clipping, ...]
    """Of the articles on which it fires, where there is nothing to compare with: drawn as in `Changes`."""
    rules: tuple[RuleRecord, ...]
    """In the order of the file."""
    wrong: tuple[Clipping, ...]
    """Labelled articles that are not about the topic, and fired."""
    missed: tuple[Clipping, ...]
    """Labelled articles that are about the topic, and did not fire."""


class Report(Struct, frozen=True):
    """A backtest."""

    articles: int
    undated: int
    months: tuple[str, ...]
    """YYYY-MM, without gaps unless they span more than `LONGEST_SPAN`."""
    volume: tuple[int, ...]
    """Articles in each month."""
    labelled: int
    """Articles that have labels and were read."""
    absent: tuple[str, ...]
    """Ids that have labels and were not read: they count for nothing."""
    topics: tuple[TopicRecord, ...]
