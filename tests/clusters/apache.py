"""A real Apache Kafka of one or more nodes, each broker and controller at once (KRaft)."""

import argparse
import os
import shutil
import signal
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from streams.errors import BrokerUnavailable
from streams.kafka.embedded import free_ports
from streams.kafka.readiness import wait_until_ready
from tests.clusters.certificates import CA_FILE, KEYSTORE, write_certificates
from tests.clusters.node import Node, format_folders, security_of, settings_of
from tests.clusters.proxy import Proxy
from tests.clusters.toolchain import archive_classes, class_archive, ensure_toolchain, kafka_jars

_START_ATTEMPTS = 3
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 15.0


class ApacheKafka:
    """A cluster on loopback ports; nodes are numbered from 1, as Kafka's own ids are.

    With a `directory` the messages outlive `stop`, for a later `start` of this or another
    object; otherwise they lie in a temporary one, removed by `stop` unless
    NORTHWIRE_KEEP_KAFKA=1. An object keeps its ports from one `start` to the next.
    `secured` makes clients speak SASL_SSL with SCRAM-SHA-256, `username` and `password`,
    trusting `ca_file`; `proxied` makes them go through `proxies`. `tiered_stop=False`
    gives the JVM its full compiler, for benchmarks. `settings` go into every server.properties,
    over our own.
    """

    name = "apache"
    username = "northwire"
    password = "sea-ice-in-september"

    def __init__(
        self,
        nodes: int = 1,
        heap: str = "384m",
        *,
        secured: bool = False,
        proxied: bool = False,
        tiered_stop: bool = True,
        directory: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._secured, self._proxied = secured, proxied
        self._kept = directory is not None
        self._directory = directory.absolute() if directory else None
        self._settings = dict(settings or {})
        self._nodes = [Node(number) for number in range(1, nodes + 1)]
        self._cluster_id = ""
        self._java: list[str] = []
        self._flags = [
            f"-Xms{heap}",
            f"-Xmx{heap}",
            "-XX:+UseSerialGC",
            *(["-XX:TieredStopAtLevel=1"] if tiered_stop else []),
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
        ]

    @property
    def size(self) -> int:
        """How many nodes there are, running or not."""
        return len(self._nodes)

    @property
    def bootstrap(self) -> str:
        """The addresses of all nodes, also of those that are down."""
        return ",".join(node.address for node in self._nodes)

    @property
    def pids(self) -> dict[int, int]:
        """The process ids of the nodes that run or are frozen, by node id."""
        return {node.id: node.process.pid for node in self._nodes if node.running}

    @property
    def proxies(self) -> list[Proxy]:
        """What clients of a proxied cluster go through, a proxy for each node."""
        return [node.proxy for node in self._nodes if node.proxy]

    @property
    def directory(self) -> Path:
        """Where data and `node-N/broker.log` are. Raises BrokerUnavailable unless started."""
        if self._directory is None:
            raise BrokerUnavailable("Apache Kafka is not running: call start() first.")
        return self._directory

    @property
    def ca_file(self) -> Path:
        """The authority that clients of a secured cluster must trust."""
        return self.directory / CA_FILE

    @property
    def security(self) -> dict[str, Any]:
        """The kafka-python options that clients of this cluster need."""
        if not self._secured:
            return {}
        return {
            "security_protocol": "SASL_SSL",
            "ssl_cafile": str(self.ca_file),
            "sasl_mechanism": "SCRAM-SHA-256",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }

    def start(self) -> None:
        """Return once every node stores messages; does nothing when already started.

        Raises NotAvailable when this machine cannot run Apache Kafka, and
        BrokerUnavailable, with nothing left running, when the cluster does not come up.
        """
        if self.pids:
            return
        ensure_toolchain("java")
        try:
            self._prepare()
            self._start_all()
            self._quicken()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Return when no node is left: SIGTERM to all, 15 s, SIGKILL."""
        running = [node.process for node in self._nodes if node.running]
        for process in running:
            process.ask_to_stop()
        deadline = time.monotonic() + _STOP_TIMEOUT
        for process in running:
            process.stop(max(0.0, deadline - time.monotonic()))
        self._close_proxies()
        keep = self._kept or os.environ.get("NORTHWIRE_KEEP_KAFKA") == "1"
        if self._directory is not None and not keep:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def kill(self, node: int) -> None:
        """End a node by SIGKILL; its data stay."""
        self._node(node).process.kill()

    def freeze(self, node: int) -> None:
        """Suspend a node (SIGSTOP): its connections stay open, and it does not answer."""
        self._node(node).process.freeze()

    def thaw(self, node: int) -> None:
        """Let a frozen node go on."""
        self._node(node).process.thaw()

    def start_node(self, node: int, *, wait: bool = True) -> None:
        """Start a node that was killed, on its old data and ports; does nothing if it runs.

        Returns once the node itself stores messages, unless told not to `wait`: without a
        majority of the nodes it never would. Raises BrokerUnavailable after 60 s of waiting.
        """
        chosen = self._node(node)
        if chosen.running:
            return
        chosen.launch(self._java)
        if wait:
            self._await([chosen])

    def _prepare(self) -> None:
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="northwire-kafka-"))
        self._cluster_id = _cluster_id_of(self._directory)
        self._java = ["java", *self._flags, "-cp", f"{kafka_jars()}/*"]
        if class_archive().exists():
            self._java.append(f"-XX:SharedArchiveFile={class_archive()}")
        if self._secured and not self.ca_file.exists():
            write_certificates(self._directory)
        for node in self._nodes:
            node.folder = self._directory / f"node-{node.id}"
            node.folder.mkdir(exist_ok=True)

    def _start_all(self) -> None:
        for attempt in range(1, _START_ATTEMPTS + 1):
            if attempt > 1 or not self._nodes[0].client_port:
                self._choose_ports()
            self._write_settings()
            self._format()
            self._open_proxies()
            for node in self._nodes:
                node.launch(self._java if class_archive().exists() or node.id > 1 else self._taking_notes())
            try:
                self._await(self._nodes)
            except BrokerUnavailable:
                # A port was taken in between if a node has left; else waiting is no cure.
                if attempt == _START_ATTEMPTS or len(self.pids) == len(self._nodes):
                    raise
                for node in self._nodes:
                    node.process.kill()
            else:
                return

    def _taking_notes(self) -> list[str]:
        return [*self._java, f"-XX:DumpLoadedClassList={self.directory / 'classes'}"]

    def _quicken(self) -> None:
        """Once on a machine: note which classes a broker loads, so that others need not parse them."""
        class_list = self.directory / "classes"
        if class_list.exists() and not class_archive().exists():
            archive_classes(self._java, class_list)

    def _choose_ports(self) -> None:
        ports = iter(free_ports(4 * len(self._nodes)))
        for node in self._nodes:
            node.client_port = next(ports)
            node.internal_port = next(ports)
            node.controller_port = next(ports)
            node.proxy_port = next(ports) if self._proxied else 0

    def _open_proxies(self) -> None:
        self._close_proxies()
        for node in self._nodes:
            if node.proxy_port:
                node.proxy = Proxy(node.proxy_port, to=node.client_port)

    def _close_proxies(self) -> None:
        for node in self._nodes:
            if node.proxy:
                node.proxy.close()
                node.proxy = None

    def _write_settings(self) -> None:
        security = security_of(self.directory / KEYSTORE) if self._secured else {}
        for node in self._nodes:
            node.write_settings(settings_of(node, self._nodes) | security | self._settings)

    def _format(self) -> None:
        options = ["-t", self._cluster_id]
        if self._secured:
            user = f"name={self.username},password={self.password}"
            options += ["--add-scram", f"SCRAM-SHA-256=[{user}]"]
        format_folders(self._nodes, self._java, options)

    def _await(self, nodes: Sequence[Node]) -> None:
        try:
            wait_until_ready(
                ",".join(node.address for node in nodes),
                cluster_id=self._cluster_id,
                timeout=_START_TIMEOUT,
                alive=lambda: all(node.running for node in nodes),
                replicas=[node.id for node in nodes],
                security=self.security,
            )
        except BrokerUnavailable as error:
            logs = "\n".join(f"{node.log_file}:\n{node.last_words}" for node in nodes)
            raise BrokerUnavailable(f"Apache Kafka did not start ({error}).\n{logs}") from error

    def _node(self, number: int) -> Node:
        return self._nodes[number - 1]


def _cluster_id_of(directory: Path) -> str:
    """The id of the cluster whose data are in `directory`, drawn when it is a new one."""
    file = directory / "cluster.id"
    if not file.exists():
        directory.mkdir(parents=True, exist_ok=True)
        # StorageTool would take a leading dash for an option.
        file.write_text("N" + urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22], "ascii")
    return file.read_text("ascii")


def _interrupted(number: int, _: object) -> None:
    # `make` and `timeout` signal twice: the second must not cut the stop short, which is bounded.
    for repeated in (signal.SIGINT, signal.SIGTERM):
        signal.signal(repeated, signal.SIG_IGN)
    raise KeyboardInterrupt(signal.Signals(number).name)


def main() -> None:
    """Run a cluster in the foreground until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.clusters.apache", description=__doc__)
    parser.add_argument("--nodes", type=int, default=1, metavar="N", help="brokers (default 1)")
    parser.add_argument("--print-bootstrap", action="store_true", help="say `bootstrap HOST:PORT` once ready")
    arguments = parser.parse_args()
    # Set for SIGINT, too: a shell's background job would else ignore it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    with suppress(KeyboardInterrupt), ApacheKafka(arguments.nodes) as kafka:
        if arguments.print_bootstrap:
            print(f"bootstrap {kafka.bootstrap}", flush=True)
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
