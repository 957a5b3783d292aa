"""Plain Faust as its documentation has it: `python -m tests.hazards.plain HAZARD BOOTSTRAP NAME`.

Reads the Kafka topic NAME in the group NAME and writes to NAME.out. Whatever it handled is printed.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import faust

Agent = Callable[[Any], Awaitable[None]]


def plain(bootstrap: str, name: str) -> faust.App:
    """With Faust's defaults, but for what is noisy or creates Kafka topics; quick to commit and to see a hang."""
    return faust.App(
        name,
        broker=f"kafka://{bootstrap}",
        broker_commit_interval=0.5,
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        stream_processing_timeout=2.0,
        broker_commit_livelock_soft_timeout=2.0,
        store="memory://",
    )


def delivery_fails(app: faust.App) -> Agent:
    """Sends each message on, as Faust's guide has it; NAME.out takes none so large."""
    out = app.topic(f"{app.conf.id}.out", value_serializer="raw")

    async def read(stream: Any) -> None:
        async for value in stream:
            await out.send(value=value)
            print("handled", value[:4].decode(), flush=True)

    return read


def exception_escapes(app: faust.App) -> Agent:
    """Raises at the first message that is bad."""

    async def read(stream: Any) -> None:
        async for value in stream:
            if value.startswith(b"bad"):
                raise ValueError("a bug")
            print("handled", value[:4].decode(), flush=True)

    return read


def exception_escapes_a_batch(app: faust.App) -> Agent:
    """Raises in the middle of a batch."""

    async def read(stream: Any) -> None:
        async for values in stream.take(4, within=1.0):
            for value in values:
                if value.startswith(b"bad"):
                    raise ValueError("a bug")
                print("handled", value[:4].decode(), flush=True)

    return read


def two_at_once(app: faust.App) -> Agent:
    """Is told to handle two messages at a time; the first takes for ever."""

    async def read(stream: Any) -> None:
        async for value in stream:
            if value == b"slow":
                await asyncio.Event().wait()
            print("handled", value[:4].decode(), flush=True)

    return read


def hangs(app: faust.App) -> Agent:
    """Takes a message and is never heard of again."""

    async def read(stream: Any) -> None:
        async for value in stream:
            print("handled", value[:4].decode(), flush=True)
            await asyncio.Event().wait()

    return read


AGENTS = {
    agent.__name__: agent
    for agent in (delivery_fails, exception_escapes, exception_escapes_a_batch, two_at_once, hangs)
}


def main() -> None:
    hazard, bootstrap, name = sys.argv[1:]
    app = plain(bootstrap, name)
    agent = AGENTS[hazard]
    app.agent(app.topic(name, value_serializer="raw"), concurrency=2 if agent is two_at_once else 1)(agent(app))
    app.finalize()
    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
