"""Stories on the terminal: all of them, or one with its timeline and its evidence."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cli.chronicles import Chronicle, Line
from streams.cli.screen import badge, breadth, moment, on_one_line, origin, proof, sameness, title
from streams.model import Alert

_ROOM_FOR_A_TABLE = 132
_ALL_TERMS = 99
_HEADINGS = ("story", "severity", "topic", "articles", "outlets", "first seen (UTC)", "last seen (UTC)")


def list_stories(console: Console, found: Iterable[Chronicle], digits: int) -> None:
    """Prints a line for each story; on a terminal that is too narrow for that, three."""
    if console.is_terminal and console.width < _ROOM_FOR_A_TABLE:
        table = Table.grid(padding=(0, 2, 0, 0))
        for each in found:
            table.add_row(_id(each, digits), Text("\n").join(_stacked(each)))
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in _HEADINGS:
            table.add_column(heading, no_wrap=True, justify="right" if heading in ("articles", "outlets") else "left")
        table.add_column(
            "headline", no_wrap=not console.is_terminal, overflow="fold" if console.is_terminal else "ellipsis"
        )
        for each in found:
            story = each.story
            table.add_row(
                _id(each, digits),
                _severity(each),
                Text(on_one_line(each.topic)),
                f"{story.articles:,}",
                f"{story.outlets:,}",
                *_seen(each),
                Text(on_one_line(story.headline), "bold"),
            )
    console.print(table)


def show_story(console: Console, chronicle: Chronicle, alerts: Mapping[str, Alert]) -> None:
    """Prints a story: its articles in order of arrival, what was decided on each and why, and the proof.

    `alerts` are the story's alerts by their ids, as far as Kafka still has them.
    """
    story = chronicle.story
    state = "" if chronicle.live else " · ended"
    facts = f" {on_one_line(chronicle.topic)} · {breadth(story)}{state}"
    console.print(Text.assemble(_severity(chronicle), (facts, "bold")))
    _print(console, Text(on_one_line(story.headline), "bold"))
    seen = f"{' to '.join(_seen(chronicle))} UTC"
    _print(console, Text(on_one_line(" · ".join((seen, ", ".join(story.sources) or "no source named"))), "dim"))
    _print(console, Text(f"story {on_one_line(story.id)}", "dim"))
    for line in chronicle.timeline:
        console.print()
        console.print(_decision(line))
        for text in _account(line, alerts.get(line.alert_id or "")):
            _print(console, text)


def _stacked(chronicle: Chronicle) -> Iterator[Text]:
    story = chronicle.story
    yield Text.assemble(_severity(chronicle), f" {on_one_line(chronicle.topic)} · {breadth(story)}")
    yield Text(on_one_line(story.headline), "bold")
    yield Text(f"{' to '.join(_seen(chronicle))} UTC", "dim")


def _decision(line: Line) -> Text:
    when = f"{moment(line.arrival)} UTC" if line.arrival else "at a time not known"
    return Text.assemble(
        (when, "bold"),
        "  ",
        (str(line.kind or "silent"), "bold" if line.kind else ""),
        (f" ({line.cause}) · {line.severity}, score {line.score:.3g}", "dim"),
    )


def _account(line: Line, alert: Alert | None) -> Iterator[Text]:
    yield title(alert) if alert else Text(on_one_line(line.title))
    yield origin(line.source, line.time, line.url)
    yield Text(on_one_line(line.because))
    if line.likeness:
        yield sameness(line.likeness, _ALL_TERMS)
    if alert:
        yield from proof(alert)
    elif line.alert_id:
        yield Text("Kafka no longer has its alert, and with it the evidence.", "dim")


def _print(console: Console, text: Text) -> None:
    console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _id(chronicle: Chronicle, digits: int) -> Text:
    return Text(on_one_line(chronicle.story.id[:digits]), "cyan" if chronicle.live else "dim")


def _severity(chronicle: Chronicle) -> Text:
    """The severity that was told, or that of a story of which nobody was told."""
    return Text(*badge(chronicle.severity)) if chronicle.told else Text(f"{chronicle.severity}, not told", "dim")


def _seen(chronicle: Chronicle) -> Iterator[str]:
    """When the story was first and last seen: as its articles say, or else when they came."""
    came = (chronicle.timeline[0].arrival, chronicle.last_arrival)
    for claimed, arrival in zip((chronicle.story.first_seen, chronicle.story.last_seen), came, strict=True):
        time = claimed or arrival
        yield moment(time) if time else "not known"
