"""Fixtures that several kinds of test share."""

from collections.abc import Iterator
from typing import TypeVar

import pytest

from tests.clusters import Cluster, NotAvailable
from tests.clusters.apache import ApacheKafka
from tests.clusters.embedded import EmbeddedKafka
from tests.clusters.toolchain import not_run

_KINDS = ("embedded", "apache")
_AnyCluster = TypeVar("_AnyCluster", bound=Cluster)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on every kind of cluster, and one that is marked `apache` on that alone.

    The session scope makes pytest run all tests of one cluster before those of the next.
    """
    if "kafka_cluster" in metafunc.fixturenames:
        only_apache = metafunc.definition.get_closest_marker("apache") is not None
        kinds = ["apache"] if only_apache else _KINDS
        metafunc.parametrize("kafka_cluster", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def kafka_cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A started cluster, shared by many tests: use Kafka topics of your own, leave it running."""
    yield from _running(ApacheKafka() if request.param == "apache" else EmbeddedKafka())


@pytest.fixture(scope="session")
def secured_kafka() -> Iterator[ApacheKafka]:
    """A started Apache Kafka that speaks only SASL_SSL with SCRAM-SHA-256."""
    yield from _running(ApacheKafka(secured=True))


def _running(cluster: _AnyCluster) -> Iterator[_AnyCluster]:
    try:
        cluster.start()
    except NotAvailable as missing:
        not_run(missing)
    yield cluster
    cluster.stop()
