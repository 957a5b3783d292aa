"""Real worker processes, as an operator would start them, for broker tests and benchmarks."""

import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from streams.kafka.embedded import ChildProcess, free_ports

_READY_WITHIN = 60.0
_PAUSE = 0.05


class Worker:
    """`northwire worker STAGE` in a process of its own, stopped at the end of the context."""

    def __init__(self, stage: str, bootstrap: str, **settings: str) -> None:
        self.stage = stage
        self._port = free_ports(1)[0]
        self._environment = {
            **os.environ,
            "NORTHWIRE_BOOTSTRAP_SERVERS": bootstrap,
            "NORTHWIRE_METRICS_PORT": str(self._port),
            "NORTHWIRE_SESSION_TIMEOUT": "6",
            **{f"NORTHWIRE_{name.upper()}": value for name, value in settings.items()},
        }
        self._folder = Path(tempfile.mkdtemp(prefix="northwire-worker-"))
        self._child: ChildProcess | None = None

    @property
    def log(self) -> str:
        """What the worker wrote so far."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running().pid

    def start(self) -> Self:
        """Start without waiting."""
        self._child = ChildProcess(
            [sys.executable, "-m", "streams.cli.main", "worker", self.stage],
            log_file=self._folder / "log",
            directory=Path.cwd(),
            environment=self._environment,
        )
        return self

    def wait_until_ready(self) -> Self:
        """Return once the worker has joined its group; fails with its log if it does not."""
        deadline = time.monotonic() + _READY_WITHIN
        while self._fetch("/readyz") is None:
            if time.monotonic() > deadline or not self._running().running:
                raise AssertionError(f"the {self.stage} worker is not ready:\n{self.log[-4000:]}")
            time.sleep(_PAUSE)
        return self

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        child = self._running()
        child.stop(timeout=20)
        return child.exit_code

    def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        self._running().kill()

    def metric(self, name: str, **labels: str) -> float:
        """A sample of the worker's own metrics, summed over the labels that are not named."""
        text = (self._fetch("/metrics") or b"").decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def __enter__(self) -> Self:
        return self.start().wait_until_ready()

    def __exit__(self, *_: object) -> None:
        if self._child is not None and self._child.running:
            self.stop()

    def _fetch(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except (urllib.error.URLError, OSError):
            return None

    def _running(self) -> ChildProcess:
        assert self._child is not None, "start the worker first"
        return self._child
