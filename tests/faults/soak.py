"""Hours of what is ordinary, and whether anything grows: `python -m tests.faults.soak [--minutes 120] [--rate 50]`.

No fault is done. Every half minute the kernel is asked what each process holds, and a subscriber takes the time from
each article to its alert. Stories live for an hour, the shortest that there is, so that from then on as many end as
begin and memory should stand still. tests/faults/SOAK.md is written at the end.
"""

import argparse
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaConsumer

from streams.kafka.connection import client_options
from streams.kafka.layout import alerts
from streams.metrics import LAG
from streams.watchlist import load_topics
from streams.wire import decode_alert
from tests.clusters.apache import ApacheKafka
from tests.faults.oracle import Verdict
from tests.faults.run import Run, perform, resident

REPORT = Path(__file__).with_name("SOAK.md")
_EVERY = 30.0
_MEGABYTE = 1e6
_QUANTILES = {"median": 0.5, "95 %": 0.95, "99 %": 0.99, "99.9 %": 0.999}
_PART = 1800.0


class Sample(NamedTuple):
    """What a process holds at a moment."""

    at: float
    """Seconds since the first."""

    memory: float
    """Resident, in bytes."""

    files: int
    threads: int


class Soak:
    """The harm of time: a scenario that lets it pass, and what was seen meanwhile."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = 0.0
        self.samples: dict[str, list[Sample]] = defaultdict(list)
        """By the name of the process."""

        self.latencies: list[tuple[float, float]] = []
        """For every alert, the seconds from the first sample to its article, and from its article to the alert."""

    def __call__(self, run: Run) -> None:
        self._began = time.monotonic()
        with run.road.worker(LAG) as lag, self._subscriber(run):
            processes = {worker.stage: worker.process for worker in (*run.fleet.workers, lag)}
            while (passed := self._passed) < self._seconds:
                for name, process in processes.items():
                    self.samples[name].append(_sample(passed, process.pid))
                run.live(_EVERY - passed % _EVERY)

    @property
    def _passed(self) -> float:
        return time.monotonic() - self._began

    @contextmanager
    def _subscriber(self, run: Run) -> Iterator[None]:
        over = threading.Event()
        listener = threading.Thread(target=self._listen, args=(run, over))
        listener.start()
        try:
            yield
        finally:
            over.set()
            listener.join()

    def _listen(self, run: Run, over: threading.Event) -> None:
        names = [alerts(topic.id) for topic in load_topics(run.road.settings)]
        with closing(KafkaConsumer(*names, **client_options(run.road.settings), enable_auto_commit=False)) as consumer:
            while not over.is_set():
                for records in consumer.poll(timeout_ms=200).values():
                    now = time.monotonic()
                    for record in records:
                        sent = run.feed.sent_at[decode_alert(record.value).article.id]
                        self.latencies.append((sent - self._began, now - sent))


def _sample(at: float, process: int) -> Sample:
    files, threads = (len(list(Path(f"/proc/{process}/{folder}").iterdir())) for folder in ("fd", "task"))
    return Sample(at, resident(process), files, threads)


def slope(samples: list[Sample]) -> float:
    """How fast memory grows, in bytes an hour: the straight line of least squares through the samples."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression([each.at / 3600 for each in samples], [each.memory for each in samples]).slope


def report(soak: Soak, verdict: Verdict, restarts: int, rate: float) -> str:
    """What to tell of a soak, as Markdown."""
    ends = max(each.at for samples in soak.samples.values() for each in samples)
    lines = [
        "# Soak",
        "",
        f"`make soak`, {datetime.now(UTC):%Y-%m-%d}: {ends / 60:.0f} minutes at {rate:.0f} articles a second, every",
        "fifth of which tells a story of its own; one worker a stage and `northwire lag`, Apache Kafka, six",
        "partitions, stories that live for an hour.",
        "",
        f"{verdict.acknowledged:,} articles, {verdict.alerts:,} alerts: missing {verdict.missing}, again "
        f"{verdict.again}, different {verdict.different}, unfounded {verdict.unfounded}, disordered "
        f"{verdict.disordered}, lag {verdict.lag}; workers that ended: {restarts}. "
        f"The promise was {'kept' if verdict.kept else '**broken**'}.",
        "",
        "| process | memory after 1 min, MB | half-way | at the end | slope of the second half, MB/h | file handles "
        "| threads |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, samples in soak.samples.items():
        half = [each for each in samples if each.at >= ends / 2]
        first = next(each for each in samples if each.at >= min(60.0, ends))
        memory = " | ".join(f"{each.memory / _MEGABYTE:.0f}" for each in (first, half[0], samples[-1]))
        lines.append(
            f"| {name} | {memory} | {slope(half) / _MEGABYTE:+.1f} "
            f"| {_range([each.files for each in half])} | {_range([each.threads for each in half])} |"
        )
    lines += ["", "Seconds from article to alert:", "", f"| minutes | alerts | {' | '.join(_QUANTILES)} | worst |"]
    lines.append("|---" * (len(_QUANTILES) + 3) + "|")
    starts = [_PART * number for number in range(int(ends // _PART) + 1)]
    for start in starts:
        part = sorted(seconds for sent, seconds in soak.latencies if start <= sent < start + _PART)
        lines.append(_latencies(f"{start / 60:.0f} to {min(start + _PART, ends) / 60:.0f}", part))
    lines.append(_latencies("all", sorted(seconds for _, seconds in soak.latencies)))
    return "\n".join(lines) + "\n"


def _latencies(name: str, ordered: list[float]) -> str:
    if not ordered:
        return f"| {name} | 0 |" + " |" * (len(_QUANTILES) + 1)
    cells = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in _QUANTILES.values()]
    return f"| {name} | {len(ordered):,} | {' | '.join(f'{cell:.3f}' for cell in (*cells, ordered[-1]))} |"


def _range(numbers: list[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low}" if low == high else f"{low} to {high}"


def main() -> str | None:
    """Soaks, and writes the report; a sentence if the promise was broken, for `sys.exit`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=float, default=50, help="articles per second")
    options = parser.parse_args()
    soak = Soak(options.minutes * 60)
    verdict, restarts = perform(soak, ApacheKafka(), least=0, each=1, rate=options.rate, story_window_hours="1")
    text = report(soak, verdict, restarts, options.rate)
    print(text)
    REPORT.write_text(text, encoding="utf-8")
    return None if verdict.kept and not restarts else "the promise was broken, or a worker ended"


if __name__ == "__main__":
    sys.exit(main())
