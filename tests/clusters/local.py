"""`make stack` and `make stop`: everything on this machine, in the background, from an empty state each time.

One process, the keeper, starts all others, starts again what ends, and holds a lock for as long as it lives; the
kernel ends the others should it be killed.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from io import FileIO
from pathlib import Path

from streams.errors import NorthwireError
from streams.metrics import TAGGING
from tests.clusters import NotAvailable
from tests.clusters.receiver import Notice, Receiver
from tests.clusters.stack import ROOT, Stack

FOLDER = ROOT / ".stack"
_STOPPED_WITHIN = 90.0
_PAUSE = 0.1


class State:
    """The files in the folder of a stack."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self.pid = folder / "pid"
        self.log = folder / "stack.log"
        self.notices = folder / "alerts.log"
        self.way_on = folder / "running.txt"
        """There while everything is ready: what to tell whoever started it."""

    def clear(self) -> None:
        """Forget the stack before, except for the lock."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != self.lock:
                path.unlink()


def start(state: State, rate: float) -> int:
    """Start everything and return once it is ready; the exit code. What runs already is left alone."""
    state.folder.mkdir(exist_ok=True)
    with state.lock.open("wb", buffering=0) as lock:
        if not _acquired(lock):
            print(state.way_on.read_text("utf-8") if state.way_on.exists() else "It is being started, or stopped.")
            return 0
        state.clear()
        keeper = _keeper(state, lock, rate)
    try:
        return _follow(state, keeper)
    except KeyboardInterrupt:
        print("\nstopping")
        stop(state)
        return 130


def stop(state: State) -> int:
    """Return when nothing that `start` started is left; the exit code. Does nothing where nothing runs."""
    state.folder.mkdir(exist_ok=True)
    with state.lock.open("wb", buffering=0) as lock:
        if _acquired(lock):
            print("Nothing runs.")
            return 0
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(FileNotFoundError, ProcessLookupError):
                os.kill(int(state.pid.read_text("ascii")), number)
            if _acquired(lock, within=_STOPPED_WITHIN):
                print(f"Stopped. The logs are in {state.folder} until the next start.")
                return 0
    print(f"What runs in {state.folder} does not end.", file=sys.stderr)
    return 1


def keep(state: State, rate: float) -> int:
    """Be the keeper, until SIGTERM; the exit code."""
    for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
        del os.environ[name]
    signal.signal(signal.SIGTERM, _leave)
    try:
        with (
            Receiver(partial(_note, state.notices)) as receiver,
            Stack(state.folder, receiver, rate=rate, say=_say) as stack,
            _told(state, stack),
        ):
            while True:
                time.sleep(1)
                stack.tend()
                stack.kafka.start_node(1, wait=False)
    except (NorthwireError, NotAvailable) as error:
        _say(str(error))
        return 1


def _acquired(lock: FileIO, within: float = 0.0) -> bool:
    """Whether nobody else holds the lock any more; then we do, and whoever we pass it to, until all have closed it."""
    deadline = time.monotonic() + within
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _keeper(state: State, lock: FileIO, rate: float) -> subprocess.Popen[bytes]:
    with state.log.open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-u", "-m", "tests.clusters.local", "keep", f"--folder={state.folder}", f"--rate={rate}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    state.pid.write_text(str(keeper.pid), "ascii")
    return keeper


def _follow(state: State, keeper: subprocess.Popen[bytes]) -> int:
    """Show what the keeper says until all is ready or it has ended."""
    with state.log.open("r", encoding="utf-8") as log:
        while True:
            ended, ready = keeper.poll() is not None, state.way_on.exists()
            print(log.read(), end="", flush=True)
            if ready:
                print(f"\n{state.way_on.read_text('utf-8')}")
                return 0
            if ended:
                return 1
            time.sleep(_PAUSE)


@contextmanager
def _told(state: State, stack: Stack) -> Iterator[None]:
    draft = state.way_on.with_suffix(".new")
    draft.write_text(_way_on(state, stack), "utf-8")
    draft.rename(state.way_on)
    try:
        yield
    finally:
        state.way_on.unlink()


def _way_on(state: State, stack: Stack) -> str:
    bootstrap, prometheus, alertmanager = stack.kafka.bootstrap, stack.prometheus.url, stack.alertmanager.url
    northwire = Path(sys.executable).with_name("northwire")
    command = northwire.relative_to(ROOT) if northwire.is_relative_to(ROOT) else northwire
    return f"""\
Northwire runs; make stop ends it. Its logs are in {state.folder}; who was paged is in alerts.log.

  Prometheus     {prometheus}      alerts, rules and targets are in its menu
  Alertmanager   {alertmanager}      as Debian packages it, it has no pages: ask with amtool, below
{"".join(f"  {name:14} http://{worker.address}/metrics{chr(10)}" for name, worker in stack.workers.items())}\
  Kafka          {bootstrap}

To try:
  {command} subscribe --from earliest -b {bootstrap}
  {command} stories -b {bootstrap}
  {command} ingest -b {bootstrap} FILE
  amtool --alertmanager.url={alertmanager} alert query
  kill -STOP {stack.workers[TAGGING].process.pid}     tagging stands still, and somebody is paged; kill -CONT undoes it

Grafana is not among Debian's packages: docker compose up starts it, with the dashboards of deploy/grafana/dashboards.
"""


def _say(line: str) -> None:
    print(line, flush=True)


def _note(file: Path, notice: Notice) -> None:
    at = datetime.fromtimestamp(notice.at, UTC).isoformat(timespec="seconds")
    with file.open("a", encoding="utf-8") as lines:
        what = notice.annotations.get("description", "")
        lines.write(f"{at} {notice.status:8} {notice.receiver:8} {notice.name}: {what}\n")


def _leave(number: int, _: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    """Start or stop everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.clusters.local", description=__doc__)
    parser.add_argument("act", choices=["start", "stop", "keep"])
    parser.add_argument("--rate", type=float, default=2.0, metavar="N", help="articles per second (default 2; 0: none)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its files are (default .stack)")
    arguments = parser.parse_args()
    state = State(arguments.folder.absolute())
    match arguments.act:
        case "start":
            sys.exit(start(state, arguments.rate))
        case "stop":
            sys.exit(stop(state))
        case _:
            sys.exit(keep(state, arguments.rate))


if __name__ == "__main__":
    main()
