"""The tables of a backtest as people read them, the same on the terminal and in the browser."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.cli.screen import on_one_line
from streams.proofreading.grades import Score
from streams.proofreading.report import Changes, Record, Report, RuleRecord, TopicRecord

BEFORE = "  before"

_SCORE = ("precision", "recall", "F1")


class Line(NamedTuple):
    """A line of a table."""

    name: str
    numbers: tuple[str, ...]
    is_quiet: bool = False
    """Whether it matters less than the others."""


class Figures(NamedTuple):
    """A table: the headings of its columns, and its lines."""

    headings: tuple[str, ...]
    lines: Sequence[Line]


def span(report: Report) -> str:
    """What was read."""
    facts = (
        f"{report.articles:,} articles",
        f"{report.months[0]} to {report.months[-1]}" if report.months else "",
        f"{report.undated:,} without a date" if report.undated else "",
        f"{report.labelled:,} labelled" if report.labelled else "",
    )
    return " · ".join(filter(None, facts))


def overview(report: Report) -> Figures:
    """A line for each topic, and one for what it was before."""
    compares = any(topic.before for topic in report.topics)
    scored = any(topic.now.score for topic in report.topics)

    def line(name: str, version: str | None, record: Record, gained: str, lost: str) -> Line:
        part = _percent(record.fired, report.articles)
        changes = (gained, lost) if compares else ()
        scores = (*_figures(record.score), _passing(record.score)) if scored else ()
        version = on_one_line(version or "none")
        return Line(name, (version, f"{record.fired:,}", part, *changes, *scores), is_quiet=name == BEFORE)

    lines: list[Line] = []
    for topic in report.topics:
        gained, lost = _changed(topic.gained, "+"), _changed(topic.lost, "−")
        lines.append(line(topic.topic, topic.version, topic.now, gained, lost))
        if topic.before:
            lines.append(line(BEFORE, topic.version_before, topic.before, "", ""))
    headings = ("topic", "version", "fires", "of all", *(("gained", "lost") if compares else ()))
    return Figures((*headings, *((*_SCORE, "passing") if scored else ())), lines)


def by_rule(rules: Iterable[RuleRecord]) -> Figures:
    """A line for each rule, the busiest first."""
    busiest = sorted(rules, key=lambda rule: (-rule.fired, -rule.found))
    scored = any(rule.score for rule in busiest)
    lines = [
        Line(
            rule.rule,
            (
                f"{rule.weight:g}",
                *(f"{number:,}" for number in (rule.found, rule.fired, rule.alone)),
                *(_figures(rule.score) if scored else ()),
            ),
            is_quiet=not rule.fired,
        )
        for rule in busiest
    ]
    return Figures(("rule", "weight", "found", "fires", "alone", *(_SCORE if scored else ())), lines)


def thresholds(topic: TopicRecord) -> str:
    """How the threshold has moved, if it has."""
    if topic.threshold is None or topic.threshold_before in (None, topic.threshold):
        return ""
    return f" · threshold {topic.threshold_before:g} → {topic.threshold:g}"


def _percent(part: int, whole: int) -> str:
    if not whole:
        return ""
    return "<0.01 %" if 0 < part / whole < 0.0001 else f"{part / whole:.2%}".replace("%", " %")


def _changed(changes: Changes | None, sign: str) -> str:
    return f"{sign}{changes.articles:,}" if changes and changes.articles else "0"


def _figures(score: Score | None) -> tuple[str, str, str]:
    """Precision, recall and F1; a dash where there is nothing to measure them by."""
    if score is None:
        return "", "", ""
    precision = f"{score.precision:.3f}" if score.right or score.wrong else "–"
    recall = "–" if score.recall is None else f"{score.recall:.3f}"
    return precision, recall, "–" if score.recall is None else f"{score.f1:.3f}"


def _passing(score: Score | None) -> str:
    """Of the mentions in passing, those on which the topic fires."""
    return f"{score.passing_fired}/{score.passing}" if score else ""
