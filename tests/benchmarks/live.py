"""A gatherer with so many live stories, in a process of its own, so that its memory is its own.

Only one works at a time. Seconds are of the processor, so that others on the machine hardly show.
"""

import gc
import gzip
import os
import random
import time
from collections.abc import Iterator
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Literal, NamedTuple

from msgspec.structs import replace

from streams.cleaning import clean
from streams.model import Article
from streams.stories.desk import Desk
from streams.stories.placement import Placement, decode_placement
from streams.wire import decode_article, encode
from tests.benchmarks.corpora import REAL, prose
from tests.benchmarks.gatherers import FAMILIES, AllPairs, Gatherer, Northwire
from tests.benchmarks.wires import WRITTEN, Wires
from tests.evaluation.edits import reorder

Length = Literal["short", "long"]
NORTHWIRE = "Northwire"

_ITEMS = REAL.parents[1] / "data" / "current-events.ndjson.gz"
_READ = 3_000
"""News items from which the short ones are taken."""

_SHORT = 170
"""Characters of a short one where there are no news items."""


class NotRun(Exception):
    """A gatherer takes no part at this size, and why."""


class Filled(NamedTuple):
    """Seconds of the processor that it took to fill it, and bytes that stay."""

    seconds: float
    memory: int


class Restored(NamedTuple):
    """Seconds that a desk takes to read a journal; its bytes and entries; seconds of one full collection of garbage."""

    seconds: float
    size: int
    entries: int
    collection: float


class Live:
    """A gatherer of `FAMILIES` with a threshold, or Northwire. Raises `NotRun`, also when filling takes too long."""

    def __init__(self, name: str, threshold: float, stories: int, limit: float) -> None:
        context = get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, name, threshold, stories), daemon=True)
        self._process.start()
        other.close()
        if not self._connection.poll(limit):
            self._process.kill()
            self._process.join()
            raise NotRun(f"not filled after {limit:.0f} s, and given up")
        self.filled: Filled = self._answer()

    def place(self, length: Length, articles: int) -> float:
        """Seconds to place so many new articles."""
        seconds: float = self._asked("place", length, articles)
        return seconds

    def forget(self, articles: int) -> float:
        """Seconds to forget so many of the oldest; Northwire alone."""
        seconds: float = self._asked("forget", articles)
        return seconds

    def restore(self) -> Restored:
        """What it takes another desk to know the same; Northwire alone."""
        restored: Restored = self._asked("restore")
        return restored

    def link(self) -> float:
        """Seconds to compare all pairs; the all-pairs gatherer alone."""
        seconds: float = self._asked("link")
        return seconds

    def stop(self) -> None:
        """Returns when its process has ended."""
        self._connection.send(None)
        self._process.join()

    def _asked(self, *order: object) -> Any:
        self._connection.send(order)
        return self._answer()

    def _answer(self) -> Any:
        try:
            return self._connection.recv()
        except EOFError:
            raise NotRun("its process ended; `make bench` installs the peers") from None


def _serve(connection: Connection, name: str, threshold: float, stories: int) -> None:
    with TemporaryFile() as journal:
        room = _Room(name, threshold, journal)
        connection.send(room.fill(stories))
        while order := connection.recv():
            what, *of = order
            connection.send(getattr(room, what)(*of))


class _Room:
    """What a process has: the gatherer, the articles that come, and the journal of what was placed."""

    def __init__(self, name: str, threshold: float, journal: IO[bytes]) -> None:
        self._journal = journal
        self._wires = Wires(prose())
        self._gatherer = self._made(name, threshold)
        self._short, self._long = self._short_articles(), self._long_articles()

    def fill(self, stories: int) -> Filled:
        gc.collect()
        memory, started = _memory(), time.process_time()
        self._gatherer.fill(self._wires.article(number) for number in range(stories))
        seconds = time.process_time() - started
        gc.collect()
        return Filled(seconds, _memory() - memory)

    def place(self, length: Length, articles: int) -> float:
        coming = list(islice(self._short if length == "short" else self._long, articles))
        started = time.process_time()
        for article in coming:
            self._gatherer.place(article)
        return time.process_time() - started

    def forget(self, articles: int) -> float:
        assert isinstance(self._gatherer, Northwire)
        desk, oldest = self._gatherer.desk, self._gatherer.arrival(articles)
        started = time.process_time()
        desk.forget_before(oldest)
        return time.process_time() - started

    def restore(self) -> Restored:
        del self._gatherer
        gc.collect()
        self._journal.seek(0)
        entries = self._journal.read().splitlines()
        desk, started = Desk(), time.process_time()
        for entry in entries:
            desk.keep(decode_placement(entry))
        seconds = time.process_time() - started
        started = time.process_time()
        gc.collect()
        return Restored(seconds, sum(map(len, entries)), len(entries), time.process_time() - started)

    def link(self) -> float:
        assert isinstance(self._gatherer, AllPairs)
        started = time.process_time()
        self._gatherer.link()
        return time.process_time() - started

    def _made(self, name: str, threshold: float) -> Gatherer:
        if name != NORTHWIRE:
            return FAMILIES[name][0](threshold)
        Northwire().place(self._wires.article(0))  # reads the words of the language, which are there once
        return Northwire(self._write)

    def _write(self, placement: Placement) -> None:
        self._journal.write(encode(placement) + b"\n")

    def _short_articles(self) -> Iterator[Article]:
        """News items, or what begins like an article."""
        if _ITEMS.exists():
            with gzip.open(_ITEMS) as lines:
                items = [clean(decode_article(line)) for line in islice(lines, _READ)]
            random.Random(1).shuffle(items)
            yield from (replace(item, published_at=WRITTEN) for item in items)
        for article in self._new():
            yield replace(article, title="", body=article.body[:_SHORT])

    def _long_articles(self) -> Iterator[Article]:
        """Every other one tells a story of its own; the others tell live ones, in another order."""
        for number, article in enumerate(self._new()):
            yield article
            retold = reorder(self._wires.article(number), random.Random(number))
            yield replace(retold, id=f"{retold.id} again", url=None, source="Another Paper")

    def _new(self) -> Iterator[Article]:
        return map(self._wires.article, count(10_000_000))


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
