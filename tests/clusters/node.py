"""One node of an Apache Kafka cluster: its folder, its ports, its settings, its process."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from streams.errors import BrokerUnavailable
from streams.kafka.embedded import ChildProcess
from tests.clusters.proxy import Proxy


@dataclass
class Node:
    """A node that may run; `id` counts from 1, and a port of 0 is not chosen yet.

    `folder` is where all that belongs to the node lies; set before anything is written.
    Clients reach it through `proxy`, where there is one.
    """

    id: int
    folder: Path = Path()
    client_port: int = 0
    internal_port: int = 0
    controller_port: int = 0
    proxy_port: int = 0
    proxy: Proxy | None = None
    child: ChildProcess | None = None

    @property
    def address(self) -> str:
        """Where clients reach it."""
        return f"127.0.0.1:{self.proxy_port or self.client_port}"

    @property
    def settings_file(self) -> Path:
        return self.folder / "server.properties"

    @property
    def log_file(self) -> Path:
        return self.folder / "broker.log"

    @property
    def formatted(self) -> bool:
        return (self.folder / "data" / "meta.properties").is_file()

    @property
    def process(self) -> ChildProcess:
        """The node's latest process. Raises BrokerUnavailable when there was none."""
        if self.child is None:
            raise BrokerUnavailable(f"Node {self.id} is not running: call start() first.")
        return self.child

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.running

    @property
    def last_words(self) -> str:
        """The end of the log, for a failure's report."""
        file = self.log_file
        return file.read_text("utf-8", "replace")[-2000:] if file.exists() else "(no log)"

    def write_settings(self, settings: Mapping[str, str]) -> None:
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        self.settings_file.write_text("".join(lines), encoding="utf-8")

    def launch(self, java: Sequence[str]) -> None:
        """Start the process; does not wait until it serves."""
        command = [*java, "kafka.Kafka", str(self.settings_file)]
        self.child = ChildProcess(command, log_file=self.log_file, directory=self.folder)


def format_folders(nodes: Sequence[Node], java: Sequence[str], options: Sequence[str]) -> None:
    """Prepare the data folders of all new nodes, at the same time; `options` go to the tool.

    A failure is told in the node's log, and keeps its process from starting.
    """
    with ExitStack() as stack:
        tools = []
        for node in nodes:
            if not node.formatted:
                log = stack.enter_context(node.log_file.open("ab"))
                tool = [*java, "kafka.tools.StorageTool", "format"]
                command = [*tool, *options, "-c", str(node.settings_file)]
                tools.append(subprocess.Popen(command, stdout=log, stderr=log))
        for process in tools:
            process.wait()


def settings_of(node: Node, nodes: Sequence[Node]) -> dict[str, str]:
    """The server.properties of `node`, for a small machine, quick group joins and failovers.

    Clients have a listener of their own, so that what is done to it (encryption, faults)
    leaves the talk among brokers alone.
    """
    copies = str(min(len(nodes), 3))
    quorum = str(min(len(nodes), 2))
    voters = ",".join(f"{peer.id}@127.0.0.1:{peer.controller_port}" for peer in nodes)
    internal = f"INTERNAL://127.0.0.1:{node.internal_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.id),
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listeners": (
            f"CLIENT://127.0.0.1:{node.client_port},{internal},CONTROLLER://127.0.0.1:{node.controller_port}"
        ),
        "advertised.listeners": f"CLIENT://{node.address},{internal}",
        "listener.security.protocol.map": ("CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        "inter.broker.listener.name": "INTERNAL",
        "log.dirs": str(node.folder / "data"),
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": quorum,
        "offsets.topic.num.partitions": "1",
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": quorum,
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": quorum,
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "message.max.bytes": "6291456",
        "replica.fetch.max.bytes": "6291456",
        "num.network.threads": "2",
        "num.io.threads": "2",
        "log.cleaner.dedupe.buffer.size": "4194304",
    }


def security_of(keystore: Path) -> dict[str, str]:
    """What changes in `settings_of` when clients must speak SASL_SSL with SCRAM-SHA-256."""
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    return {
        "listener.security.protocol.map": "CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-256",
        "listener.name.client.scram-sha-256.sasl.jaas.config": login,
        "listener.name.client.ssl.keystore.type": "PEM",
        "listener.name.client.ssl.keystore.location": str(keystore),
    }
