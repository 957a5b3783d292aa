"""All of Northwire on this machine, without Docker: Apache Kafka, the workers, what watches them, and some load."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from streams.cli.processes import WorkerProcess, environment
from streams.kafka import admin
from streams.kafka.layout import kafka_layout
from streams.metrics import LAG, STORIES, TAGGING
from streams.settings import Settings, read_settings
from tests.clusters.apache import ApacheKafka
from tests.clusters.load import sources
from tests.clusters.receiver import Receiver
from tests.clusters.toolchain import ensure_toolchain
from tests.clusters.watchers import Alertmanager, Program, Prometheus

ROOT = Path(__file__).parents[2]
PROCESSES = (TAGGING, STORIES, LAG)
_RESTART_AFTER = 3.0
"""Seconds until what has ended is started again, as a supervisor would."""


class Stack:
    """Everything, started by the context and stopped with it; files and logs lie in `folder`.

    `rate` is the load in articles a second, 0 for none. `receiver` is who is paged. `say` is told what is ready.
    `settings` are those of the Northwire processes (`canary_interval="10"`), over the defaults.
    Blocks; see `ChildProcess` on threads.
    """

    def __init__(
        self,
        folder: Path,
        receiver: Receiver,
        *,
        rate: float = 2.0,
        say: Callable[[str], None] = lambda _: None,
        **settings: str,
    ) -> None:
        self.receiver = receiver
        self.workers: dict[str, WorkerProcess] = {}
        self.kafka = ApacheKafka(directory=folder / "kafka")
        self._folder = folder
        self._rate = rate
        self._say = say
        self._settings = {"sources": ",".join(sources()), **settings}
        self._programs: list[Program] = []
        self._ended: dict[str, float] = {}
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        """Returns once all is ready. Raises `NorthwireError` or `NotAvailable`."""
        ensure_toolchain("prometheus", "prometheus-alertmanager")
        with self._exit:
            self._start_kafka()
            self._start_workers()
            self._start_watchers()
            self._start_load()
            self._exit = self._exit.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def settings(self) -> Settings:
        """Those of the Northwire processes."""
        return read_settings(**self._settings)

    def tend(self) -> None:
        """Start again what has ended, Kafka excepted; to be called every second or so."""
        now = time.monotonic()
        for name, running, start in (
            *((name, worker.process.running, worker.start) for name, worker in self.workers.items()),
            *((program.name, program.running, program.start) for program in self._programs),
        ):
            if running:
                self._ended.pop(name, None)
            elif now - self._ended.setdefault(name, now) >= _RESTART_AFTER:
                self._say(f"{name} has ended; starting it again")
                start()

    def _start_kafka(self) -> None:
        self._say("Apache Kafka is being started; the first time on a machine it is fetched.")
        self._exit.enter_context(self.kafka)
        self._settings["bootstrap_servers"] = self.kafka.bootstrap
        self._say(f"Kafka         {self.kafka.bootstrap}")
        created = admin.prepare(self.settings, kafka_layout(self.settings)).created
        self._say(f"kafka init    {len(created)} Kafka topics")

    def _start_workers(self) -> None:
        for name in PROCESSES:
            worker = WorkerProcess(name, self._folder, **self._settings)
            self.workers[name] = self._exit.enter_context(worker)
        for name, worker in self.workers.items():
            worker.wait_until_ready()
            self._say(f"{name:13} http://{worker.address}/metrics")

    def _start_watchers(self) -> None:
        self.alertmanager = Alertmanager(self._folder, self.receiver.url)
        targets = {f"northwire-{name}": worker.address for name, worker in self.workers.items()}
        self.prometheus = Prometheus(self._folder, targets, self.alertmanager.address)
        for server in (self.alertmanager, self.prometheus):
            self._run(server)
        for server in (self.alertmanager, self.prometheus):
            self._say(f"{server.name:13} {server.wait_until_ready().url}")

    def _start_load(self) -> None:
        if not self._rate:
            return
        command = [sys.executable, "-m", "tests.clusters.load", "--rate", str(self._rate)]
        path = {"PYTHONPATH": str(ROOT)}
        self._run(Program("load", command, self._folder, environment(self._settings) | path))
        self._say(f"load          {self._rate:g} articles a second")

    def _run(self, program: Program) -> None:
        program.start()
        self._exit.callback(program.stop)
        self._programs.append(program)
