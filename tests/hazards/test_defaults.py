"""What plain Faust and kafka-python do unless told otherwise, seen without a broker, and what we tell them.

As in test_hazards.py, a test that fails is good news: it was mended upstream.
"""

import asyncio
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, cast
from unittest.mock import AsyncMock, Mock

import faust
import pytest
from aiokafka.coordinator import assignors
from faust.events import Event
from faust.sensors.prometheus import setup_prometheus_sensors
from faust.transport.drivers.aiokafka import Consumer as PlainConsumer
from faust.types import TP, Message, ProcessingGuarantee
from kafka import KafkaConsumer
from mode.supervisors import CrashingSupervisor, OneForOneSupervisor
from prometheus_client import CollectorRegistry

from streams.kafka.application import Application, Consumer
from streams.kafka.tagging import tagging_app
from streams.metrics import TAGGING
from streams.settings import Settings, read_settings
from streams.telemetry import Telemetry
from streams.watchlist import Folder, Watchlist


async def _nothing(*_: object) -> None: ...


@pytest.fixture
def plain() -> faust.App:
    return faust.App("plain", broker="kafka://127.0.0.1:9")


@pytest.fixture
def ours() -> Application:
    return tagging_app(read_settings(), Watchlist(Folder(Path())), Telemetry(TAGGING))


def test_an_agent_that_raised_is_started_again_as_if_it_had_not(plain: faust.App, ours: Application) -> None:
    """Hazard 2: the supervisor that makes a worker end is not the default."""
    assert str(plain.conf.agent_supervisor) == str(OneForOneSupervisor)
    assert str(ours.conf.agent_supervisor) == str(CrashingSupervisor)


def test_a_worker_that_stops_waits_for_its_streams_without_end(plain: faust.App, ours: Application) -> None:
    """Hazard 11."""
    assert plain.conf.stream_wait_empty
    assert not ours.conf.stream_wait_empty


def test_a_web_server_listens_on_every_address(plain: faust.App, ours: Application) -> None:
    """Hazard 12."""
    assert (plain.conf.web_enabled, plain.conf.web_bind) == (True, "0.0.0.0")
    assert not ours.conf.web_enabled


def test_kafka_topics_are_created_unasked_with_one_copy(plain: faust.App, ours: Application) -> None:
    """Hazard 12."""
    assert (plain.conf.topic_allow_declare, plain.conf.topic_replication_factor) == (True, 1)
    assert not ours.conf.topic_allow_declare


class Flowing(Mock):
    """A consumer from which events flow, and that knows whether they did while it went to the committed offsets."""

    flow_active = True
    flowed = False

    def stop_flow(self) -> None:
        self.flow_active = False

    def assignment(self) -> set[TP]:
        return {TP("articles", 0)}

    async def perform_seek(self) -> None:
        self.flowed = self.flow_active


@pytest.mark.parametrize(("kind", "flowed"), [("plain", True), ("ours", False)], ids=["plain", "ours"])
def test_events_flow_before_the_seek(request: pytest.FixtureRequest, kind: str, flowed: bool) -> None:
    """Hazard 4: after a recovery partitions are resumed first, and what is read until the seek is dropped."""
    app = request.getfixturevalue(kind)

    async def recovered() -> bool:
        app.finalize()
        app.consumer, app.assignor = Flowing(), Mock()
        app._fetcher = Mock(maybe_start=AsyncMock())
        app.on_rebalance_end = Mock()
        app.flow_control.resume()
        await app.tables.recovery.on_recovery_completed(app.consumer_generation_id)
        return bool(app.consumer.flowed)

    assert asyncio.run(recovered()) is flowed


def test_state_lies_in_tables_that_recover_when_they_can(ours: Application) -> None:
    """Hazards 6, 7 and 13 are of tables; we have none, nor a folder for them (test_stories.py on what we have)."""
    assert not ours.tables
    assert str(ours.conf.store) == "memory:"


