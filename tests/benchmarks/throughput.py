"""How many articles one tagging worker sustains on a real Apache Kafka, and in how much memory.

Run `python -m tests.benchmarks.throughput`. The articles wait in Kafka before the worker starts, and
every delivery is awaited, as always. "Per core" divides by the worker's own processor time, so that
a broker on the other core does not count. The bare scan, timed before and after, says how fast the
machine was just then: the ratio to it holds from one machine to the next, the rates do not.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

from kafka import KafkaProducer

from streams.kafka import admin
from streams.kafka.layout import kafka_layout
from streams.settings import Settings, read_settings
from streams.watchlist import load_topics
from tests.benchmarks.articles import messages
from tests.benchmarks.floor import bare_scan
from tests.clusters.apache import ApacheKafka
from tests.workers import Worker

PARTITIONS = 6
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Prints the sustained rate, the rate per core, and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=60_000)
    count = parser.parse_args().articles
    with ApacheKafka(heap="768m", tiered_stop=False) as kafka:
        settings = read_settings(bootstrap_servers=kafka.bootstrap, partitions=PARTITIONS)
        admin.prepare(settings, kafka_layout(settings))
        fill(kafka.bootstrap, count)
        floor = _bare_scan(settings)
        with Worker("tagging", kafka.bootstrap, partitions=str(PARTITIONS)) as worker:
            first, began, cpu_began = _when_reached(worker, count // 10)
            last, ended, cpu_ended = _when_reached(worker, count - count // 20)
            tagged = worker.metric("northwire_articles_total", outcome="tagged")
            peak = _peak_memory(worker.process.pid)
        floor = (floor + _bare_scan(settings)) / 2
    done = last - first
    cost = (cpu_ended - cpu_began) / done
    print(f"{count} articles, {tagged / last:.1%} tagged, {PARTITIONS} partitions, one worker, Apache Kafka")
    print(f"sustained        {done / (ended - began):8.0f} articles/s")
    print(f"per core         {1 / cost:8.0f} articles per second of processor time")
    print(f"processor time   {cost * 1e6:8.0f} µs per article")
    print(f"                 {cost / floor:8.1f} times a bare scan, which took {floor * 1e6:.0f} µs")
    print(f"peak memory      {peak / 2**20:8.0f} MB")


def _bare_scan(settings: Settings) -> float:
    """Seconds for an article, with the broker idle: before and after the worker."""
    values = [value for _, value in messages(0, 400)]
    bare = bare_scan(load_topics(settings), values)
    return statistics.median(bare() for _ in range(15)) / len(values)


def fill(bootstrap: str, count: int, first: int = 0) -> None:
    """Put so many articles on `articles`."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, batch_size=2**18)
    try:
        for key, value in messages(first, count):
            producer.send("articles", value, key=key)
        producer.flush()
    finally:
        producer.close()


def _when_reached(worker: Worker, count: int) -> tuple[float, float, float]:
    while (handled := worker.metric("northwire_articles_total")) < count:
        time.sleep(0.5)
    return handled, time.monotonic(), _cpu_seconds(worker.process.pid)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
