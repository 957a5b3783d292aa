"""`northwire subscribe`: alerts as they come."""

from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from streams.cli.options import BootstrapServers, Json
from streams.cli.screen import complain, print_line, show
from streams.kafka.subscription import Notice, Unanswered, Unreadable, subscribe as alerts_of
from streams.model import Severity
from streams.settings import read_settings
from streams.severity import loudness


class Start(StrEnum):
    """Where a subscription begins."""

    EARLIEST = "earliest"
    LATEST = "latest"


def subscribe(
    topics: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC", help="arctic, sanctions, …; all topics if none is named."),
    ] = None,
    min_severity: Annotated[
        Severity, typer.Option("--min-severity", help="Leave out what is less severe.")
    ] = Severity.LOW,
    json: Json = False,
    start: Annotated[
        Start, typer.Option("--from", help="earliest: all that Kafka still has; latest: from now on.")
    ] = Start.LATEST,
    count: Annotated[int | None, typer.Option("--count", min=1, help="Stop after so many alerts.")] = None,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Follow alerts, until Ctrl-C.

    On a terminal each alert is shown with its evidence marked. In a pipe, or with --json, each is one
    line of JSON, exactly as it stands in Kafka. An alert that Kafka delivers twice is shown once.
    """
    settings = read_settings(bootstrap_servers=bootstrap_servers)
    console = Console()
    shown = 0
    with closing(alerts_of(settings, topics or [], start.value)) as notices:
        for notice in notices:
            match notice:
                case Unreadable(place, error):
                    complain(f"{place} is not an alert: {error}")
                case Unanswered(sentence):
                    complain(sentence)
                case Notice(alert, raw, seconds) if loudness(alert.severity) >= loudness(min_severity):
                    if json or not console.is_terminal:
                        print_line(raw)
                    else:
                        show(console, alert, seconds)
                    shown += 1
                    if shown == count:
                        return
