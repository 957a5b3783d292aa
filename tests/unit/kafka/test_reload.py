"""Reloading: what is refused changes nothing, is told once, and does not end the worker."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import pytest
from structlog.testing import capture_logs

from streams.errors import ClusterMismatch
from streams.kafka import admin
from streams.kafka.layout import KafkaTopic
from streams.kafka.reload import Reload
from streams.metrics import TAGGING
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import CANARY, Topic, parse_topic
from streams.telemetry import Telemetry
from streams.watchlist import Files, Watchlist
from tests.unit.test_watchlist import text


class Script:
    """A source that shows what it is told to, one look after another."""

    nothing = "There is nothing."

    def __init__(self, *shown: Files) -> None:
        self._shown = shown

    def parse(self, name: str, text: str) -> Topic:
        if text == "a bug":
            raise ZeroDivisionError("a bug")
        return parse_topic(text, name)

    async def looks(self) -> AsyncGenerator[Files, None]:
        for files in self._shown:
            yield files


class Cluster:
    """A cluster that may refuse Kafka topics."""

    def __init__(self) -> None:
        self.created: list[str] = []
        self.refuses = 0

    def prepare(self, _: Settings, wanted: Iterable[KafkaTopic]) -> None:
        if self.refuses:
            self.refuses -= 1
            raise ClusterMismatch("The cluster refuses it.")
        self.created += (topic.name for topic in wanted)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr(admin, "prepare", cluster.prepare)
    return cluster


def reloaded(*shown: Files) -> tuple[list[dict[str, str]], list[Any], Telemetry]:
    """The versions of every tagger that came into force, what was logged, and the metrics."""
    watchlist = Watchlist(Script(*shown)).revised({"a": text()})
    taggers: list[Tagger] = []
    telemetry = Telemetry(TAGGING)
    telemetry.watching(watchlist.topics)
    with capture_logs() as lines:
        asyncio.run(Reload(Settings(), watchlist, taggers.append, telemetry).run())
    in_force = [{topic.id: topic.version for topic in tagger.topics if topic.id != CANARY} for tagger in taggers]
    return in_force, lines, telemetry


def test_what_has_not_changed_is_not_put_in_force_again(cluster: Cluster) -> None:
    taggers, lines, _ = reloaded({"a": text()}, {"a": "# said again\n" + text()})
    assert (taggers, lines, cluster.created) == ([], [], [])


def test_a_new_topic_has_its_kafka_topic_before_it_is_in_force_and_a_known_one_asks_for_none(cluster: Cluster) -> None:
    taggers, _, _ = reloaded({"a": text(version=2)}, {"a": text(version=2), "b": text("barents")})
    assert taggers == [{"arctic": "2"}, {"arctic": "2", "barents": "1"}]
    assert cluster.created == ["alerts.barents"]


def test_a_refused_file_is_told_once_for_each_content(cluster: Cluster) -> None:
    bad, worse, more = {"a": "rules: ["}, {"a": "rules: [{"}, {"b": text("barents")}
    _, lines, telemetry = reloaded(bad, bad, bad | more, worse | more, bad | more)
    assert [line["event"] for line in lines] == ["topics-refused", "topics-reloaded", *["topics-refused"] * 2]
    assert telemetry.registry.get_sample_value("northwire_topic_reloads_total", {"outcome": "refused"}) == 3


def test_what_the_cluster_refuses_is_told_once_and_tried_again(cluster: Cluster) -> None:
    cluster.refuses = 2
    files = {"a": text(), "b": text("barents")}
    taggers, lines, _ = reloaded(files, files, files, files)
    assert taggers == [{"arctic": "1", "barents": "1"}]
    assert [line["event"] for line in lines] == ["topics-refused", "topics-reloaded"]
    assert lines[0]["error"] == "The cluster refuses it."


def test_a_bug_that_a_file_brings_out_costs_the_reload_and_not_the_worker(cluster: Cluster) -> None:
    taggers, lines, _ = reloaded({"a": "a bug"}, {"a": "a bug"}, {"a": text(version=2)})
    assert taggers == [{"arctic": "2"}]
    assert [(line["event"], line.get("error")) for line in lines] == [
        ("topics-refused", "a bug"),
        ("topics-reloaded", None),
    ]
