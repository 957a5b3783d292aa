"""Every fault, one after the other, each on a cluster of its own: `python -m tests.faults [SCENARIO…]`.

All of them take about three quarters of an hour. tests/faults/REPORT.md is written anew after each.
"""

import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kafka import TopicPartition
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from streams.kafka.application import MOST_EVENTS
from streams.kafka.layout import STORIES, alerts
from tests.clusters.apache import ApacheKafka
from tests.faults.oracle import Verdict
from tests.faults.run import PARTITIONS, RATE, Run, perform, resident

REPORT = Path(__file__).with_name("REPORT.md")
_HEADINGS = ("acknowledged", "alerts", "missing", "again", "different", "unfounded", "disordered", "lag", "restarts")


def sigkill(run: Run) -> None:
    """A worker is killed, ten times, three to ten seconds apart"""
    for number in range(10):
        run.live(random.uniform(3, 10))
        run.fleet.workers[number % len(run.fleet.workers)].kill()


def rolling_restart(run: Run) -> None:
    """Every worker is stopped by SIGTERM and started again, one after the other"""
    for worker in run.fleet.workers:
        run.fleet.replace(worker)
        run.live(2)


def rebalances(run: Run) -> None:
    """From one worker a stage to four and back, twice"""
    for _ in range(2):
        more = [run.fleet.add(stage) for _ in range(3) for stage in ("tagging", "stories")]
        for worker in more:
            worker.wait_until_ready()
        run.live(10)
        for worker in more:
            run.fleet.dismiss(worker)
        run.live(3)


def frozen_worker(run: Run) -> None:
    """A worker of each stage stands still for 90 s (SIGSTOP) and goes on, its partitions long with another"""
    tagging, _, stories, _ = run.fleet.workers
    for worker in (tagging, stories):
        worker.process.freeze()
    run.live(90)
    for worker in (tagging, stories):
        worker.process.thaw()
    run.live(10)


def frozen_broker(run: Run) -> None:
    """The only broker stands still for 10 s, five times"""
    for _ in range(5):
        _freeze(run, 10)
        run.live(5)


def frozen_broker_20(run: Run) -> None:
    """The only broker stands still for 20 s"""
    _freeze(run, 20)


def frozen_broker_70(run: Run) -> None:
    """The only broker stands still for 70 s, longer than a delivery may take"""
    _freeze(run, 70)


def killed_broker(run: Run) -> None:
    """The only broker is killed and comes back after 10 s"""
    run.kafka.kill(1)
    run.live(10)
    run.kafka.start_node(1)


def killed_leaders(run: Run) -> None:
    """Of three brokers one after the other is killed and comes back, five times"""
    for number in range(5):
        node = number % 3 + 1
        run.kafka.kill(node)
        run.live(8)
        run.kafka.start_node(node)
        run.live(4)


def no_quorum(run: Run) -> None:
    """Two of three brokers are killed and come back after 20 s: meanwhile nothing is acknowledged"""
    run.kafka.kill(1)
    run.kafka.kill(2)
    run.live(20)
    for node in (1, 2):
        run.kafka.start_node(node, wait=False)
    run.live(5)


def bad_network(run: Run) -> None:
    """All connections pass a proxy that is slow (0.3 s), ends the brokers' side of them, and cuts them, five times"""
    (proxy,) = run.kafka.proxies
    for _ in range(5):
        proxy.slow_down(0.3)
        run.live(5)
        proxy.slow_down(0)
        proxy.half_close()
        run.live(3)
        proxy.cut()
        run.live(2)


def burst(run: Run) -> None:
    """Ten times as many articles for 20 s, on one worker a stage, which takes in no more than it has room for"""
    before = _held(run)
    run.feed.rate = 10 * RATE
    most = 0.0
    for _ in range(20):
        run.live(1)
        most = max(most, *(worker.metric("northwire_inflight_messages") for worker in run.fleet.workers))
    run.feed.rate = RATE
    grown = [(now - then) / 2**20 for then, now in zip(before, _held(run), strict=True)]
    print(f"    in hand at most {most:,.0f}; memory grew by {', '.join(f'{one:.0f} MiB' for one in grown)}")
    assert 0 < most <= 2 * MOST_EVENTS + 1024, "a worker takes in more than it has room for"
    assert max(grown) < 256, "memory follows the backlog"


def refused(run: Run) -> None:
    """Kafka takes no alerts on arctic from anyone for 15 s (ACL)"""
    only_reading = [
        ACL("User:*", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.TOPIC, alerts("arctic")))
        for operation in (ACLOperation.READ, ACLOperation.DESCRIBE)
    ]
    with run.road.admin() as admin:
        admin.create_acls(only_reading)
        run.live(15)
        admin.delete_acls(only_reading)


def full_broker(run: Run) -> None:
    """The only broker can write no more, and ends; after 10 s there is space again"""
    _fill_disk(run.kafka.pids[1])
    run.live(10)
    if run.kafka.pids:
        run.kafka.kill(1)
    run.kafka.start_node(1)


