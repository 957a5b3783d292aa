"""How things look on a terminal. Text from outside never reaches it as mark-up or control characters."""

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from streams.model import Alert, Evidence, Severity

_COLOURS = {
    Severity.LOW: "black on white",
    Severity.MEDIUM: "black on yellow",
    Severity.HIGH: "white on dark_orange3",
    Severity.CRITICAL: "bold white on red",
}
_EVIDENCE = "bold underline"
_MOST_ENTRIES = 10


def complain(sentence: str) -> None:
    """Says on standard error, on one line, what is wrong."""
    print(f"northwire: {on_one_line(sentence)}", file=sys.stderr)


def print_line(raw: bytes) -> None:
    """Writes one line to standard output, byte for byte, at once."""
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.buffer.flush()


def on_one_line(text: str) -> str:
    """The text with a blank for every character that is not printable; as long as before."""
    return "".join(character if character.isprintable() else " " for character in text)


def show(console: Console, alert: Alert, seconds: float | None = None) -> None:
    """Prints an alert for a person: what happened, where it was read, and the proof."""
    console.print(_verdict(alert, seconds))
    for line in _story(alert):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    console.print()


def _verdict(alert: Alert, seconds: float | None) -> Text:
    facts = f"{alert.kind} · score {alert.score:g}, fires at {alert.threshold:g}"
    if seconds is not None:
        facts += f" · {seconds * 1000:.0f} ms after the article"
    return Text.assemble(
        (f" {alert.severity.upper()} ", _COLOURS[alert.severity]),
        (f" {on_one_line(alert.topic)} ", "bold"),
        (f"· {facts}", "dim"),
    )


def _story(alert: Alert) -> Iterable[Text]:
    article = alert.article
    date = f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else None
    headline = Text(on_one_line(alert.story.headline))
    if alert.story.headline == article.title:
        headline = _marked(article.title, 0, "title", alert.why)
    headline.stylize("bold")
    yield headline
    yield Text(on_one_line(" · ".join(filter(None, (article.source, date, article.url)))), "dim")
    extract = _marked(article.extract, article.extract_start, "body", alert.why)
    yield Text.assemble("… " if article.extract_start else "", extract)
    yield _labelled("why  ", _terms(alert.why))
    if alert.excluded:
        yield _labelled("not  ", [f"“{span.text}” ({span.excluded_by})" for span in alert.excluded])
    if alert.subtopics:
        yield _labelled("about", alert.subtopics)


def _labelled(label: str, entries: Iterable[str]) -> Text:
    unique = list(dict.fromkeys(entries))
    shown = ", ".join(unique[:_MOST_ENTRIES])
    more = f" and {len(unique) - _MOST_ENTRIES} more" if len(unique) > _MOST_ENTRIES else ""
    return Text.assemble((f"{label} ", "dim"), on_one_line(shown + more))


def _terms(why: Iterable[Evidence]) -> Iterable[str]:
    """Each term once, as first found, with all that it adds to the score."""
    found: dict[tuple[str, str], list[Evidence]] = {}
    for evidence in why:
        found.setdefault((evidence.rule, evidence.term), []).append(evidence)
    for first, *more in found.values():
        weight = sum(evidence.weight for evidence in (first, *more))
        place = " in the title" if first.field == "title" else ""
        yield f"“{first.text}” {weight:.3g}{place}{f' ×{len(more) + 1}' if more else ''}"


def _marked(text: str, start: int, field: str, why: Iterable[Evidence]) -> Text:
    """The part of a field that begins at `start`, with its evidence marked."""
    marked = Text(on_one_line(text))
    for evidence in why:
        if evidence.field == field and evidence.end > start:
            marked.stylize(_EVIDENCE, max(0, evidence.start - start), evidence.end - start)
    return marked
