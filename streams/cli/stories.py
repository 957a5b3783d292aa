"""`northwire stories`: what the desk makes of the news."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from streams.cli.chronicles import Chronicle, choose, chronicles, distinct_digits
from streams.cli.listing import list_stories, show_story
from streams.cli.options import BootstrapServers
from streams.cli.screen import complain, complain_of, list_console, print_line
from streams.kafka.timeline import alerts_of, placements
from streams.model import Alert
from streams.settings import Settings, read_settings
from streams.wire import encode


def stories(
    story: Annotated[
        str | None,
        typer.Argument(metavar="STORY", help="The id of a story, or how it begins.", show_default=False),
    ] = None,
    topics: Annotated[
        list[str] | None,
        typer.Option("--topic", metavar="ID", help="Only stories of this topic. Repeatable.", show_default=False),
    ] = None,
    all_stories: Annotated[bool, typer.Option("--all", help="Stories that have ended, too.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many, the latest.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON per story, with its timeline.")] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """List the live stories, the one with the latest article first; or show one with its timeline and evidence.

    A story has ended when no article of it came for NORTHWIRE_STORY_WINDOW_HOURS, before now or, with
    NORTHWIRE_ARRIVAL=published, before the latest article. What lies in the Kafka topic `stories` and cannot
    be read is reported on standard error and passed over.
    """
    settings = read_settings(bootstrap_servers=bootstrap_servers)
    now = datetime.now(UTC) if settings.arrival == "kafka" else None
    every = chronicles(placements(settings, complain_of), settings.story_window, now)
    digits = distinct_digits(every)
    found = _about(every, topics or ())
    if story is not None:
        _show(settings, choose(found, story), json)
        return
    listed = [each for each in found if each.live or all_stories][:limit]
    if json:
        for each in listed:
            print_line(encode(each))
        return
    if listed:
        list_stories(list_console(), listed, digits)
    print(_tally(listed, found), file=sys.stderr)


def _show(settings: Settings, chronicle: Chronicle, json: bool) -> None:
    alerts = {alert.id: alert for alert in alerts_of(settings, chronicle.topic, chronicle.story.id, complain_of)}
    if json:
        print_line(encode(_with_alerts(chronicle, list(alerts.values()))))
    else:
        show_story(Console(highlight=False), chronicle, alerts)


def _with_alerts(chronicle: Chronicle, alerts: Sequence[Alert]) -> dict[str, object]:
    return {**{name: getattr(chronicle, name) for name in chronicle.__struct_fields__}, "alerts": alerts}


def _about(every: Sequence[Chronicle], topics: Sequence[str]) -> list[Chronicle]:
    """The stories of these topics, or of all."""
    known = sorted({each.topic for each in every})
    for topic in topics:
        if topic not in known:
            complain(f"There are no stories about {topic!r}; topics with stories: {', '.join(known) or 'none'}.")
    return [each for each in every if not topics or each.topic in topics]


def _tally(listed: Sequence[Chronicle], found: Sequence[Chronicle]) -> str:
    live = sum(each.live for each in found)
    ended = len(found) - live
    tally = f"{live:,} live, {ended:,} ended"
    if len(listed) < live:
        return f"{tally}; shown are the latest {len(listed):,}"
    return f"{tally}: --all shows them too" if ended and len(listed) == live else tally
