"""The wiring: settings in, workers and clients out. Nothing is built before it is asked for."""

import structlog

from streams.exposition import exposed
from streams.kafka import admin
from streams.kafka.application import Application
from streams.kafka.layout import layout
from streams.kafka.runner import Pulse, run
from streams.kafka.stories import stories_app
from streams.kafka.tagging import tagging_app
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from streams.telemetry import TAGGING, Telemetry
from streams.watchlist import load_topics


def run_worker(stage: str, settings: Settings) -> int:
    """Runs a worker until it is told to stop; its exit code. Raises `NorthwireError` if it cannot start."""
    topics = load_topics(settings)
    admin.check(settings, layout(settings, (topic.id for topic in topics)))
    telemetry = Telemetry(stage, (topic.id for topic in topics))
    app = _build(stage, settings, topics, telemetry)
    pulse = Pulse(app)
    with exposed(
        settings.metrics_host,
        settings.metrics_port,
        telemetry.registry,
        healthy=pulse.healthy,
        ready=pulse.ready,
    ) as port:
        log = structlog.get_logger(stage)
        log.info(
            "started",
            metrics=f"http://{settings.metrics_host}:{port}/metrics",
            topics={topic.id: topic.version for topic in topics},
        )
        code = run(app, pulse)
        log.info("stopped", exit_code=code)
        return code


def _build(stage: str, settings: Settings, topics: tuple[Topic, ...], telemetry: Telemetry) -> Application:
    if stage == TAGGING:
        return tagging_app(settings, Tagger(topics), telemetry)
    return stories_app(settings, tuple(topic.id for topic in topics), telemetry)
