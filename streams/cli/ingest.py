"""`northwire ingest`: articles from files to Kafka."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from streams.cli.options import BootstrapServers, Paths
from streams.cli.screen import complain
from streams.errors import Reason, Refused
from streams.ingest.sources import Message, Sources
from streams.kafka.feed import Feed
from streams.settings import read_settings
from streams.wire import decode_article


def ingest(
    paths: Paths,
    send_anyway: Annotated[
        bool,
        typer.Option(
            "--send-anyway", help="Send what is refused, too, unless it is too large; the tagging worker puts it aside."
        ),
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Put articles on Kafka.

    Reads .ndjson and .jsonl (an article a line), .json (one, or an array), .txt (one), each also
    gzipped, folders of them, and lines from standard input (-). An article is a JSON object with
    "title", "body" and, where known, "id", "url", "source", "published_at", "language".

    Whatever is refused or cannot be read is reported with its place and the reason, and then the exit
    code is 1.
    """
    sources = Sources(paths, complain)
    sent = refused = 0
    feed = Feed(read_settings(bootstrap_servers=bootstrap_servers))
    try:
        with feed:
            for message in _with_progress(sources):
                try:
                    key = decode_article(message.raw).id
                except Refused as refusal:
                    complain(f"{message.place}: {refusal}")
                    refused += 1
                    if not send_anyway or refusal.reason is Reason.TOO_LARGE:
                        continue
                    key = None
                feed.send(message.raw, key, message.place)
                sent += 1
    finally:
        for place, error in feed.failures.items():
            complain(f"{place}: Kafka did not take it: {error}")
        print(_tally(feed, sent, refused), file=sys.stderr)
    if refused or feed.failures or sources.unreadable:
        raise typer.Exit(1)


def _tally(feed: Feed, sent: int, refused: int) -> str:
    tally = f"accepted {feed.accepted:,}, refused {refused:,}, failed {len(feed.failures):,}"
    unanswered = sent - feed.accepted - len(feed.failures)
    return f"{tally}, unknown {unanswered:,}: send these again, a copy wakes nobody" if unanswered else tally


def _with_progress(sources: Sources) -> Iterator[Message]:
    total = sources.progress.total
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("ingest", total=total)
        for message in sources:
            yield message
            bar.update(task, completed=sources.progress.done)
        bar.update(task, completed=sources.progress.done)
