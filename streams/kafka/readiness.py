"""Whether a Kafka cluster carries messages, which an open port does not tell."""

import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.errors import BrokerUnavailable

READY_TOPIC = "northwire.ready"
_PAUSE = 0.02
_ATTEMPT = 5.0


def wait_until_ready(
    bootstrap: str,
    *,
    cluster_id: str,
    timeout: float,
    alive: Callable[[], bool],
    replicas: Sequence[int] = (),
    security: Mapping[str, Any] | None = None,
) -> None:
    """Return as soon as `round_trip` succeeds; the arguments are those of `round_trip`.

    `alive` is asked between attempts and must not block.
    Raises BrokerUnavailable once `alive` answers False, or after about `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    reason = "no connection"
    while alive():
        if time.monotonic() >= deadline:
            raise BrokerUnavailable(f"{bootstrap} was not ready after {timeout:.0f} s ({reason})")
        if _listens(bootstrap):
            try:
                round_trip(bootstrap, cluster_id=cluster_id, replicas=replicas, security=security)
            except KafkaError as error:
                reason = str(error) or type(error).__name__
            else:
                return
        time.sleep(_PAUSE)
    raise BrokerUnavailable(f"the broker behind {bootstrap} has exited")


def round_trip(
    bootstrap: str,
    *,
    cluster_id: str,
    replicas: Sequence[int] = (),
    security: Mapping[str, Any] | None = None,
) -> None:
    """Create the Kafka topic READY_TOPIC, send one message through it, and delete it again.

    `replicas` are the ids of the brokers that must hold the message (all acknowledge it);
    none leaves the choice to the cluster. `security` are kafka-python's client options.
    Where deletion is not supported the Kafka topic stays, and is used again.
    Raises KafkaError when any step fails, also when another cluster than `cluster_id` answers.
    Blocks for a few times five seconds at most.
    """
    milliseconds = int(_ATTEMPT * 1000)
    options: dict[str, Any] = {
        "bootstrap_servers": bootstrap,
        "bootstrap_timeout_ms": milliseconds,
        "request_timeout_ms": milliseconds,
        **(security or {}),
    }
    with closing(KafkaAdminClient(**options)) as admin:
        answered = admin.describe_cluster()["cluster_id"]
        if answered != cluster_id:
            raise KafkaError(f"cluster {answered!r} answers there, not {cluster_id!r}")
        with suppress(TopicAlreadyExistsError):
            wanted = {"assignments": {0: list(replicas)}} if replicas else {"num_partitions": 1}
            admin.create_topics({READY_TOPIC: wanted})
        try:
            _echo(options)
        finally:
            with suppress(KafkaError):
                admin.delete_topics([READY_TOPIC])


def _echo(options: Mapping[str, Any]) -> None:
    sent = uuid.uuid4().bytes
    limit = options["request_timeout_ms"]
    producer = KafkaProducer(**options, max_block_ms=limit, delivery_timeout_ms=limit)
    try:
        place = producer.send(READY_TOPIC, sent, partition=0).get(_ATTEMPT)
    finally:
        producer.close(timeout=0)
    partition = TopicPartition(place.topic, place.partition)
    with closing(KafkaConsumer(**options, enable_auto_commit=False)) as consumer:
        consumer.assign([partition])
        consumer.seek(partition, place.offset)
        received = consumer.poll(timeout_ms=limit, max_records=1).get(partition, [])
    if [record.value for record in received] != [sent]:
        raise KafkaError("a message was acknowledged and did not come back")


def _listens(bootstrap: str) -> bool:
    """Whether anyone accepts connections: asked first, since Kafka clients log every refusal."""
    host, _, port = bootstrap.partition(",")[0].rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False
