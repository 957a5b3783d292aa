"""`northwire demo`: the whole road on this machine, on an embedded broker."""

import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from streams.cli.processes import WorkerProcess
from streams.cli.screen import complain, complain_of, on_one_line, sameness, show
from streams.cli.topicfiles import read_topics
from streams.errors import NorthwireError, Reason, Refused
from streams.ingest.sources import Sources
from streams.kafka import admin
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.feed import Feed
from streams.kafka.layout import kafka_layout
from streams.kafka.rejections import rejections
from streams.kafka.subscription import Notice, subscribe
from streams.kafka.timeline import placements
from streams.metrics import STORIES, TAGGING
from streams.settings import Settings, read_settings
from streams.stories.placement import Placement
from streams.wire import decode_article

PARTITIONS = 1
"""So that articles come in the order in which they were published, and every run tells the same."""

SAMPLES = str(files("streams") / "samples" / "articles.ndjson")
_PATIENCE = 60.0
_MOST_SILENT = 10


def demo(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Articles of your own, as for `northwire ingest`; else 34 samples."),
    ] = None,
    topics: Annotated[
        Path | None,
        typer.Option("--topics", help="A folder of topic files, or one of them, instead of the shipped ones."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything running until Ctrl-C.")] = False,
) -> None:
    """See it work: an embedded broker, both workers, articles in, alerts with their proof out.

    Needs neither Kafka nor Docker nor settings (NORTHWIRE_* are ignored). Ends by itself and leaves
    nothing behind.
    """
    if topics:
        read_topics(topics)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
        del os.environ[name]
    sources = Sources(paths or [SAMPLES], complain)
    console = Console(highlight=False)
    with EmbeddedBroker() as broker:
        settings = read_settings(
            bootstrap_servers=broker.bootstrap, partitions=PARTITIONS, topics_dir=topics, arrival="published"
        )
        console.print(f"broker     ready at {broker.bootstrap}, in memory")
        created = admin.prepare(settings, kafka_layout(settings)).created
        console.print(f"kafka init {', '.join(created)}")
        with _worker(TAGGING, settings) as tagging, _worker(STORIES, settings) as stories:
            road = _Road(console, settings, tagging, stories)
            road.open()
            sent = road.send(sources)
            latencies = road.show_alerts(sent)
            road.show_silent()
            road.report(sent, latencies)
            road.show_the_way_on(keep)


def _silence(placement: Placement) -> Iterator[Text]:
    """Where an article came from and whose story it tells, and why nobody hears of it."""
    story = None if placement.title == placement.story.headline else f"story “{placement.story.headline}”"
    yield Text(on_one_line(" · ".join(filter(None, (placement.source, placement.cause, story)))), "dim")
    yield Text(on_one_line(placement.because))
    if placement.likeness:
        yield sameness(placement.likeness)


def _leave(number: int, _: object) -> None:
    sys.exit(128 + number)


def _worker(stage: str, settings: Settings) -> WorkerProcess:
    topics = {"topics_dir": str(settings.topics_dir)} if settings.topics_dir else {}
    return WorkerProcess(
        stage,
        bootstrap_servers=settings.bootstrap_servers,
        partitions=str(settings.partitions),
        session_timeout="3",
        arrival=settings.arrival,
        **topics,
    )


class _Road:
    """A running road, and the screen on which it is watched."""

    def __init__(self, console: Console, settings: Settings, tagging: WorkerProcess, stories: WorkerProcess) -> None:
        self._console = console
        self._settings = settings
        self._tagging = tagging
        self._stories = stories

    def open(self) -> None:
        """Returns once both workers wait for articles."""
        for worker in (self._tagging, self._stories):
            worker.wait_until_ready()
        self._console.print("workers    tagging and stories are ready")

    def send(self, sources: Sources) -> int:
        """Puts articles on Kafka, damaged ones too, and says how many."""
        refused = 0
        with Feed(self._settings) as feed:
            for message in sources:
                try:
                    key = decode_article(message.raw).id
                except Refused:
                    key, refused = None, refused + 1
                feed.send(message.raw, key, message.place)
        for place, error in feed.failures.items():
            raise NorthwireError(f"{place}: the embedded broker did not take it: {error}")
        self._console.print(f"ingest     {feed.accepted:,} articles, {refused:,} of them damaged\n")
        return feed.accepted

    def show_alerts(self, sent: int) -> list[float]:
        """Shows each alert until all that was sent is answered for; the seconds from article to alert."""
        latencies: list[float] = []
        handled = 0
        deadline = time.monotonic() + _PATIENCE
        with closing(subscribe(self._settings, [], "earliest")) as notices:
            for notice in notices:
                if isinstance(notice, Notice):
                    show(self._console, notice.alert, notice.seconds)
                    latencies.append(notice.seconds)
                    continue
                self._require_running()
                before, handled = handled, self._articles(self._tagging)
                if handled >= sent and self._is_done(len(latencies)):
                    break
                if handled > before:
                    deadline = time.monotonic() + _PATIENCE
                elif time.monotonic() > deadline:
                    raise self._stories.failure(f"has done nothing for {_PATIENCE:.0f} s")
        return latencies

    def show_silent(self) -> None:
        """Shows the articles that woke nobody, and why they did not."""
        silent = [placement for placement in self._placements() if placement.kind is None]
        if not silent:
            return
        self._console.print("Copies that woke nobody (stories)", style="bold")
        for placement in silent[:_MOST_SILENT]:
            self._console.print(Padding(Text(on_one_line(placement.title)), (0, 0, 0, 2), expand=False))
            for line in _silence(placement):
                self._console.print(Padding(line, (0, 0, 0, 6), expand=False))
        if len(silent) > _MOST_SILENT:
            self._console.print(f"  and {len(silent) - _MOST_SILENT:,} more")
        self._console.print()

    def report(self, sent: int, latencies: list[float]) -> None:
        """Shows what was put aside, and an account of every article."""
        say = self._console.print
        put_aside = list(rejections(self._settings))
        if put_aside:
            say("Put aside, whole and with the reason (articles.rejected)", style="bold")
        for rejection in put_aside:
            say(Text(on_one_line(f"  {rejection.reason:12} {rejection.origin:12} {rejection.error}")))
        tagged, untagged, rejected = (
            self._articles(self._tagging, outcome=outcome) for outcome in ("tagged", "untagged", "rejected")
        )
        news, repeats = self._news_and_repeats()
        matches = int(self._tagging.metric("northwire_matches_total"))
        say("\nWhat became of every article (from the workers' /metrics)", style="bold")
        say(f"  {sent:,} articles = {tagged:,} tagged + {untagged:,} untagged + {rejected:,} rejected")
        say(f"  {matches:,} matches  = {news:,} alerts + {repeats:,} repeats, which woke nobody")
        say(f"  {len(latencies):,} alerts received, each once")
        if latencies:
            median, worst = statistics.median(latencies) * 1000, max(latencies) * 1000
            say(f"  article to alert: median {median:.0f} ms, worst {worst:.0f} ms")

    def show_the_way_on(self, keep: bool) -> None:
        """Says what to try next; with `keep`, stays until Ctrl-C."""
        say = self._console.print
        command = sys.argv[0] if sys.argv[0].endswith("northwire") else "northwire"
        if not keep:
            say("\nHow to go on", style="bold")
            say(f"  {command} demo FILE…          articles of your own, one a line as JSON, or as text", soft_wrap=True)
            say(f"  {command} demo --keep         a broker to play with", soft_wrap=True)
            say(f"  {command} demo --topics DIR   topics of your own; README.md says how to write one", soft_wrap=True)
            return
        address = self._settings.bootstrap_servers
        say("\nStill running; Ctrl-C ends it. In another terminal:", style="bold")
        say(f"  {command} subscribe --from earliest -b {address}", soft_wrap=True)
        say(f"  {command} stories --all -b {address}", soft_wrap=True)
        say(f"  {command} stories STORY -b {address}", soft_wrap=True)
        say(f"  {command} ingest -b {address} FILE", soft_wrap=True)
        while True:
            time.sleep(1)
            self._require_running()

    def _is_done(self, received: int) -> bool:
        """Whether every match is decided on, and every alert acknowledged (or put aside) and received."""
        if self._articles(self._stories) < self._tagging.metric("northwire_matches_total"):
            return False
        news, _ = self._news_and_repeats()
        alerts = self._stories.metric("northwire_alerts_total")
        undeliverable = self._stories.metric("northwire_rejected_total", reason=Reason.UNDELIVERABLE)
        return alerts + undeliverable >= news and received >= alerts

    def _placements(self) -> list[Placement]:
        """What was decided on each article: the worker counts a decision a moment before the journal has it."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            found = list(placements(self._settings, complain_of))
            if len(found) >= sum(self._news_and_repeats()):
                return found
            self._require_running()
            if time.monotonic() > deadline:
                raise self._stories.failure(f"has not written down what it decided within {_PATIENCE:.0f} s")

    def _news_and_repeats(self) -> tuple[int, int]:
        news, repeats = (self._articles(self._stories, outcome=outcome) for outcome in ("news", "repeat"))
        return news, repeats

    def _articles(self, worker: WorkerProcess, **labels: str) -> int:
        return int(worker.metric("northwire_articles_total", **labels))

    def _require_running(self) -> None:
        for worker in (self._tagging, self._stories):
            worker.require_running()
