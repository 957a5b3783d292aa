"""What a subscriber gets, and hears, from a broker that comes and goes."""

import uuid
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from msgspec.structs import replace

from streams.errors import ClusterMismatch
from streams.kafka import admin, subscription
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.layout import kafka_layout
from streams.kafka.subscription import Notice, Unanswered, subscribe
from streams.settings import read_settings
from streams.wire import encode
from tests.clusters import Cluster
from tests.unit import nouns


def test_a_broker_that_is_gone_is_told_apart_from_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "_SILENCE", 0.3)
    with EmbeddedBroker() as broker:
        settings = read_settings(bootstrap_servers=broker.bootstrap, partitions=1)
        admin.prepare(settings, kafka_layout(settings))
        with closing(subscribe(settings, [], "latest")) as notices:
            quiet = [next(notices) for _ in range(10)]
            assert quiet == [None] * 10
            broker.stop()
            told = next(notice for notice in notices if notice is not None)
    assert isinstance(told, Unanswered)
    assert "No Kafka broker answers at" in told.sentence


def test_a_topic_that_appears_later_is_followed_from_its_first_alert(
    kafka_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "_LOOK_AGAIN", 1.0)
    settings = read_settings(bootstrap_servers=kafka_cluster.bootstrap)
    late = f"alerts.late-{uuid.uuid4().hex}"
    with (
        closing(KafkaAdminClient(bootstrap_servers=kafka_cluster.bootstrap)) as administrator,
        closing(KafkaProducer(bootstrap_servers=kafka_cluster.bootstrap)) as producer,
        closing(subscribe(settings, [], "latest")) as notices,
    ):
        next(notices)
        administrator.create_topics({late: {"num_partitions": 1}}, wait_for_metadata=True)
        sent = [encode(replace(nouns.alert(), id=f"{late}-{number}")) for number in range(3)]
        for value in sent:
            producer.send(late, value).get(20)
        told = (notice for notice in notices if isinstance(notice, Notice) and notice.alert.id.startswith(late))
        assert [next(told).raw for _ in sent] == sent


def test_an_alert_that_is_delivered_twice_is_given_once(kafka_cluster: Cluster) -> None:
    settings = read_settings(bootstrap_servers=kafka_cluster.bootstrap)
    name = f"twice-{uuid.uuid4().hex}"
    first, second = (encode(replace(nouns.alert(), id=f"{name}-{number}")) for number in range(2))
    with (
        closing(KafkaAdminClient(bootstrap_servers=kafka_cluster.bootstrap)) as administrator,
        closing(KafkaProducer(bootstrap_servers=kafka_cluster.bootstrap)) as producer,
    ):
        administrator.create_topics({f"alerts.{name}": {"num_partitions": 1}}, wait_for_metadata=True)
        for value in (first, first, second):
            producer.send(f"alerts.{name}", value).get(20)
    with closing(subscribe(settings, [name], "earliest")) as notices:
        told = (notice.raw for notice in notices if isinstance(notice, Notice))
        assert [next(told), next(told)] == [first, second]


def test_a_misspelt_topic_hears_which_there_are(kafka_cluster: Cluster) -> None:
    settings = read_settings(bootstrap_servers=kafka_cluster.bootstrap, partitions=3)
    admin.prepare(settings, kafka_layout(settings))
    with pytest.raises(ClusterMismatch, match=r"no alerts about 'artic'.*arctic, "):
        next(subscribe(settings, ["artic"], "latest"))
