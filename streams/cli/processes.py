"""Workers as processes of their own, as a supervisor would run them."""

import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from streams.errors import NorthwireError
from streams.kafka.embedded import ChildProcess, free_ports

_READY_WITHIN = 60.0
_PAUSE = 0.05
_LAST_WORDS = 2000


class WorkerProcess:
    """`northwire worker STAGE` in a process of its own, stopped at the end of the context.

    It is set by `settings` alone (`partitions="2"` for NORTHWIRE_PARTITIONS), whatever this process was
    set by. Blocks; see `ChildProcess` on threads.
    """

    def __init__(self, stage: str, **settings: str) -> None:
        self.stage = stage
        self._port = free_ports(1)[0]
        ours = {**settings, "metrics_port": str(self._port)}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NORTHWIRE_")},
            **{f"NORTHWIRE_{name.upper()}": value for name, value in ours.items()},
        }
        self._folder = tempfile.TemporaryDirectory(prefix="northwire-worker-")
        self._log_file = Path(self._folder.name) / "log"
        self._child: ChildProcess | None = None

    @property
    def log(self) -> str:
        """What the worker wrote so far."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    def start(self) -> Self:
        """Starts without waiting."""
        self._child = ChildProcess(
            [sys.executable, "-m", "streams.cli.main", "worker", self.stage],
            log_file=self._log_file,
            directory=Path.cwd(),
            environment=self._environment,
        )
        return self

    def wait_until_ready(self) -> Self:
        """Returns once the worker has joined its group. Raises `NorthwireError` with its last words."""
        deadline = time.monotonic() + _READY_WITHIN
        while self._fetch("/readyz") is None:
            self.require_running()
            if time.monotonic() > deadline:
                raise NorthwireError(f"The {self.stage} worker is not ready in time: {self.log[-_LAST_WORDS:]}")
            time.sleep(_PAUSE)
        return self

    def require_running(self) -> None:
        """Raises `NorthwireError` with the worker's last words if it has ended."""
        if not self.process.running:
            raise NorthwireError(f"The {self.stage} worker has ended: {self.log[-_LAST_WORDS:]}")

    def metric(self, name: str, **labels: str) -> float:
        """A sample of the worker's metrics, summed over the labels that are not named; 0 if it does not answer."""
        text = (self._fetch("/metrics") or b"").decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
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
        self._folder.cleanup()

    def _fetch(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except (urllib.error.URLError, OSError):
            return None
