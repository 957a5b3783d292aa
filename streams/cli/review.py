"""A backtest on the terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cli.explanation import marked, plain
from streams.cli.figures import BEFORE, Figures, by_rule, overview, span, thresholds
from streams.proofreading.clippings import Clipping
from streams.proofreading.report import Report, RuleRecord, TopicRecord

_BLOCKS = "▁▂▃▄▅▆▇█"
_NARROWEST = 20
_MOST_MISTAKES = 20
_MOST_TERMS = 20


def review(console: Console, report: Report) -> None:
    """Prints a backtest for a person: the topics, then each with its changes, mistakes and rules."""
    console.print(Text(span(report)))
    console.print()
    console.print(_table(overview(report)))
    if len(report.months) > 1:
        _print_volumes(console, report)
    for topic in report.topics:
        _print_topic(console, topic)


def _table(figures: Figures) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    first, *numbers = figures.headings
    table.add_column(first, overflow="fold", min_width=12)
    for heading in numbers:
        table.add_column(heading, justify="right")
    for line in figures.lines:
        table.add_row(plain(line.name), *map(plain, line.numbers), style="dim" if line.is_quiet else None)
    return table


def _print_volumes(console: Console, report: Report) -> None:
    """A bar for each month, or for several where there is not room for all."""
    rows = [("all articles", report.volume, max(report.volume))]
    for topic in report.topics:
        before = topic.before.months if topic.before else ()
        most = max(*topic.now.months, *before)
        rows.append((topic.topic, topic.now.months, most))
        rows += [(BEFORE, before, most)] if before else []
    label = min(max(len(name) for name, _, _ in rows), console.width // 3)
    room = max(_NARROWEST, console.width - label - 26)
    step = -(-len(report.months) // room)
    console.print()
    each = "month" if step == 1 else f"{step} months, the most in one"
    console.print(Text(f"per {each}, {report.months[0]} to {report.months[-1]}", "dim"))
    for name, months, most in rows:
        bars = [max(months[place : place + step]) for place in range(0, len(months), step)]
        peak = max(months)
        when = f" most {peak:,} in {report.months[months.index(peak)]}" if peak else " never"
        console.print(Text.assemble(plain(f"{name[:label]:{label}} "), (_sparkline(bars, most), "cyan"), (when, "dim")))


def _sparkline(numbers: Sequence[int], most: int) -> str:
    return "".join(_BLOCKS[-(-number * len(_BLOCKS) // most) - 1] if number else " " for number in numbers)


def _print_topic(console: Console, topic: TopicRecord) -> None:
    console.print()
    console.rule(plain(f"{topic.topic} · {topic.title}{thresholds(topic)}", "bold"), align="left", style="dim")
    for what, sign, changes in (("gained", "+", topic.gained), ("lost", "−", topic.lost)):
        if changes and changes.articles:
            shown = f", {len(changes.sample)} of them drawn evenly" if len(changes.sample) < changes.articles else ""
            console.print(Text(f"\n{changes.articles:,} {what}{shown}", "bold"))
            for change in changes.sample:
                scores = f"{change.score_before:g} → {change.score:g}"
                _print_clipping(console, change.clipping, f"{sign} {scores}")
    if topic.sample:
        few = f", {len(topic.sample):,} of them drawn evenly" if len(topic.sample) < topic.now.fired else ""
        console.print(Text(f"\nfires on {topic.now.fired:,}{few}", "bold"))
        for clipping in topic.sample:
            _print_clipping(console, clipping, f"{clipping.score:g}")
    for what, clippings in (("wrong: fires, and is not about it", topic.wrong), ("missed: is about it", topic.missed)):
        if clippings:
            few = f", {_MOST_MISTAKES} of them" if len(clippings) > _MOST_MISTAKES else ""
            console.print(Text(f"\n{len(clippings):,} {what}{few}", "bold"))
            for clipping in clippings[:_MOST_MISTAKES]:
                _print_clipping(console, clipping, f"{clipping.score:g}")
    if topic.rules:
        console.print()
        console.print(_table(by_rule(rule for rule in topic.rules if rule.found)))
        _print_idle(console, topic.rules)


def _print_clipping(console: Console, clipping: Clipping, facts: str) -> None:
    colours = console.is_terminal and console.color_system is not None
    head = Text("  ").join(
        (
            Text(facts),
            plain(clipping.published or "no date", "dim"),
            *([marked(clipping.title, clipping.title_marks, colours)] if clipping.title else ()),
            plain(clipping.id, "dim"),
        )
    )
    console.print(Padding(head, (0, 0, 0, 2), expand=False))
    console.print(Padding(marked(clipping.text, clipping.text_marks, colours), (0, 0, 0, 6), expand=False))


def _print_idle(console: Console, rules: Iterable[RuleRecord]) -> None:
    rules = list(rules)
    _print_names(console, "Rules that never fire", [rule.rule for rule in rules if not rule.fired])
    terms = [term for rule in rules for term, found in rule.terms.items() if not found]
    _print_names(console, "Terms that never count", terms)


def _print_names(console: Console, what: str, names: Sequence[str]) -> None:
    if names:
        more = len(names) - _MOST_TERMS
        shown = " · ".join(names[:_MOST_TERMS]) + (f" · and {more:,} more" if more > 0 else "")
        console.print(Text.assemble((f"\n{what} ({len(names):,}): ", "bold"), plain(shown)))