@pytest.mark.parametrize("compiled", [False, True], ids=["python", "cython"])
def test_what_is_left_of_an_old_generation_is_acknowledged_undone(
    plain: faust.App, monkeypatch: pytest.MonkeyPatch, compiled: bool
) -> None:
    """Hazard 5: by the iterator in Python. Ours: test_without_the_compiled_stream_iterator_no_worker_starts."""
    if not compiled:
        monkeypatch.setattr(faust.streams, "_CStreamIterator", None)
    message = Message("t", 0, 5, 0.0, 0, None, None, b"v", None, None, generation_id=1)
    message.incref()

    async def assigned_anew() -> list[object]:
        plain.finalize()
        plain.consumer = Mock(unacked=set())
        plain.consumer_generation_id = 2
        plain.flow_control.resume()
        channel = plain.channel()
        handled: list[object] = []

        async def read() -> None:
            async for value in plain.stream(channel):
                handled.append(value)

        reading = asyncio.ensure_future(read())
        await asyncio.sleep(0.05)
        await channel.put(Event(plain, None, b"v", None, message))
        await asyncio.sleep(0.05)
        reading.cancel()
        return handled

    assert asyncio.run(assigned_anew()) == []
    assert message.acked is not compiled


def test_exactly_once_is_not_what_we_ask_for(ours: Application) -> None:
    """Hazard 9: nor is there a setting for it, and a Faust that was told to is refused (test_application.py)."""
    assert cast("Any", ours.conf.processing_guarantee) is ProcessingGuarantee.AT_LEAST_ONCE
    assert not [name for name in Settings.model_fields if "guarantee" in name or "transaction" in name]


def test_every_rebalance_stops_the_world() -> None:
    """Hazard 10: there is no cooperative assignor. Ours: `make faults`, rebalances: no alert comes twice."""
    assert {each.name for each in iter_modules(assignors.__path__)} == {"abstract", "range", "roundrobin", "sticky"}


def test_counters_of_the_sensor_vanish_at_a_rebalance(plain: faust.App) -> None:
    """Hazard 14. Ours are not its own: test_metrics_are_as_prometheus_wants_them."""
    registry = CollectorRegistry()
    setup_prometheus_sensors(plain, registry=registry)
    cast("Any", plain.monitor)._metrics.messages_received_per_topics.labels(topic="articles").inc()
    name, labels = "plain_messages_received_per_topic_total", {"topic": "articles"}
    assert registry.get_sample_value(name, labels) == 1
    plain.monitor.on_rebalance_start(plain)
    assert registry.get_sample_value(name, labels) is None


def test_kafka_python_commits_what_was_fetched_and_not_what_was_done() -> None:
    """Hazard 15. Ours say that they do not, wherever they read; that which asks for names alone is in no group."""
    assert KafkaConsumer.DEFAULT_CONFIG["enable_auto_commit"]
    for file in (Path(__file__).parents[2] / "streams").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "KafkaConsumer(" not in text or "enable_auto_commit" in text or file.name == "outlets.py", file


@pytest.mark.parametrize(("kind", "left_out"), [(PlainConsumer, True), (Consumer, False)], ids=["plain", "ours"])
def test_a_commit_is_left_out_while_another_is_on_its_way(
    ours: Application, kind: type[PlainConsumer], left_out: bool
) -> None:
    """Hazard 16, not in the list we began with: whoever stops in that moment leaves uncommitted what it did since.

    Ours: test_a_worker_stopped_while_a_commit_is_on_its_way_commits_what_it_did_since.
    """
    committed: list[int] = []

    class Watched(kind):  # type: ignore[misc, valid-type]
        async def force_commit(self, *_: object, **__: object) -> bool:
            done = len(self.done)
            await asyncio.sleep(0.05)
            committed.append(done)
            return True

    async def stop_during_a_commit() -> None:
        ours.finalize()
        consumer = Watched(
            ours.transport, callback=_nothing, on_partitions_revoked=_nothing, on_partitions_assigned=_nothing
        )
        consumer.done = ["one"]
        periodic = asyncio.ensure_future(consumer.commit())
        await asyncio.sleep(0.01)
        consumer.done += ["two", "three"]
        await consumer.commit()
        await periodic
        consumer._thread.thread_loop.close()

    asyncio.run(stop_during_a_commit())
    assert (committed == [1]) is left_out
    assert committed == ([1] if left_out else [1, 3])
