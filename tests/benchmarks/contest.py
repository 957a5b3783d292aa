"""Contestants, each in a process of its own, so that memory is its own and a build that takes too long can end.

Only one works at a time. Seconds are of the processor, so that others on the machine hardly show.
"""

import gc
import os
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, Protocol

from streams.model import Article
from streams.tagging.topics import Topic
from tests.benchmarks.peers import PEERS

BUILD_LIMIT = 120.0
"""Seconds after which a build is given up."""


class Built(NamedTuple):
    """What it cost to get ready: seconds of the processor, and bytes that stay."""

    seconds: float
    memory: int


class NotReady(Exception):
    """A contestant takes no part, and why."""


class Contestant(Protocol):
    """Something that finds topics or terms in articles."""

    name: str
    built: Built

    def run(self, collection: int, seconds: float) -> tuple[int, float]:
        """Match the articles of a collection in turn for about so long. Characters matched and seconds taken."""

    def stop(self) -> None:
        """Return when its process has ended."""


class PythonContestant:
    """One of `PEERS`. Raises `NotReady` when it is not installed, or not built within `BUILD_LIMIT`."""

    def __init__(self, name: str, topics: Sequence[Topic], collections: Sequence[Sequence[Article]]) -> None:
        self.name = name
        context = get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, name), daemon=True)
        self._process.start()
        other.close()
        self._connection.send((topics, collections))
        if not self._connection.poll(BUILD_LIMIT):
            self._process.kill()
            self._process.join()
            raise NotReady(f"not ready after {BUILD_LIMIT:.0f} s, and given up")
        try:
            self.built: Built = self._connection.recv()
        except EOFError:
            raise NotReady("its process ended; `make bench` installs the peers") from None

    def run(self, collection: int, seconds: float) -> tuple[int, float]:
        self._connection.send((collection, seconds))
        answer: tuple[int, float] = self._connection.recv()
        return answer

    def stop(self) -> None:
        self._connection.send(None)
        self._process.join()


def _serve(connection: Connection, name: str) -> None:
    topics, collections = connection.recv()
    gc.collect()
    memory, started = _memory(), time.process_time()
    match = PEERS[name](topics)
    seconds = time.process_time() - started
    gc.collect()
    connection.send(Built(seconds, _memory() - memory))
    running = [cycle(articles) for articles in collections]
    while order := connection.recv():
        collection, limit = order
        connection.send(_run(match, running[collection], limit))


def _run(match: Callable[[Article], object], articles: "cycle[Article]", limit: float) -> tuple[int, float]:
    characters, spent, started = 0, 0.0, time.process_time()
    while spent < limit:
        article = next(articles)
        match(article)
        characters += len(article.title) + len(article.body)
        spent = time.process_time() - started
    return characters, spent


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
