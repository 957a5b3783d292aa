"""Kafka topics: creating those that are missing, and saying which are not as they should be."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError, UnsupportedVersionError

from streams.errors import ClusterMismatch
from streams.kafka.admission import knock
from streams.kafka.connection import client_options, unavailable
from streams.kafka.layout import KafkaTopic
from streams.settings import Settings

_TIMEOUT_MS = 10_000


class Prepared(NamedTuple):
    """What `prepare` did and found."""

    created: tuple[str, ...]
    existing: tuple[str, ...]
    differences: tuple[str, ...]


def prepare(settings: Settings, wanted: Iterable[KafkaTopic]) -> Prepared:
    """Creates the Kafka topics that are missing. What exists is compared and left as it is.

    Doing it twice is doing it once. Raises `BrokerUnavailable`, and `ClusterMismatch` where the
    cluster refuses a Kafka topic.
    """
    wanted = tuple(wanted)
    with _admin(settings) as admin:
        present = _partitions(admin)
        created = tuple(topic.name for topic in wanted if topic.name not in present and _create(admin, topic, settings))
        if created:
            admin.wait_for_topics(list(created), timeout_ms=_TIMEOUT_MS)
        existing = [topic for topic in wanted if topic.name not in created]
        differences = tuple(_differences(admin, existing))
    return Prepared(created, tuple(topic.name for topic in existing), differences)


def check(settings: Settings, wanted: Iterable[KafkaTopic]) -> Collection[str]:
    """All Kafka topics, if these are there with their partitions. Raises `ClusterMismatch`, `BrokerUnavailable`."""
    wanted = tuple(wanted)
    present = require(settings, (topic.name for topic in wanted))
    for topic in wanted:
        if (found := present[topic.name]) != topic.partitions:
            mend = f"set NORTHWIRE_PARTITIONS={found}, or create it anew" if topic.scales else "create it anew"
            raise ClusterMismatch(
                f"The Kafka topic {topic.name} has {found} partitions where {topic.partitions} are expected: {mend}."
            )
    return present


def require(settings: Settings, names: Iterable[str]) -> dict[str, int]:
    """The partitions of every Kafka topic. Raises `ClusterMismatch` if one of the names is missing."""
    with _admin(settings) as admin:
        present = _partitions(admin)
    for name in names:
        if name not in present:
            raise ClusterMismatch(f"The Kafka topic {name} does not exist: run `northwire kafka init`.")
    return present


@contextmanager
def _admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    options = {"request_timeout_ms": _TIMEOUT_MS, "bootstrap_timeout_ms": _TIMEOUT_MS}
    knock(settings)
    try:
        admin = KafkaAdminClient(**client_options(settings), **options)
        try:
            yield admin
        finally:
            admin.close()
    except KafkaError as error:
        raise unavailable(settings, error) from error


def _partitions(admin: KafkaAdminClient) -> dict[str, int]:
    return {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}


def _create(admin: KafkaAdminClient, topic: KafkaTopic, settings: Settings) -> bool:
    """Whether the Kafka topic was created; another process may have been first."""
    wanted = {
        "num_partitions": topic.partitions,
        "replication_factor": settings.replication_factor,
        "configs": topic.config,
    }
    try:
        admin.create_topics({topic.name: wanted})
    except TopicAlreadyExistsError:
        return False
    except KafkaError as error:
        raise ClusterMismatch(f"The cluster refuses the Kafka topic {topic.name}: {error}") from error
    return True


def _differences(admin: KafkaAdminClient, topics: list[KafkaTopic]) -> Iterator[str]:
    present = _partitions(admin)
    configs = _configs(admin, topics)
    for topic in topics:
        if (found := present.get(topic.name, 0)) != topic.partitions:
            yield f"{topic.name}: {found} partitions, expected {topic.partitions}"
        for key, value in topic.config.items():
            if topic.name in configs and (held := configs[topic.name].get(key)) != value:
                yield f"{topic.name}: {key}={held}, expected {value}"


def _configs(admin: KafkaAdminClient, topics: list[KafkaTopic]) -> dict[str, dict[str, Any]]:
    """The settings of Kafka topics; none from a broker that does not tell them."""
    if not topics:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    try:
        described = admin.describe_configs(resources, config_filter="all")
    except (KafkaError, UnsupportedVersionError):
        return {}
    return {
        name: {key: entry["value"] for key, entry in entries.items()}
        for name, entries in described.get("topic", {}).items()
        if entries
    }
