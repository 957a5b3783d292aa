"""What the tests of the real chain need of the machine."""

import pytest

from tests.clusters.toolchain import insist_on


@pytest.fixture(scope="session")
def equipped() -> None:
    """Java and Debian's Prometheus and Alertmanager are here; else the test fails where Kafka is required."""
    insist_on("java", "prometheus", "promtool", "prometheus-alertmanager", "amtool")
