"""What ends a command at its start: one sentence on standard error, soon, and no traceback."""

import shutil
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

import pytest

from streams.kafka.embedded import EmbeddedBroker, free_ports
from tests.broker.road import PARTITIONS, STAGES, Road, article, contains, eventually, expected_alerts, unique
from tests.clusters.apache import ApacheKafka
from tests.commands import Finished, at_once, northwire
from tests.workers import Worker

SUMMIT = "Ministers of the Arctic Council met in Tromsø and agreed on a search-and-rescue drill off Svalbard."
SOON = 15.0


def the_sentence(done: Finished) -> str:
    """The one line on standard error of a command that could not start."""
    assert done.code == 1
    assert done.out == b""
    assert done.seconds < SOON
    (line,) = done.error.splitlines()
    assert line.startswith("northwire: ")
    return line


def other_topics(folder: Path, text: str, name: str = "other.yaml") -> Mapping[str, str]:
    """The settings that watch the shipped topics and one more."""
    for file in Path(str(files("streams") / "topics")).glob("*.yaml"):
        shutil.copy(file, folder)
    (folder / name).write_text(text, encoding="utf-8")
    return {"topics_dir": str(folder)}


def topic(name: str) -> str:
    return f"id: {name}\ntitle: Other\nversion: '1'\nrules:\n  - id: r\n    terms: [volcano]\n    weight: 1\n"


@contextmanager
def started(worker: Worker) -> Iterator[Worker]:
    """A worker that need not become ready, stopped in the end."""
    try:
        yield worker.start()
    finally:
        worker.__exit__()


def test_where_no_broker_answers_every_command_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.ndjson").write_bytes(b'{"title": "a", "body": ""}\n')
    nowhere = f"127.0.0.1:{free_ports(1)[0]}"
    for done in at_once(("ingest", str(tmp_path)), ("subscribe",), ("kafka", "init"), bootstrap_servers=nowhere):
        sentence = the_sentence(done)
        assert f"No Kafka broker answers at {nowhere} (connection refused)" in sentence
        assert "NORTHWIRE_BOOTSTRAP_SERVERS" in sentence


def test_a_broker_that_accepts_and_stays_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nowhere = f"127.0.0.1:{silent.getsockname()[1]}"
        assert "silent for 5 s" in the_sentence(northwire("kafka", "init", bootstrap_servers=nowhere))


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_waits_for_a_broker_alive_and_not_ready_and_can_be_stopped(stage: str) -> None:
    nowhere = f"127.0.0.1:{free_ports(1)[0]}"
    with started(Worker(stage, nowhere)) as worker:
        eventually(lambda: f"No Kafka broker answers at {nowhere} (connection refused)" in worker.log)
        assert worker.exposition
        assert not worker.is_ready
        time.sleep(3)
        assert worker.log.count("No Kafka broker answers") == 1
        assert worker.stop() == 0


@pytest.mark.apache
def test_a_worker_that_was_there_before_its_broker_goes_on_by_itself() -> None:
    run = uuid.uuid4().hex
    values = [article(run, unique(SUMMIT))]
    with ApacheKafka() as kafka, closing(Road(kafka)) as road:
        kafka.kill(1)
        with started(road.worker("tagging")) as tagging, started(road.worker("stories")) as stories:
            eventually(lambda: all("No Kafka broker answers" in worker.log for worker in (tagging, stories)))
            kafka.start_node(1)
            for worker in (tagging, stories):
                worker.wait_until_ready()
            road.send(values)
            road.alerts.about(run, contains(expected_alerts(values)))


def test_an_unknown_stage_is_wrong_usage() -> None:
    done = northwire("worker", "printing")
    assert done.code == 2
    assert "tagging" in done.error
    assert "Traceback" not in done.error


def test_a_folder_without_topic_files_is_named(tmp_path: Path) -> None:
    sentence = the_sentence(northwire("worker", "tagging", topics_dir=str(tmp_path)))
    assert str(tmp_path) in sentence
    assert "NORTHWIRE_TOPICS_DIR" in sentence


def test_a_broken_topic_file_is_named(tmp_path: Path) -> None:
    sentence = the_sentence(northwire("worker", "tagging", **other_topics(tmp_path, "id: [", "torn.yaml")))
    assert str(tmp_path / "torn.yaml") in sentence


def test_no_worker_starts_without_its_kafka_topics_nor_on_topics_that_nobody_pushed() -> None:
    workers = [("worker", stage) for stage in STAGES]
    with EmbeddedBroker() as empty:
        settings = {"bootstrap_servers": empty.bootstrap, "topics_from": "kafka"}
        for done in at_once(*workers, **settings):
            assert "The Kafka topic articles does not exist: run `northwire kafka init`" in the_sentence(done)
        assert northwire("kafka", "init", **settings).code == 0
        sentence = the_sentence(northwire("worker", "tagging", **settings))
        assert "The Kafka topic topics holds no topic: run `northwire topics push DIR`" in sentence


def test_a_worker_does_not_start_on_other_partitions_than_it_expects(road: Road) -> None:
    sentence = the_sentence(northwire("worker", "tagging", **{**road.environment, "partitions": "4"}))
    assert "articles has 3 partitions where 4 are expected" in sentence
    assert f"set NORTHWIRE_PARTITIONS={PARTITIONS}" in sentence


def test_a_worker_whose_metrics_port_is_taken_says_so(road: Road) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sentence = the_sentence(northwire("worker", "stories", **road.environment, metrics_port=port))
    assert f"127.0.0.1:{port}" in sentence
    assert "NORTHWIRE_METRICS_PORT" in sentence


def test_a_subscription_to_an_unknown_topic_hears_which_there_are(road: Road) -> None:
    sentence = the_sentence(northwire("subscribe", "antarctic", **road.environment))
    assert "no alerts about 'antarctic'" in sentence
    assert "arctic, arms-control, sanctions" in sentence


@pytest.mark.apache
def test_preparing_the_cluster_twice_is_preparing_it_once(road: Road, tmp_path: Path) -> None:
    name = f"t{uuid.uuid4().hex}"
    settings = {**road.environment, **other_topics(tmp_path, topic(name))}
    first = northwire("kafka", "init", **settings)
    second = northwire("kafka", "init", **settings)
    assert (first.code, first.error, second.code, second.error) == (0, "", 0, "")
    assert f"created  alerts.{name}" in first.out.decode().splitlines()
    assert "exists   articles" in first.out.decode().splitlines()
    assert all(line.startswith("exists   ") for line in second.out.decode().splitlines())
    assert "exists   stories" in second.out.decode().splitlines()
    assert len(first.out.splitlines()) == len(second.out.splitlines()) == 10


@pytest.mark.apache
def test_what_differs_on_the_cluster_is_reported_and_left_as_it_is(road: Road) -> None:
    for _ in range(2):
        done = northwire("kafka", "init", **{**road.environment, "partitions": "5", "retention_hours": "1"})
        lines = done.out.decode().splitlines()
        assert "differs  articles: 3 partitions, expected 5" in lines
        assert "differs  alerts.arctic: retention.ms=604800000, expected 3600000" in lines
        assert not any(line.startswith("created") for line in lines)
