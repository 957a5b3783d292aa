"""What metrics and log lines add to the cost of an article on the tagging worker.

Run `python -m tests.benchmarks.overhead`. The worker's own `handle` gets the same batches with its telemetry and with
one that says nothing, in turn, and the ratio of CPU time is taken for each batch, so that a machine that speeds up or
slows down does not show. Everything but Kafka is there: the shipped topics, listed sources, dates, matches and
rejections, each of which is a line of JSON. Kafka's share, which would make the overhead look smaller, is left out.
"""

import asyncio
import json
import os
import statistics
import sys
from collections.abc import Awaitable
from contextlib import redirect_stderr
from pathlib import Path
from time import process_time, time
from types import SimpleNamespace
from typing import Any

from streams.kafka.application import MOST_EVENTS
from streams.kafka.tagging import TaggingWorker
from streams.logs import configure_logs
from streams.metrics import TAGGING
from streams.settings import read_settings
from streams.telemetry import Telemetry
from streams.watchlist import folder_of, read_folder
from tests.benchmarks.articles import article

ARTICLES = 1024
ROUNDS = 40
DAMAGED = 100
"""One article in so many is put aside."""

LIMIT = 0.05
SOURCES = ("Bench Courier", "Harbour Wire", "Northern Courier")


class Silent(Telemetry):
    """Counts nothing and says nothing."""

    def tagged(self, *_: Any) -> None: ...

    def put_aside(self, *_: Any) -> None: ...

    def progressed(self, *_: Any) -> None: ...


class Nowhere:
    """An app whose producer takes every message at once."""

    def reads(self, _: Any) -> bool:
        return True

    def bears(self, *_: Any) -> bool:
        return True

    async def maybe_start_producer(self) -> "Nowhere":
        return self

    async def send(self, *_: Any, **__: Any) -> Awaitable[None]:
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        taken.set_result(None)
        return taken


def events() -> list[Any]:
    """Events as Faust hands them out, as far as the worker looks at them."""
    values = [json.dumps({**article(n), "published_at": "2026-11-09T07:40:00Z"}).encode() for n in range(ARTICLES)]
    values[::DAMAGED] = [value[:-9] for value in values[::DAMAGED]]
    return [
        SimpleNamespace(
            headers={},
            message=SimpleNamespace(
                value=value, key=b"key", topic="articles", partition=n % 6, offset=n, timestamp=time()
            ),
        )
        for n, value in enumerate(values)
    ]


def main() -> str | None:
    """Prints the median cost with and without telemetry; a sentence where it is more than 5 %, for `sys.exit`."""
    watchlist = read_folder(folder_of(read_settings()))
    tagger, every = watchlist.tagger(), events()
    batches = [every[first : first + MOST_EVENTS] for first in range(0, ARTICLES, MOST_EVENTS)]

    def worker(kind: type[Telemetry]) -> TaggingWorker:
        telemetry = kind(TAGGING, sources=SOURCES, now=time())
        telemetry.watching(watchlist.topics)
        return TaggingWorker(Nowhere(), tagger, telemetry)  # type: ignore[arg-type]

    async def cost(worker: TaggingWorker, batch: list[Any]) -> float:
        started = process_time()
        await worker.handle(batch)
        return (process_time() - started) / len(batch)

    async def measure() -> list[tuple[float, float]]:
        """The cost of each batch with telemetry and without, now this one first, now that one."""
        telling, silent = worker(Telemetry), worker(Silent)
        pairs = []
        for number in range(ROUNDS + 1):
            for batch in batches:
                costs = {
                    one: await cost(one, batch) for one in ((telling, silent) if number % 2 else (silent, telling))
                }
                pairs.append((costs[telling], costs[silent]))
        return pairs[len(batches) :]

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        configure_logs(json=True)
        pairs = asyncio.run(measure())
    overhead = statistics.median(told / silent for told, silent in pairs) - 1
    print(f"{ARTICLES} articles, one in {DAMAGED} damaged; median of {ROUNDS} rounds")
    print(
        f"without metrics and log lines   {statistics.median(silent for _, silent in pairs) * 1e6:7.1f} µs an article"
    )
    print(f"with them                       {statistics.median(told for told, _ in pairs) * 1e6:7.1f} µs an article")
    print(f"overhead                        {overhead:7.1%} (at most {LIMIT:.0%})")
    return "Metrics and log lines cost more than they may." if overhead > LIMIT else None


if __name__ == "__main__":
    sys.exit(main())
