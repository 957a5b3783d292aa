"""What can go wrong with a running stack, done to it for real: each is there while its context lasts."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from streams.kafka.layout import ARTICLES, outlets
from streams.metrics import LAG, TAGGING
from streams.tagging.topics import CANARY
from tests.clusters.stack import Stack

POISON_RATE = 5.0
"""Damaged messages per second: more than there are articles."""

_LIMIT = "max.message.bytes"
_NOTHING = "1"


@contextmanager
def stopped_worker(stack: Stack) -> Iterator[None]:
    """The tagging worker stands still (SIGSTOP): it is there, and does nothing."""
    with _stopped(stack, TAGGING):
        yield


@contextmanager
def stopped_lag(stack: Stack) -> Iterator[None]:
    """`northwire lag` stands still."""
    with _stopped(stack, LAG):
        yield


@contextmanager
def killed_broker(stack: Stack) -> Iterator[None]:
    """The only broker is gone (SIGKILL), and comes back on its data."""
    stack.kafka.kill(1)
    try:
        yield
    finally:
        stack.kafka.start_node(1)


@contextmanager
def poison_flood(stack: Stack) -> Iterator[None]:
    """Somebody sends messages that are no articles, more of them than there are articles."""
    over = threading.Event()

    def pour() -> None:
        with closing(KafkaProducer(bootstrap_servers=stack.kafka.bootstrap)) as producer:
            while not over.wait(1 / POISON_RATE):
                producer.send(ARTICLES, b'{"title": ')

    flood = threading.Thread(target=pour, name="poison")
    flood.start()
    try:
        yield
    finally:
        over.set()
        flood.join()


@contextmanager
def cut_canary(stack: Stack) -> Iterator[None]:
    """An operator's slip: the Kafka topic `alerts.canary` takes no message any more. Articles go their way."""
    (outlet,) = outlets(stack.settings, [CANARY])
    _limit(stack, outlet.name, _NOTHING)
    try:
        yield
    finally:
        _limit(stack, outlet.name, outlet.config[_LIMIT])


@contextmanager
def _stopped(stack: Stack, name: str) -> Iterator[None]:
    process = stack.workers[name].process
    process.freeze()
    try:
        yield
    finally:
        process.thaw()


def _limit(stack: Stack, kafka_topic: str, size: str) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, kafka_topic, configs={_LIMIT: size})
    with closing(KafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)) as admin:
        admin.alter_configs([resource])
