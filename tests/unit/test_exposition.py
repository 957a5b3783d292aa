"""What a worker says over HTTP, and that no caller can keep it from saying so."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client import CollectorRegistry, Counter

from streams.errors import SettingsError
from streams.exposition import exposed

HOST = "127.0.0.1"


class Worker:
    """A worker that is as well as it says."""

    def __init__(self) -> None:
        self.is_healthy = True
        self.is_ready = True
        self.registry = CollectorRegistry()

    @contextmanager
    def running(self) -> Iterator[int]:
        checks = {"healthy": lambda: self.is_healthy, "ready": lambda: self.is_ready}
        with exposed(HOST, 0, self.registry, **checks) as port:
            yield port


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_free_port_is_chosen_and_told() -> None:
    with Worker().running() as one, Worker().running() as other:
        assert one != other
        assert min(one, other) > 0
        assert answer(one, "/healthz")[0] == answer(other, "/healthz")[0] == 200


def test_metrics_are_those_of_the_registry_and_of_no_other() -> None:
    worker = Worker()
    Counter("northwire_tests", "Tests", registry=worker.registry).inc(3)
    with worker.running() as port:
        status, text = answer(port, "/metrics")
    assert status == 200
    assert "northwire_tests_total 3.0" in text
    assert "python_info" not in text


def test_health_and_readiness_follow_the_worker_each_by_itself() -> None:
    worker = Worker()
    with worker.running() as port:
        assert answer(port, "/healthz") == (200, "ok\n")
        assert answer(port, "/readyz") == (200, "ok\n")
        worker.is_ready = False
        assert answer(port, "/healthz")[0] == 200
        assert answer(port, "/readyz") == (503, "not now\n")
        worker.is_healthy = False
        assert answer(port, "/healthz")[0] == 503


@pytest.mark.parametrize("path", ["/", "/health", "/healthz/", "/metrics/../etc/passwd", "/%2e%2e/"])
def test_any_other_path_is_not_found_and_told_where_to_look(path: str) -> None:
    with Worker().running() as port:
        status, text = answer(port, path)
    assert status == 404
    assert "/metrics" in text


def test_a_port_that_is_taken_is_refused_in_one_sentence() -> None:
    with (
        Worker().running() as port,
        pytest.raises(SettingsError, match="NORTHWIRE_METRICS_PORT"),
        exposed(HOST, port, CollectorRegistry(), healthy=bool, ready=bool),
    ):
        raise AssertionError("two workers share a port")


def test_a_caller_who_says_nothing_keeps_nobody_waiting() -> None:
    with Worker().running() as port, socket.create_connection((HOST, port), timeout=5):
        assert answer(port, "/healthz")[0] == 200


def test_the_port_is_free_again_once_the_context_is_left() -> None:
    with Worker().running() as port, socket.create_connection((HOST, port), timeout=5):
        pass
    with exposed(HOST, port, CollectorRegistry(), healthy=bool, ready=bool) as again:
        assert again == port


def test_scrapes_are_not_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with Worker().running() as port:
        answer(port, "/healthz")
        answer(port, "/nowhere")
    assert capfd.readouterr() == ("", "")
