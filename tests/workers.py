"""Real worker processes, as an operator would start them, for broker tests and benchmarks."""

import sys
from datetime import timedelta
from typing import Self

from streams.cli.processes import WorkerProcess


class Worker(WorkerProcess):
    """`northwire worker STAGE`, ready when the context begins and stopped when it ends."""

    def __init__(self, stage: str, bootstrap: str, **settings: str) -> None:
        super().__init__(stage, **{"bootstrap_servers": bootstrap, "session_timeout": "6", **settings})
        self.clock = timedelta()
        """How far the clock of the next start is ahead."""

    @property
    def command(self) -> list[str]:
        if not self.clock:
            return super().command
        _, _, _, *arguments = super().command
        return [sys.executable, "-m", "tests.faults.clock", str(self.clock.total_seconds()), *arguments]

    def stop(self) -> int:
        """SIGTERM, and the exit code: negative where it had to be killed after 20 s."""
        self.process.stop(timeout=20)
        return self.process.exit_code

    def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        self.process.kill()

    def __enter__(self) -> Self:
        return (self if self._child else self.start()).wait_until_ready()
