"""Workers, and what watches them, as processes of their own, as a supervisor would run them."""

import json
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from streams.errors import NorthwireError
from streams.kafka.embedded import ChildProcess, free_ports
from streams.metrics import LAG

_READY_WITHIN = 60.0
_PAUSE = 0.05


class WorkerProcess:
    """`northwire worker STAGE`, or `northwire lag`, in a process of its own, stopped at the end of the context.

    It is set by `settings` alone (`partitions="2"` for NORTHWIRE_PARTITIONS), whatever this process was
    set by. Its log lies in `folder` and stays there; without one it is kept only where the worker failed.
    Blocks; see `ChildProcess` on threads.
    """

    def __init__(self, stage: str, folder: Path | None = None, /, **settings: str) -> None:
        self.stage = stage
        self._port = free_ports(1)[0]
        self._environment = environment({**settings, "metrics_port": str(self._port)})
        self._folder = folder or Path(tempfile.mkdtemp(prefix="northwire-worker-"))
        self._log_file = self._folder / f"{stage}.log"
        self._kept = folder is not None
        self._child: ChildProcess | None = None

    @property
    def address(self) -> str:
        """Where it serves /metrics, as host:port; the same after another `start`."""
        return f"127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What the worker wrote so far."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def command(self) -> list[str]:
        """What is started."""
        return [sys.executable, "-m", "streams.cli.main", *([] if self.stage == LAG else ["worker"]), self.stage]

    def start(self) -> Self:
        """Starts without waiting."""
        self._child = ChildProcess(
            self.command,
            log_file=self._log_file,
            directory=Path.cwd(),
            environment=self._environment,
        )
        return self

    def wait_until_ready(self) -> Self:
        """Returns once the worker has joined its group. Raises `NorthwireError` with its last words."""
        deadline = time.monotonic() + _READY_WITHIN
        while not self.is_ready:
            self.require_running()
            if time.monotonic() > deadline:
                raise self.failure("is not ready in time")
            time.sleep(_PAUSE)
        return self

    @property
    def is_ready(self) -> bool:
        """Whether it says so now."""
        return self._fetch("/readyz") is not None

    @property
    def exposition(self) -> bytes:
        """All its metrics, as Prometheus would read them; nothing if it does not answer."""
        return self._fetch("/metrics") or b""

    def require_running(self) -> None:
        """Raises `NorthwireError` with the worker's last words if it has ended."""
        if not self.process.running:
            raise self.failure("has ended")

    def failure(self, what: str) -> NorthwireError:
        """What to tell a person: the worker's last words, and where to read the rest. The log is kept."""
        self._kept = True
        last = next((line for line in reversed(self.log.splitlines()) if line.strip()), "it said nothing")
        return NorthwireError(f"The {self.stage} worker {what} ({_in_words(last)}): read {self._log_file}")

    def metric(self, name: str, **labels: str) -> float:
        """A sample of the worker's metrics, summed over the labels that are not named; 0 if it does not answer."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.exposition.decode())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    @property
    def process(self) -> ChildProcess:
        """The process. Raises `NorthwireError` unless started."""
        if self._child is None:
            raise NorthwireError(f"The {self.stage} worker was not started: call start() first.")
        return self._child

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process.running:
            self.process.stop()
        if not self._kept:
            shutil.rmtree(self._folder)

    def _fetch(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except (urllib.error.URLError, OSError):
            return None


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with these settings (`partitions` for NORTHWIRE_PARTITIONS) and no other."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NORTHWIRE_")}
    return {**inherited, **{f"NORTHWIRE_{name.upper()}": value for name, value in settings.items()}}


def _in_words(line: str) -> str:
    """What a log line says: its event, and the last line of its exception."""
    try:
        told = json.loads(line)
        said = [told["event"], *told.get("exception", "").splitlines()[-1:]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return line
    return ": ".join(map(str, said))
