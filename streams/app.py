"""The wiring: settings in, workers and clients out. Nothing is built before it is asked for."""

from collections.abc import Collection, Mapping
from time import time

import structlog

from streams.errors import TopicFileError
from streams.exposition import exposed
from streams.kafka import admin
from streams.kafka.application import Application
from streams.kafka.lag import READS
from streams.kafka.layout import layout, outlets
from streams.kafka.outlets import Outlets, cluster
from streams.kafka.runner import Pulse, run, when_kafka_answers
from streams.kafka.stories import stories_app
from streams.kafka.tagging import tagging_app
from streams.kafka.topics import read_topics
from streams.kafka.watch import Watch
from streams.metrics import LAG, TAGGING
from streams.observatory import Observatory
from streams.settings import Settings
from streams.telemetry import Telemetry
from streams.watchlist import Watchlist, folder_of, read_folder


def run_worker(stage: str, settings: Settings) -> int:
    """Runs a worker until it is told to stop; its exit code. Raises `NorthwireError` if it cannot start.

    Where no broker answers yet, it waits for one, alive and not ready.
    """
    telemetry = Telemetry(stage, sources=settings.watched_sources, now=time())
    build = _tagging if stage == TAGGING else _stories
    pulse = Pulse()
    with exposed(
        settings.metrics_host,
        settings.metrics_port,
        telemetry.registry,
        healthy=pulse.healthy,
        ready=pulse.ready,
    ) as port:
        log = structlog.get_logger(stage)
        app, topics = when_kafka_answers(
            lambda: build(settings, telemetry), pulse, lambda reason: log.warning("waiting", error=reason)
        )
        log.info("started", metrics=f"http://{settings.metrics_host}:{port}/metrics", topics=topics)
        code = run(app, pulse)
        log.info("stopped", exit_code=code)
        return code


def run_lag(settings: Settings) -> int:
    """Watches lag and sends canaries until it is told to stop; its exit code. Raises `NorthwireError`."""
    observatory = Observatory([*READS, *settings.watched_groups], time(), canary_interval=settings.canary_interval)
    watch = Watch(settings, observatory)
    with exposed(
        settings.metrics_host,
        settings.metrics_port,
        observatory.registry,
        healthy=watch.healthy,
        ready=watch.ready,
    ) as port:
        log = structlog.get_logger(LAG)
        log.info("started", metrics=f"http://{settings.metrics_host}:{port}/metrics", watching=watch.what)
        watch.run()
        log.info("stopped", exit_code=0)
        return 0


def _tagging(settings: Settings, telemetry: Telemetry) -> tuple[Application, Mapping[str, str]]:
    if settings.topics_from == "files":
        watchlist = read_folder(folder_of(settings))
        admin.check(settings, layout(settings, ()))
    else:
        admin.check(settings, layout(settings, ()))
        watchlist = _from_kafka(settings, telemetry)
    admin.prepare(settings, outlets(settings, watchlist.topics))
    telemetry.watching(watchlist.topics)
    return tagging_app(settings, watchlist, telemetry), watchlist.versions


def _from_kafka(settings: Settings, telemetry: Telemetry) -> Watchlist:
    watchlist = read_topics(settings)
    if not watchlist.entries:
        raise TopicFileError("; ".join(watchlist.sentences))
    for sentence in watchlist.sentences:
        telemetry.refused(sentence)
    return watchlist


def _stories(settings: Settings, telemetry: Telemetry) -> tuple[Application, Collection[str]]:
    reached = Outlets(cluster(settings), admin.check(settings, layout(settings, ())), telemetry.reaching)
    return stories_app(settings, reached, telemetry), reached.topics
