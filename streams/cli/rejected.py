"""`northwire rejected`: what was put aside, and sending it once more."""

import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeVar

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from streams.cli.options import BootstrapServers
from streams.cli.screen import complain, complain_of, list_console, moment, on_one_line, print_line
from streams.errors import Reason
from streams.kafka.layout import ARTICLES, TAGGED
from streams.kafka.rejections import Rejection, rejections
from streams.settings import Settings, read_settings

_MOST_SHOWN = 4000
_Meaning = TypeVar("_Meaning")
_SPANS = {"m": "minutes", "h": "hours", "d": "days"}

rejected = typer.Typer(name="rejected", no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")


@rejected.callback()
def look_after() -> None:
    """Look at what was put aside, and send it once more when what was wrong is mended."""


class Source(StrEnum):
    """Where a message was read before it was put aside."""

    ARTICLES = ARTICLES
    TAGGED = TAGGED


Numbers = Annotated[
    list[str] | None,
    typer.Argument(metavar="NUMBER", help="Messages by number, as listed: 7, or 7-12, or 7- .", show_default=False),
]
Reasons = Annotated[
    list[Reason] | None, typer.Option("--reason", help="Put aside for this reason. Repeatable.", show_default=False)
]
From = Annotated[Source | None, typer.Option("--from", help="Read from this Kafka topic.", show_default=False)]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="TIME", help="Put aside then or later: 2026-11-27T09:30, or 90m, 6h, 2d ago. UTC.",
        show_default=False,
    ),
]  # fmt: skip
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Put aside before then.", show_default=False)
]
Every = Annotated[bool, typer.Option("--all", help="What was sent again already, too.")]


class Choice(NamedTuple):
    """Which messages are meant: those that everything here holds of."""

    numbers: Sequence[range]
    reasons: Sequence[str]
    kafka_topic: str | None
    since: datetime | None
    until: datetime | None

    def __contains__(self, rejection: object) -> bool:
        return isinstance(rejection, Rejection) and all(
            (
                not self.numbers or any(rejection.number in numbers for numbers in self.numbers),
                not self.reasons or rejection.reason in self.reasons,
                self.kafka_topic is None or rejection.kafka_topic == self.kafka_topic,
                self.since is None or rejection.put_aside >= self.since,
                self.until is None or rejection.put_aside < self.until,
            )
        )

    def __bool__(self) -> bool:
        return any((self.numbers, self.reasons, self.kafka_topic, self.since, self.until))


