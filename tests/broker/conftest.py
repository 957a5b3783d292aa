"""One road for each kind of cluster, shared by all tests on it."""

from collections.abc import Iterator

import pytest

from tests.broker.road import Road
from tests.clusters import Cluster


@pytest.fixture(scope="session")
def road(kafka_cluster: Cluster) -> Iterator[Road]:
    """Kafka topics laid out on the cluster. Tests share them: give what you send a name of its own."""
    road = Road(kafka_cluster)
    yield road
    road.close()


@pytest.fixture
def workers(road: Road) -> None:
    """One ready worker for each stage."""
    road.crew.muster("tagging", "stories")
