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
        typer.Option("--send-anyway", help="Send refused messages too; the tagging worker will put them aside."),
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Put articles on Kafka.

    Reads .ndjson and .jsonl (an article a line), .json (one, or an array), .txt (one), each also
    gzipped, folders of them, and lines from standard input (-). An article is a JSON object with
    "title", "body" and, where known, "id", "url", "source", "published_at", "language".

    Every line that is refused is reported with its place and the reason, and then the exit code is 1.
    """
    sources = Sources(paths)
    refused = 0
    with Feed(read_settings(bootstrap_servers=bootstrap_servers)) as feed:
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
    for place, error in feed.failures.items():
        complain(f"{place}: Kafka did not take it: {error}")
    print(f"accepted {feed.accepted:,}, refused {refused:,}, failed {len(feed.failures):,}", file=sys.stderr)
    if refused or feed.failures:
        raise typer.Exit(1)


def _with_progress(sources: Sources) -> Iterator[Message]:
    total = sources.progress.total
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("ingest", total=total)
        for message in sources:
            yield message
            bar.update(task, completed=sources.progress.done)
        bar.update(task, completed=sources.progress.done)
