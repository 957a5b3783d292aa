"""How things look on a terminal. Text from outside never reaches it as mark-up or control characters."""

import sys
from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from streams.model import Alert, Evidence, Kind, Likeness, LikenessPart, Severity, Story

_COLOURS = {
    Severity.LOW: "black on white",
    Severity.MEDIUM: "black on yellow",
    Severity.HIGH: "white on dark_orange3",
    Severity.CRITICAL: "bold white on red",
}
_EVIDENCE = "bold underline"
_MOST_ENTRIES = 10
_MOST_SHARED = 3
_IN_A_PIPE = 300
"""Columns where there is no screen: an entry of a list is a line."""


def complain(sentence: str) -> None:
    """Says on standard error, on one line, what is wrong."""
    print(f"northwire: {on_one_line(sentence)}", file=sys.stderr)


def complain_of(place: str, error: Exception) -> None:
    """Says on standard error that what lies at a place of Kafka is passed over, and why."""
    complain(f"{place} cannot be read: {error}")


def list_console() -> Console:
    """Where a list is printed: a screen, or as wide as a line needs."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _IN_A_PIPE)


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


def badge(severity: Severity) -> tuple[str, str]:
    """A severity as text and style."""
    return f" {severity.upper()} ", _COLOURS[severity]


def moment(time: datetime) -> str:
    """A time, to the minute."""
    return f"{time:%Y-%m-%d %H:%M}"


def breadth(story: Story) -> str:
    """How many tell a story."""
    return ", ".join(
        f"{number:,} {what}{'' if number == 1 else 's'}"
        for number, what in ((story.articles, "article"), (story.outlets, "outlet"))
    )


def sameness(likeness: Likeness, most: int = _MOST_SHARED) -> Text:
    """Why an article is of a story: the parts of the likeness, with at most so many of the terms shared in each.

    The parts add up to the likeness to the nearest article. Where the rest of the story makes it another
    one, both are told.
    """
    parts = [_part(part, most) for part in likeness.parts if part.points]
    total, score = f"{sum(part.points for part in likeness.parts):.3g}", f"{likeness.score:.3g}"
    result = score if total == score else f"{total}, {score} with the rest of the story"
    text = f"same story as {likeness.article_id}: {' + '.join(parts)} = {result}, needs {likeness.threshold:g}"
    return Text(on_one_line(text), "dim")


def title(alert: Alert) -> Text:
    """The title of the article, with its evidence marked."""
    return _marked(alert.article.title, 0, "title", alert.why)


def proof(alert: Alert) -> Iterable[Text]:
    """Where the article says it, and what counts."""
    extract = _marked(alert.article.extract, alert.article.extract_start, "body", alert.why)
    yield Text.assemble("… " if alert.article.extract_start else "", extract)
    yield _labelled("why  ", _terms(alert.why))
    if alert.excluded:
        yield _labelled("not  ", [f"“{span.text}” ({span.excluded_by})" for span in alert.excluded])
    if alert.subtopics:
        yield _labelled("about", alert.subtopics)


def origin(source: str | None, published: datetime | None, url: str | None) -> Text:
    """Where an article was read."""
    date = f"{moment(published)} UTC" if published else None
    return Text(on_one_line(" · ".join(filter(None, (source, date, url)))), "dim")


def _verdict(alert: Alert, seconds: float | None) -> Text:
    facts = f"{alert.kind} · score {alert.score:g}, fires at {alert.threshold:g}"
    if seconds is not None:
        facts += f" · {seconds * 1000:.0f} ms after the article"
    return Text.assemble(badge(alert.severity), (f" {on_one_line(alert.topic)} ", "bold"), (f"· {facts}", "dim"))


def _story(alert: Alert) -> Iterable[Text]:
    article = alert.article
    is_own = alert.story.headline == article.title
    headline = title(alert) if is_own else Text(on_one_line(alert.story.headline))
    headline.stylize("bold")
    yield headline
    if alert.kind is not Kind.NEW:
        yield Text(on_one_line(f"{alert.because} {breadth(alert.story)}."))
        if alert.likeness:
            yield sameness(alert.likeness)
        if not is_own:
            yield title(alert)
    yield origin(article.source, article.published_at, article.url)
    yield from proof(alert)


def _part(part: LikenessPart, most: int) -> str:
    shared = [*part.shared[:most], *(["…"] if len(part.shared) > most else [])]
    return f"{part.part} {part.points:.3g}" + (f" ({', '.join(shared)})" if shared else "")


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
