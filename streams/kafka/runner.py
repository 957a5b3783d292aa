"""Runs a worker's app in this process until it is told to stop."""

import asyncio
import logging
import time

import faust

from streams.kafka.application import Application
from streams.kafka.checks import check_configuration, check_installation

_TICK = 1.0
_STUCK = 30.0


class Pulse:
    """Whether the event loop turns and the worker has its share of partitions."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._last = time.monotonic()

    async def beat(self) -> None:
        """Runs beside the worker for as long as it lives."""
        while True:
            self._last = time.monotonic()
            await asyncio.sleep(_TICK)

    def healthy(self) -> bool:
        """Whether the event loop turned within the last half minute."""
        return time.monotonic() - self._last < _STUCK

    def ready(self) -> bool:
        """Whether the worker is a settled member of its consumer group."""
        return self.healthy() and self._app.joined and not self._app.rebalancing


class Worker(faust.Worker):
    """Ends as soon as its last task has ended, where Faust sleeps a second."""

    logger = logging.getLogger("faust.worker")

    async def _sentinel_task(self) -> None:
        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks, timeout=1.0)


def run(app: Application, pulse: Pulse) -> int:
    """Runs until SIGTERM or SIGINT; the exit code. A crash is not survived: the supervisor restarts."""
    check_installation()
    check_configuration(app)
    app.finalize()
    app.task(pulse.beat)
    loop = asyncio.new_event_loop()
    worker = Worker(app, quiet=True, override_logging=False, redirect_stdouts=False, loop=loop)
    worker.spinner = None
    try:
        worker.execute_from_commandline()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
