"""What a subscriber gets, and hears, from a broker that comes and goes."""

from contextlib import closing

import pytest

from streams.kafka import admin, subscription
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.layout import kafka_layout
from streams.kafka.subscription import Unanswered, subscribe
from streams.settings import read_settings


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