def full_workers(run: Run) -> None:
    """No worker can write a byte to disk for 20 s, and then all are killed"""
    for worker in run.fleet.workers:
        _fill_disk(worker.process.pid)
    run.live(20)
    for worker in run.fleet.workers:
        worker.kill()


def emptied_journal(run: Run) -> None:
    """The journal of stories is emptied, and every worker that read it is killed"""
    everything = {TopicPartition(STORIES, number): -1 for number in range(PARTITIONS)}
    with run.road.admin() as admin:
        admin.delete_records(everything)
    for worker in run.fleet.workers:
        worker.kill()
    run.live(5)


def wrong_clocks(run: Run) -> None:
    """Workers are killed and come back with clocks that are two hours ahead, or behind"""
    for number, worker in enumerate(run.fleet.workers):
        worker.clock = timedelta(hours=2 if number % 2 else -2)
        worker.kill()
        run.live(5)


def _held(run: Run) -> list[int]:
    """The memory of each worker, in bytes."""
    return [resident(worker.process.pid) for worker in run.fleet.workers]


def _fill_disk(process: int) -> None:
    """Whatever a process would write to a file fails from now on: as on a full disk, without filling one."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))


def _freeze(run: Run, seconds: float) -> None:
    run.kafka.freeze(1)
    run.live(seconds)
    run.kafka.thaw(1)


class Scenario(NamedTuple):
    """A fault, and on what it comes down. Where `once` no alert may come twice."""

    harm: Callable[[Run], None]
    kafka: Callable[[], ApacheKafka] = ApacheKafka
    each: int = 2
    least: int = 4_000
    once: bool = False

    @property
    def name(self) -> str:
        return self.harm.__name__

    def kept_by(self, verdict: Verdict) -> bool:
        """Whether the promise was kept."""
        return verdict.kept and not (self.once and verdict.again)


_AUTHORIZING = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}

SCENARIOS = (
    Scenario(killed_broker),
    Scenario(frozen_broker_20),
    Scenario(no_quorum, partial(ApacheKafka, 3)),
    Scenario(killed_leaders, partial(ApacheKafka, 3)),
    Scenario(bad_network, partial(ApacheKafka, proxied=True)),
    Scenario(burst, each=1),
    Scenario(refused, partial(ApacheKafka, settings=_AUTHORIZING)),
    Scenario(full_broker),
    Scenario(full_workers),
    Scenario(emptied_journal),
    Scenario(wrong_clocks),
    Scenario(sigkill, least=20_000),
    Scenario(rolling_restart, once=True),
    Scenario(frozen_worker),
    Scenario(frozen_broker),
    Scenario(frozen_broker_70),
    Scenario(rebalances, each=1, once=True),
)


def main(arguments: list[str]) -> str | None:
    """Performs the scenarios that are named, or all; a sentence if the promise was broken, for `sys.exit`."""
    if unknown := set(arguments) - {scenario.name for scenario in SCENARIOS}:
        return f"no scenario is called {min(unknown)}: {', '.join(scenario.name for scenario in SCENARIOS)}"
    lines, broken = [], []
    for scenario in SCENARIOS:
        if arguments and scenario.name not in arguments:
            continue
        print(f"{scenario.name}: {scenario.harm.__doc__}", flush=True)
        began = time.monotonic()
        kafka = scenario.kafka()
        verdict, restarts = perform(scenario.harm, kafka, least=scenario.least, each=scenario.each)
        kept = scenario.kept_by(verdict)
        broken += [] if kept else [scenario.name]
        told = ", ".join(f"{name} {number:,}" for name, number in zip(_HEADINGS, (*verdict, restarts), strict=True))
        print(f"    {'kept' if kept else 'BROKEN'} after {time.monotonic() - began:.0f} s: {told}", flush=True)
        cells = " | ".join(f"{number:,}" for number in (*verdict, restarts))
        lines.append(f"| {scenario.harm.__doc__} | {kafka.size} | {cells} | {'yes' if kept else '**no**'} |")
        if not arguments:
            REPORT.write_text(_report(lines), encoding="utf-8")
    return f"the promise was broken: {', '.join(broken)}" if broken else None


def _report(lines: list[str]) -> str:
    headings = " | ".join(("fault", "brokers", *_HEADINGS, "kept"))
    table = "\n".join((f"| {headings} |", "|---" * (len(_HEADINGS) + 3) + "|", *lines))
    return f"""# Faults

`make faults`, {datetime.now(UTC):%Y-%m-%d}: Apache Kafka, {len(lines)} of {len(SCENARIOS)} faults,
each on a cluster of its own, six partitions, {RATE:.0f} articles a second without a pause. Every fifth article tells a
story of its own and must give its alert; which, to the byte, is computed offline by the core alone. Workers that end
are started again.

{table}

*Acknowledged*: articles that Kafka took. *Missing*: alerts that follow from these and did not come. *Again*: alerts
that came more than once, each time the same to the byte: at least once is what is promised; where all workers stop in
good order it must be 0. *Different*: not what the core makes of the article. *Unfounded*: from no article that was
sent. *Disordered*: tagged before one that stood ahead in its partition. *Lag*: not committed in the end. *Restarts*:
workers that ended, by the fault or by themselves.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
