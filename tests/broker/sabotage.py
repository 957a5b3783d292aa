"""A tagging worker that fails, or has a hard time, as workers do: `python -m tests.broker.sabotage WAY`."""

import asyncio
import sys
import time
from typing import Any

from faust.transport.drivers import aiokafka as driver

from streams.app import run_worker
from streams.kafka.tagging import TaggingWorker
from streams.logs import configure_logs
from streams.settings import read_settings


async def _hang(*_: Any, **__: Any) -> Any:
    """Waits for something that never comes."""
    await asyncio.Event().wait()


async def _raise(*_: Any, **__: Any) -> Any:
    """Has a bug."""
    raise ValueError("a bug")


async def _block(*_: Any, **__: Any) -> Any:
    """Holds the event loop itself."""
    time.sleep(3600)  # noqa: ASYNC251 - that is the sabotage


_commit = driver.AIOKafkaConsumerThread._commit


async def _commit_late(*arguments: Any) -> bool:
    """Has a slow broker."""
    await asyncio.sleep(1)
    return bool(await _commit(*arguments))


def main() -> None:
    match sys.argv[1]:
        case "batch-hangs":
            TaggingWorker.handle = _hang  # type: ignore[method-assign]
        case "batch-raises":
            TaggingWorker.handle = _raise  # type: ignore[method-assign]
        case "loop-blocked":
            TaggingWorker.handle = _block  # type: ignore[method-assign]
        case "consumer-dead":
            driver.AIOKafkaConsumerThread.getmany = _hang  # type: ignore[method-assign]
        case "commits-slow":
            driver.AIOKafkaConsumerThread._commit = _commit_late  # type: ignore[assignment, method-assign]
    configure_logs(json=True)
    sys.exit(run_worker("tagging", read_settings()))


if __name__ == "__main__":
    main()
