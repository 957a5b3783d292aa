"""The wiring: settings in, workers and clients out. Nothing is built before it is asked for."""

from importlib.resources import files
from pathlib import Path

import structlog

from streams.errors import TopicFileError
from streams.exposition import exposed
from streams.kafka import admin
from streams.kafka.application import Application
from streams.kafka.layout import KafkaTopic, layout
from streams.kafka.runner import Pulse, run
from streams.kafka.stories import stories_app
from streams.kafka.tagging import tagging_app
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic, parse_topic
from streams.telemetry import STORIES, TAGGING, Telemetry

WORKERS = (TAGGING, STORIES)


def load_topics(settings: Settings) -> tuple[Topic, ...]:
    """The topics to watch: the shipped ones, or those in the folder that is set."""
    folder = settings.topics_dir or Path(str(files("streams") / "topics"))
    paths = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    if not paths:
        raise TopicFileError(f"{folder} holds no topic file (*.yaml): put one there, or unset NORTHWIRE_TOPICS_DIR.")
    try:
        topics = tuple(parse_topic(path.read_text(encoding="utf-8"), str(path)) for path in paths)
    except (OSError, UnicodeDecodeError) as error:
        raise TopicFileError(f"{folder} cannot be read: {error}") from None
    names = [topic.id for topic in topics]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TopicFileError(f"{folder}: the topic {repeated.pop()!r} is defined twice; keep one file.")
    return topics


def load_tagger(settings: Settings) -> Tagger:
    """A tagger for the topics to watch."""
    return Tagger(load_topics(settings))


def kafka_layout(settings: Settings) -> tuple[KafkaTopic, ...]:
    """The Kafka topics that these settings need."""
    return layout(settings, (topic.id for topic in load_topics(settings)))


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
        log.info("started", metrics=f"http://{settings.metrics_host}:{port}/metrics", topics=len(topics))
        code = run(app, pulse)
        log.info("stopped", exit_code=code)
        return code


def _build(stage: str, settings: Settings, topics: tuple[Topic, ...], telemetry: Telemetry) -> Application:
    if stage == TAGGING:
        return tagging_app(settings, Tagger(topics), telemetry)
    return stories_app(settings, telemetry)
