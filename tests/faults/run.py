"""A cluster, a feed and a fleet of workers that is kept alive, for one scenario."""

import resource
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

from kafka import KafkaProducer, TopicPartition

from streams.errors import NorthwireError
from streams.kafka.connection import client_options
from streams.kafka.lag import Lookout
from streams.kafka.layout import ARTICLES, LARGEST_MESSAGE, TAGGED, alerts as alerts_of
from streams.kafka.records import records
from streams.watchlist import load_topics
from tests.broker.road import STAGES, Received, Road
from tests.broker.test_restarts import articles
from tests.clusters.apache import ApacheKafka
from tests.faults.oracle import Verdict, judge
from tests.workers import Worker

PARTITIONS = 6
RATE = 200.0
"""Articles per second; every fifth tells a story of its own."""

_SETTLED_WITHIN = 300.0
_DELIVERED_WITHIN_MS = 240_000
_TICK = 0.1


class Fleet:
    """Workers of both stages; one that has ended is started again, as a supervisor would."""

    def __init__(self, road: Road, each: int) -> None:
        self._road = road
        self._stack = ExitStack()
        self.workers: list[Worker] = []
        self.restarts = 0
        for stage in STAGES:
            for _ in range(each):
                self.add(stage)
        for worker in self.workers:
            worker.wait_until_ready()

    def add(self, stage: str) -> Worker:
        """One more worker, which need not be ready."""
        worker = self._road.worker(stage, session_timeout="6").start()
        self._stack.push(worker.__exit__)
        self.workers.append(worker)
        return worker

    def dismiss(self, worker: Worker) -> None:
        """Have a worker stop in good order, and not start it again. Raises AssertionError if it does not."""
        self.workers.remove(worker)
        _stop(worker)

    def replace(self, worker: Worker) -> None:
        """Have a worker stop in good order and start again; return when it is ready."""
        _stop(worker)
        worker.start().wait_until_ready()

    def tend(self) -> None:
        """Start those again that have ended."""
        for worker in self.workers:
            if not worker.process.running:
                self.restarts += 1
                worker.start()

    def close(self) -> None:
        self._stack.close()


class Feed(threading.Thread):
    """Puts articles on `articles` at a `rate` until told to end; knows which of them Kafka has acknowledged."""

    def __init__(self, options: dict[str, Any], run: str, least: int, rate: float) -> None:
        super().__init__(name="feed")
        self._options, self._run, self._least = options, run, least
        self._over = threading.Event()
        self.rate = rate
        self._failure: BaseException | None = None
        self.attempted: list[bytes] = []
        self.acknowledged: list[bytes] = []
        self.sent_at: dict[str, float] = {}
        """When each article was handed to the producer, by its key, on the monotonic clock."""

    def run(self) -> None:
        try:
            self._pour()
        except BaseException as error:
            self._failure = error

    @property
    def done(self) -> bool:
        """Whether as many were sent as must be."""
        return len(self.attempted) >= self._least

    def end(self) -> None:
        """Return when the fate of every article is known."""
        self._over.set()
        self.join()
        if self._failure:
            raise self._failure

    def _pour(self) -> None:
        options = {
            "acks": "all",
            "linger_ms": 5,
            "max_request_size": LARGEST_MESSAGE,
            "request_timeout_ms": 15_000,
            "delivery_timeout_ms": _DELIVERED_WITHIN_MS,
            "max_block_ms": _DELIVERED_WITHIN_MS,
        }
        with closing(KafkaProducer(**self._options, **options)) as producer:
            due = time.monotonic()
            pending: deque[tuple[bytes, Any]] = deque()
            for number, value in enumerate(takewhile(lambda _: not self._is_over(), articles(self._run))):
                time.sleep(max(0.0, due - time.monotonic()))
                due += 1 / self.rate
                self.attempted.append(value)
                key = f"{self._run}-{number}"
                self.sent_at[key] = time.monotonic()
                pending.append((value, producer.send(ARTICLES, value, key=key.encode())))
                while pending[0][1].is_done and len(pending) > 1:
                    self._settle(*pending.popleft())
            for value, future in pending:
                self._settle(value, future)

    def _settle(self, value: bytes, future: Any) -> None:
        if _succeeds(future):
            self.acknowledged.append(value)

    def _is_over(self) -> bool:
        return self._over.is_set() and self.done


