"""`make drills`: a quarter of an hour at rest, then a fault, and who is paged; for each fault on a stack of its own.

At rest nothing may be sent but the watchdog. Each fault must give exactly the alerts of docs/runbook.md, and each of
these must be taken back once the fault is mended. All stacks run at once, for half an hour; the outcome is written to
tests/observability/REPORT.md.
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import NamedTuple

from tests.clusters.receiver import Notice, Receiver
from tests.clusters.stack import ROOT, Stack
from tests.observability.faults import cut_canary, killed_broker, poison_flood, stopped_lag, stopped_worker

WATCHDOG = "NorthwireWatchdog"
RATE = 5.0
_RUNBOOK = ROOT / "docs" / "runbook.md"
_REPORT = Path(__file__).with_name("REPORT.md")
_FIRST_WITHIN = 900.0
_RESOLVED_WITHIN = 1200.0
_WATCHED_ON = 120.0
"""Seconds for which a fault goes on after the last alert that it must give, so that others would show."""


_APART = 20.0
"""Seconds between the starts of two stacks: a start takes all that the machine has."""


class Drill(NamedTuple):
    """A fault and what must come of it."""

    name: str
    fault: Callable[[Stack], AbstractContextManager[None]]
    alerts: frozenset[str]


class Course(NamedTuple):
    """What came of a fault: seconds from the fault to each alert, and from its mending to each end."""

    drill: Drill
    sent: dict[str, float]
    resolved: dict[str, float]
    held: frozenset[str] = frozenset()
    """What fired, too, and was not sent to anyone."""

    @property
    def as_promised(self) -> bool:
        """Whether just the alerts that must come came, and all were taken back."""
        return self.sent.keys() == self.resolved.keys() == self.drill.alerts


FAULTS = {
    "stop a worker": stopped_worker,
    "kill the broker": killed_broker,
    "poison flood": poison_flood,
    "cut the canary": cut_canary,
    "stop `northwire lag`": stopped_lag,
}


def drills() -> list[Drill]:
    """The drills of the runbook, in its order. Raises KeyError for a fault that nobody knows how to do."""
    rows = re.findall(r"(?m)^\| (.+?) \| (Northwire.+?) \|", _RUNBOOK.read_text(encoding="utf-8"))
    return [Drill(fault, FAULTS[fault], frozenset(alerts.split(", "))) for fault, alerts in rows]


class Exercise:
    """Drills on one running stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._seen = 0

    def rest(self, seconds: float) -> set[str]:
        """What is sent in so many seconds in which nothing happens, the watchdog excepted."""
        self._until(lambda: False, seconds)
        return {notice.name for notice in self._new("firing")}

    def run(self, drill: Drill) -> Course:
        """One drill, from a quiet stack to a quiet stack."""
        self._seen = len(self._stack.receiver.notices)
        with drill.fault(self._stack):
            began = time.time()
            self._until(lambda: drill.alerts <= self._sent(), _FIRST_WITHIN)
            self._until(lambda: False, _WATCHED_ON)
            mended = time.time()
        self._until(lambda: not self._open(), _RESOLVED_WITHIN)
        sent = {notice.name: notice.at - began for notice in reversed(self._new("firing"))}
        over = {notice.name: notice.at - mended for notice in self._new("resolved")}
        resolved = {name: seconds for name, seconds in over.items() if name not in self._open()}
        return Course(drill, sent, resolved, self._fired(time.time() - began) - sent.keys() - {WATCHDOG})

    def _sent(self) -> set[str]:
        return {notice.name for notice in self._new("firing")}

    def _open(self) -> set[str]:
        """Alerts of which it was not said that they are over."""
        last = {(notice.name, *sorted(notice.labels.items())): notice for notice in self._new()}
        return {notice.name for notice in last.values() if notice.status == "firing"}

    def _fired(self, seconds: float) -> frozenset[str]:
        """The alerts that fired in so many seconds, as Prometheus has it."""
        expression = f'count by (alertname) (count_over_time(ALERTS{{alertstate="firing"}}[{seconds:.0f}s]))'
        return frozenset(series["metric"]["alertname"] for series in self._stack.prometheus.query(expression))

    def _new(self, status: str = "") -> list[Notice]:
        notices = self._stack.receiver.notices[self._seen :]
        return [one for one in notices if one.name != WATCHDOG and status in ("", one.status)]

    def _until(self, condition: Callable[[], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not condition() and time.monotonic() < deadline:
            time.sleep(1)
            self._stack.tend()


def report(rest: float, at_rest: set[str], courses: Sequence[Course]) -> str:
    """What is written down."""
    rows = [
        f"| {course.drill.name} | {name if name in course.drill.alerts else f'**{name}, unexpected**'} "
        f"| {_seconds(course.sent, name)} | {_seconds(course.resolved, name)} | {', '.join(sorted(course.held))} |"
        for course in courses
        for name in sorted(course.drill.alerts | course.sent.keys())
    ]
    quiet = f"**{', '.join(sorted(at_rest))}**" if at_rest else "no alert but the watchdog"
    return _PAGE.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        rate=RATE,
        minutes=rest / 60,
        watched=_WATCHED_ON,
        quiet=quiet,
        rows="\n".join(rows),
        verdict="Each fault gave exactly the alerts it must, and each alert ended."
        if not at_rest and all(course.as_promised for course in courses)
        else "**Not as promised.**",
    )


def _seconds(times: Mapping[str, float], name: str) -> str:
    return f"{times[name]:.0f} s" if name in times else "**never**"


def main() -> None:
    """Runs all drills; exit code 1 where they do not go as promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.observability.drills", description=__doc__)
    parser.add_argument("--rest", type=float, default=900.0, metavar="SECONDS", help="how long nothing happens first")
    parser.add_argument("--only", choices=FAULTS, action="append", help="these drills alone; nothing is written")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    chosen = [drill for drill in drills() if not options.only or drill.name in options.only]
    with ProcessPoolExecutor(len(chosen), get_context("spawn"), _prepare) as stacks:
        performances = [stacks.submit(_perform, *numbered, options.rest) for numbered in enumerate(chosen)]
        results = [performance.result() for performance in performances]
    at_rest = set[str]().union(*(names for names, _ in results))
    courses = [course for _, course in results]
    page = report(options.rest, at_rest, courses)
    print(page)
    if not options.only:
        _REPORT.write_text(page, encoding="utf-8")
    if at_rest or not all(course.as_promised for course in courses):
        sys.exit(1)


def _prepare() -> None:
    """Makes a process one that performs a drill."""
    signal.signal(signal.SIGTERM, _leave)
    for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
        del os.environ[name]


def _perform(number: int, drill: Drill, rest: float) -> tuple[set[str], Course]:
    """One drill on a stack of its own: what was sent at rest, and what came of the fault."""
    time.sleep(number * _APART)
    with (
        tempfile.TemporaryDirectory(prefix="northwire-drill-") as folder,
        Receiver() as receiver,
        Stack(Path(folder), receiver, rate=RATE) as stack,
    ):
        exercise = Exercise(stack)
        _say(drill, f"Prometheus is {stack.prometheus.url}, Alertmanager {stack.alertmanager.url}")
        at_rest = exercise.rest(rest)
        _say(drill, f"{', '.join(at_rest) or 'nothing'} at rest; now the fault")
        course = exercise.run(drill)
        _say(drill, f"sent {course.sent}, over {course.resolved}, held back {set(course.held)}")
        return at_rest, course


def _leave(number: int, _: object) -> None:
    for child in active_children():
        child.terminate()
    sys.exit(128 + number)


def _say(drill: Drill, line: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {drill.name}: {line}", flush=True)


_PAGE = """# Drills

Written by `make drills`, last on {date}: Northwire on Apache Kafka, watched by Prometheus and Alertmanager with the
rules and routes of deploy/, {rate:g} articles a second all the time; for each fault a stack of its own, all at once
on one machine. What each alert means: [the runbook](../../docs/runbook.md).

Each at rest for {minutes:.0f} minutes: {quiet}. {verdict}

| fault | alert | sent after | over after the mending | held back |
|---|---|---|---|---|
{rows}

Seconds are as the webhook saw them; an alert that holds others back goes on for minutes by its `keep_firing_for`.
*Stop a worker*: SIGSTOP for the only tagging worker. *Kill the broker*: SIGKILL for the only one. *Poison flood*:
damaged messages, as many as articles. *Cut the canary*: the Kafka topic `alerts.canary` takes no message any more,
while all others do. *Stop `northwire lag`*: SIGSTOP. Each goes on for {watched:.0f} s after its alert, so that others
would show.
"""


if __name__ == "__main__":
    main()
