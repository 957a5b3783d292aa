"""How Faust is set up, and what must hold before it may run."""

import asyncio
from pathlib import Path

import faust.streams
import pytest

from streams.errors import NorthwireError
from streams.kafka.application import FETCH_WAIT_MS, Application, Consumer
from streams.kafka.checks import check_configuration, check_installation
from streams.kafka.outlets import Outlets, cluster
from streams.kafka.stories import stories_app
from streams.kafka.tagging import tagging_app
from streams.metrics import STORIES, TAGGING
from streams.settings import read_settings
from streams.telemetry import Telemetry
from streams.watchlist import Folder, Watchlist


@pytest.fixture
def app() -> Application:
    return tagging_app(read_settings(), Watchlist(Folder(Path())), Telemetry(TAGGING))


def test_two_apps_live_in_one_process(app: Application) -> None:
    settings, telemetry = read_settings(), Telemetry(STORIES)
    other = stories_app(settings, Outlets(cluster(settings), (), telemetry.reaching), telemetry)
    assert (app.conf.id, other.conf.id) == ("northwire-tagging", "northwire-stories")
    for each in (app, other):
        each.finalize()
        check_configuration(each)
    check_installation()


def test_fetches_wait_as_long_as_we_say_and_not_as_long_as_faust_does(app: Application) -> None:
    async def patience() -> int:
        app.finalize()
        assert isinstance(app.consumer, Consumer)
        consumer = app.consumer._new_consumer_thread()._create_consumer(asyncio.get_running_loop())
        await consumer.stop()
        return int(consumer._fetch_max_wait_ms)

    assert asyncio.run(patience()) == FETCH_WAIT_MS


def test_without_the_compiled_stream_iterator_no_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faust.streams, "_CStreamIterator", None)
    with pytest.raises(NorthwireError, match="reinstall faust-streaming"):
        check_installation()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("processing_guarantee", "exactly_once", "exactly_once"),
        ("producer_threaded", True, "PRODUCER_THREADED"),
        ("stream_wait_empty", True, "stream_wait_empty"),
        ("stream_publish_on_commit", True, "stream_publish_on_commit"),
    ],
)
def test_what_loses_messages_quietly_is_refused(app: Application, setting: str, value: object, said: str) -> None:
    setattr(app.conf, setting, value)
    app.finalize()
    with pytest.raises(NorthwireError, match=said):
        check_configuration(app)


def test_an_agent_that_runs_concurrently_is_refused(app: Application) -> None:
    async def read(stream: object) -> None: ...

    app.agent(app.topic("more"), name="crowded", concurrency=2)(read)
    app.finalize()
    with pytest.raises(NorthwireError, match="crowded"):
        check_configuration(app)