@rejected.command("list")
def list_them(
    numbers: Numbers = None,
    reasons: Reasons = None,
    source: From = None,
    since: Since = None,
    until: Until = None,
    every: Every = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """List what was put aside and not yet sent again: number, time, reason, origin, size and error."""
    choice = _choice(numbers, reasons, source, since, until)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("number", "put aside (UTC)", "reason", "read from", "bytes"):
        table.add_column(heading, no_wrap=True, justify="right" if heading in ("number", "bytes") else "left")
    in_a_pipe = not sys.stdout.isatty()
    table.add_column("error", no_wrap=in_a_pipe, overflow="ellipsis" if in_a_pipe else "fold")
    waiting: Counter[str] = Counter()
    sent_again = 0
    for each in _chosen(read_settings(bootstrap_servers=bootstrap_servers), choice):
        sent_again += each.resubmitted
        waiting.update([] if each.resubmitted else [each.reason])
        if every or not each.resubmitted:
            mark = "sent again; " if each.resubmitted else ""
            facts = (str(each.number), moment(each.put_aside), each.reason, each.origin, f"{each.size:,}")
            table.add_row(*(Text(on_one_line(fact)) for fact in (*facts, mark + each.error)))
    if table.row_count:
        list_console().print(table)
    print(_tally(waiting, sent_again, every), file=sys.stderr)


@rejected.command()
def show(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As listed.", min=0)],
    raw: Annotated[bool, typer.Option("--raw", help="The message alone, byte for byte.")] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Show a message and why it was put aside; or, with --raw, the message as it came, for a file."""
    settings = read_settings(bootstrap_servers=bootstrap_servers)
    found = next((each for each in rejections(settings) if each.number == number), None)
    if found is None:
        complain(f"There is no message {number}: `northwire rejected list --all` names those that there are.")
        raise typer.Exit(1)
    if raw:
        sys.stdout.buffer.write(found.raw or b"")
        sys.stdout.buffer.flush()
        return
    for name, told in _facts(found):
        print(f"{name:10} {on_one_line(told)}")
    print()
    text = (found.raw or b"").decode(errors="replace")
    for line in text[:_MOST_SHOWN].splitlines():
        print(on_one_line(line))
    if len(text) > _MOST_SHOWN:
        print(f"[…] {len(text) - _MOST_SHOWN:,} characters more; --raw gives all", file=sys.stderr)


@rejected.command()
def export(
    numbers: Numbers = None,
    reasons: Reasons = None,
    source: From = None,
    since: Since = None,
    until: Until = None,
    every: Every = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Write what was put aside and not yet sent again, a line of JSON each, whole.

    A key or a message that is not UTF-8 is given as `key_base64` or `message_base64` instead.
    """
    for each in _chosen(
        read_settings(bootstrap_servers=bootstrap_servers), _choice(numbers, reasons, source, since, until)
    ):
        if every or not each.resubmitted:
            print_line(msgspec.json.encode(_record(each)))


@rejected.command()
def resubmit(
    numbers: Numbers = None,
    reasons: Reasons = None,
    source: From = None,
    since: Since = None,
    until: Until = None,
    every: Annotated[
        bool, typer.Option("--all", help="Everything that was not yet sent again, if nothing else says which.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="What was sent again already, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Send messages back to where they were read, byte for byte, once each however often you ask.

    Mend first what was wrong: what is still bad is put aside anew, under a new number. A tagged article whose alert
    was too large for its Kafka topic has its place in a story already; the alert itself is sent. A message that could
    not be sent stays on the list, and then the exit code is 1.
    """
    from streams.kafka.resubmission import resubmit as send_again  # what decides on stories takes a second to load

    choice = _choice(numbers, reasons, source, since, until)
    if not choice and not every:
        raise typer.BadParameter("say which: NUMBER, --reason, --from, --since, --until, or --all")
    settings = read_settings(bootstrap_servers=bootstrap_servers)
    before = sent = failed = 0

    def due() -> Iterator[Rejection]:
        nonlocal before
        for each in _chosen(settings, choice):
            if each.resubmitted and not again:
                before += 1
            else:
                yield each

    if dry_run:
        for each in due():
            print(f"{each.number} would go to {on_one_line(each.kafka_topic)}")
        return
    for fate in send_again(settings, due(), complain_of):
        if fate.error:
            failed += 1
            complain(f"{fate.rejection.number}: {fate.error}")
        else:
            sent += 1
            print(f"{fate.rejection.number} sent to {fate.kafka_topic}", flush=True)
    print(f"sent {sent:,}, failed {failed:,}, sent before {before:,}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def _chosen(settings: Settings, choice: Choice) -> Iterator[Rejection]:
    return (each for each in rejections(settings) if each in choice)


def _choice(
    numbers: Iterable[str] | None,
    reasons: Iterable[Reason] | None,
    source: Source | None,
    since: str | None,
    until: str | None,
) -> Choice:
    now = datetime.now(UTC)
    return Choice(
        numbers=[_asked(_span, "NUMBER", text) for text in numbers or ()],
        reasons=[reason.value for reason in reasons or ()],
        kafka_topic=source.value if source else None,
        since=_asked(lambda text: time_of(text, now), "--since", since) if since else None,
        until=_asked(lambda text: time_of(text, now), "--until", until) if until else None,
    )


def _asked(parse: Callable[[str], _Meaning], name: str, text: str) -> _Meaning:
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{name} cannot be {text!r}") from None


def _span(text: str) -> range:
    """The numbers that `7`, `7-12` (both included) or `7-` mean. Raises `ValueError`."""
    first, dash, last = text.partition("-")
    return range(int(first), (int(last) + 1 if last else sys.maxsize) if dash else int(first) + 1)


def time_of(text: str, now: datetime) -> datetime:
    """The moment that an ISO date or time means, in UTC unless it says where, or `90m`, `6h`, `2d` before now.

    Raises `ValueError`, or `OverflowError` for a time that no calendar has.
    """
    if text[:-1].isdecimal() and text[-1] in _SPANS:
        return now - timedelta(**{_SPANS[text[-1]]: int(text[:-1])})
    told = datetime.fromisoformat(text)
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told


def _tally(waiting: Counter[str], sent_again: int, every: bool) -> str:
    reasons = ", ".join(f"{count:,} {on_one_line(reason)}" for reason, count in waiting.most_common())
    tally = f"{waiting.total():,} put aside" + (f": {reasons}" if reasons else "")
    if not sent_again:
        return tally
    return f"{tally}; {sent_again:,} sent again" + ("" if every else ", which --all shows too")


def _facts(rejection: Rejection) -> Iterator[tuple[str, str]]:
    yield "number", f"{rejection.number}{', sent again' if rejection.resubmitted else ''}"
    yield "reason", rejection.reason
    yield "error", rejection.error
    yield "read from", rejection.origin
    if rejection.came:
        yield "came", rejection.came.isoformat()
    yield "put aside", rejection.put_aside.isoformat()
    for name, value in rejection.trail.items():
        yield name, value.decode(errors="replace")
    if rejection.key is not None:
        yield "key", rejection.key.decode(errors="replace")
    yield "bytes", "no value" if rejection.raw is None else f"{rejection.size:,}"


def _record(rejection: Rejection) -> dict[str, object]:
    return {
        "number": rejection.number,
        "reason": rejection.reason,
        "error": rejection.error,
        "read_from": rejection.origin,
        "came": rejection.came,
        "put_aside": rejection.put_aside,
        "sent_again": rejection.resubmitted,
        **_text("key", rejection.key),
        **_text("message", rejection.raw),
    }


def _text(name: str, value: bytes | None) -> dict[str, str | None]:
    try:
        return {name: None if value is None else value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(value or b"").decode()}
