"""What the tests of the real chain need of the machine."""

import os

import pytest

from tests.clusters import KafkaNotAvailable
from tests.clusters.observability import insist_on
from tests.clusters.toolchain import ensure_toolchain


@pytest.fixture(scope="session")
def equipped() -> None:
    """Java and Debian's Prometheus and Alertmanager are here; else the test fails where Kafka is required."""
    insist_on("prometheus", "promtool", "prometheus-alertmanager", "amtool")
    try:
        ensure_toolchain("java")
    except KafkaNotAvailable as missing:
        report = pytest.fail if os.environ.get("NORTHWIRE_REQUIRE_KAFKA") == "1" else pytest.skip
        report(f"not run: {missing}")