class Run:
    """What a scenario does its harm to."""

    def __init__(self, kafka: ApacheKafka, road: Road, fleet: Fleet, feed: Feed) -> None:
        self.kafka, self.road, self.fleet, self.feed = kafka, road, fleet, feed

    def live(self, seconds: float) -> None:
        """Let time pass; whatever ends is started again."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.fleet.tend()
            time.sleep(_TICK)

    def last(self) -> None:
        """Let time pass until as many articles were sent as must be."""
        while not self.feed.done and self.feed.is_alive():
            self.live(1)


def perform(
    harm: Callable[[Run], None], kafka: ApacheKafka, *, least: int, each: int, rate: float = RATE, **settings: str
) -> tuple[Verdict, int]:
    """Do harm under load and say what became of the promise, and how often a worker was started again.

    Workers of each stage are `each`; `least` articles are sent, and more until the harm is done.
    """
    name = uuid.uuid4().hex
    with kafka, _road(kafka, settings) as road:
        fleet = Fleet(road, each)
        try:
            feed = Feed(client_options(road.settings), name, least, rate)
            run = Run(kafka, road, fleet, feed)
            feed.start()
            try:
                run.live(3)
                harm(run)
                run.last()
            finally:
                feed.end()
            lag = _settle(road, run)
            alerts = [each for topic in load_topics(road.settings) for each in _all_on(road, alerts_of(topic.id), name)]
            verdict = judge(feed.attempted, feed.acknowledged, alerts, _all_on(road, TAGGED, name), lag)
            return verdict, fleet.restarts
        finally:
            fleet.close()


def resident(process: int) -> int:
    """The memory that a process holds, in bytes, by the kernel's word."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


@contextmanager
def _road(kafka: ApacheKafka, settings: Mapping[str, str]) -> Iterator[Road]:
    road = Road(kafka, partitions=str(PARTITIONS), replication_factor=str(kafka.size), **settings)
    try:
        yield road
    finally:
        road.close()


def _all_on(road: Road, kafka_topic: str, name: str) -> list[Received]:
    """What a Kafka topic holds about a name, read to its end over a new connection: an old one may be slow to wake."""
    found = [
        Received(TopicPartition(one.topic, one.partition), one.offset, one.key, one.value, dict(one.headers))
        for one in records(road.settings, kafka_topic)
    ]
    return [each for each in found if each.is_about(name)]


def _settle(road: Road, run: Run) -> int:
    """The messages that are not committed when all are, or after five minutes."""
    deadline = time.monotonic() + _SETTLED_WITHIN
    while True:
        run.live(2)
        lag = _lag(road)
        if not lag or time.monotonic() > deadline:
            return lag


def _lag(road: Road) -> int:
    try:
        with Lookout(road.settings) as lookout:
            return sum(backlog.messages for backlog in lookout.look().backlogs.values())
    except NorthwireError:
        return 1  # nobody knows


def _stop(worker: Worker) -> None:
    began = time.monotonic()
    code = worker.stop()
    seconds = time.monotonic() - began
    assert code == 0, f"{worker.stage} ended with {code}"
    assert seconds < 15, f"{worker.stage} took {seconds:.0f} s to stop"


def _succeeds(future: Any) -> bool:
    try:
        future.get(_DELIVERED_WITHIN_MS / 1000)
    except Exception as error:
        print(f"    not acknowledged: {type(error).__name__}", flush=True)
        return False
    return True
