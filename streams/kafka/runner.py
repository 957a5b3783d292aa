"""Runs a worker's app in this process until it is told to stop."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import faust

from streams.errors import NoBrokerAnswers
from streams.kafka.application import Application
from streams.kafka.checks import check_configuration, check_installation
from streams.kafka.journal import partition_reader
from streams.kafka.watchdog import Watchdog, bite, committed_by, guard_loop

_Built = TypeVar("_Built")

_TICK = 1.0
_STUCK = 30.0


class Pulse:
    """Whether the loop turns, first that which waits for Kafka, and the worker has its share of partitions."""

    def __init__(self) -> None:
        self._app: Application | None = None
        self._last = time.monotonic()

    def follow(self, app: Application) -> None:
        """From now on it is this one that must be ready."""
        self._app = app

    def turned(self) -> None:
        """The loop has turned."""
        self._last = time.monotonic()

    async def beat(self) -> None:
        """Runs beside the worker for as long as it lives."""
        while True:
            self.turned()
            await asyncio.sleep(_TICK)

    @property
    def last(self) -> float:
        """When the loop last turned, by the monotonic clock."""
        return self._last

    def healthy(self) -> bool:
        """Whether the loop turned within the last half minute."""
        return time.monotonic() - self._last < _STUCK

    def ready(self) -> bool:
        """Whether the worker is a settled member of its consumer group."""
        return self.healthy() and self._app is not None and self._app.joined and not self._app.rebalancing


class Worker(faust.Worker):
    """Ends as soon as its last task has ended, where Faust sleeps a second."""

    logger = logging.getLogger("faust.worker")

    async def _sentinel_task(self) -> None:
        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks, timeout=1.0)


def _patrol(app: Application) -> Callable[[], Awaitable[None]]:
    settings = app.settings
    watchdog = Watchdog(
        settings.stuck_after, lambda: app.moving, committed_by(settings, app.conf.id), partition_reader(settings), bite
    )

    async def patrol() -> None:
        while True:
            await asyncio.sleep(settings.stuck_after / 4)
            await watchdog.look(time.monotonic())

    return patrol


def when_kafka_answers(build: Callable[[], _Built], pulse: Pulse, told: Callable[[str], None]) -> _Built:
    """What `build` makes, as soon as there is a broker to make it with; SIGTERM and Ctrl-C end the waiting.

    `told` hears why it waits, whenever that changes. What else `build` raises is raised: it would not pass.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    reason = ""
    while True:
        pulse.turned()
        try:
            return build()
        except NoBrokerAnswers as error:
            if reason != (reason := str(error)):
                told(reason)
            time.sleep(_TICK)


def run(app: Application, pulse: Pulse) -> int:
    """Runs until SIGTERM or SIGINT; the exit code. A crash is not survived: the supervisor restarts."""
    check_installation()
    check_configuration(app)
    app.finalize()
    pulse.follow(app)
    app.task(pulse.beat)
    app.task(_patrol(app))
    guard_loop(lambda: pulse.last, app.settings.stuck_after)
    loop = asyncio.new_event_loop()
    worker = Worker(app, quiet=True, override_logging=False, redirect_stdouts=False, loop=loop)
    worker.spinner = None
    try:
        worker.execute_from_commandline()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
