"""`northwire demo`: the whole road on this machine, on an embedded broker."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from streams.cli.processes import WorkerProcess
from streams.cli.screen import on_one_line, show
from streams.errors import NorthwireError, Refused
from streams.ingest.sources import Sources
from streams.kafka import admin
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.feed import Feed
from streams.kafka.layout import kafka_layout
from streams.kafka.rejections import rejections
from streams.kafka.subscription import Notice, subscribe
from streams.settings import Settings, read_settings
from streams.telemetry import STORIES, TAGGING
from streams.wire import decode_article

PARTITIONS = 2
_PATIENCE = 60.0


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything running until Ctrl-C.")] = False,
) -> None:
    """See it work: an embedded broker, both workers, sample articles in, alerts with their proof out.

    Needs neither Kafka nor Docker nor settings (NORTHWIRE_* are ignored). Ends by itself and leaves
    nothing behind.
    """
    for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
        del os.environ[name]
    console = Console(highlight=False)
    with EmbeddedBroker() as broker:
        settings = read_settings(bootstrap_servers=broker.bootstrap, partitions=PARTITIONS)
        console.print(f"broker     ready at {broker.bootstrap}, in memory")
        created = admin.prepare(settings, kafka_layout(settings)).created
        console.print(f"kafka init {', '.join(created)}")
        with _worker(TAGGING, settings) as tagging, _worker(STORIES, settings) as stories:
            tagging.wait_until_ready()
            stories.wait_until_ready()
            console.print("workers    tagging and stories are ready")
            sent = _send(settings)
            console.print(f"ingest     {sent} sample articles, two of them damaged on purpose\n")
            latencies = [notice.seconds for notice in _shown(console, settings, sent, tagging, stories)]
            _report(console, settings, sent, latencies, tagging, stories)
            if keep:
                _keep(console, settings, tagging, stories)


def _worker(stage: str, settings: Settings) -> WorkerProcess:
    return WorkerProcess(
        stage,
        bootstrap_servers=settings.bootstrap_servers,
        partitions=str(settings.partitions),
        session_timeout="6",
    )


def _send(settings: Settings) -> int:
    with Feed(settings) as feed:
        for message in Sources([str(files("streams") / "samples" / "articles.ndjson")]):
            try:
                key = decode_article(message.raw).id
            except Refused:
                key = None
            feed.send(message.raw, key, message.place)
    if feed.failures:
        raise NorthwireError(f"The embedded broker did not take the samples: {next(iter(feed.failures.values()))}")
    return feed.accepted


def _shown(
    console: Console, settings: Settings, sent: int, tagging: WorkerProcess, stories: WorkerProcess
) -> Iterator[Notice]:
    """Each alert, once it is on the screen, until all that was sent has been answered for."""
    deadline = time.monotonic() + _PATIENCE
    received = 0
    with closing(subscribe(settings, [], "earliest")) as notices:
        for notice in notices:
            if isinstance(notice, Notice):
                show(console, notice.alert, notice.seconds)
                received += 1
                yield notice
            elif tagging.metric("northwire_articles_total") >= sent and _is_done(received, tagging, stories):
                return
            elif time.monotonic() > deadline:
                raise NorthwireError(f"After {_PATIENCE:.0f} s articles are unanswered for: {stories.log[-2000:]}")
            tagging.require_running()
            stories.require_running()


def _is_done(received: int, tagging: WorkerProcess, stories: WorkerProcess) -> bool:
    matches = tagging.metric("northwire_matches_total")
    placed = stories.metric("northwire_articles_total")
    return placed >= matches and received >= stories.metric("northwire_alerts_total")


def _report(
    console: Console,
    settings: Settings,
    sent: int,
    latencies: list[float],
    tagging: WorkerProcess,
    stories: WorkerProcess,
) -> None:
    def articles(worker: WorkerProcess, outcome: str) -> int:
        return int(worker.metric("northwire_articles_total", outcome=outcome))

    console.print("Put aside, whole and with the reason (articles.rejected)", style="bold")
    for rejection in rejections(settings):
        console.print(Text(on_one_line(f"  {rejection.reason:12} {rejection.origin:12} {rejection.error}")))
    tagged, untagged, rejected = (articles(tagging, outcome) for outcome in ("tagged", "untagged", "rejected"))
    matches = int(tagging.metric("northwire_matches_total"))
    news, repeats = (articles(stories, outcome) for outcome in ("news", "repeat"))
    console.print("\nWhat became of every article (from the workers' /metrics)", style="bold")
    console.print(f"  {sent} articles = {tagged} tagged + {untagged} untagged + {rejected} rejected")
    console.print(f"  {matches} matches  = {news} alerts + {repeats} repeats, which woke nobody")
    console.print(f"  {len(latencies)} alerts received, each once")
    console.print(
        f"  article to alert: median {statistics.median(latencies) * 1000:.0f} ms, worst {max(latencies) * 1000:.0f} ms"
    )


def _keep(console: Console, settings: Settings, *workers: WorkerProcess) -> None:
    address = settings.bootstrap_servers
    console.print("\nStill running; Ctrl-C ends it. In another terminal:", style="bold")
    console.print(f"  northwire subscribe -b {address}")
    console.print(f"  northwire ingest -b {address} FILE")
    while True:
        time.sleep(1)
        for worker in workers:
            worker.require_running()
