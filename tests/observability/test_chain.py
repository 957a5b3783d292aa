"""The real chain: the pipeline on Apache Kafka, scraped by Prometheus, whose alerts Alertmanager sends to a webhook.

The tests follow one another on one stack: each takes time that the next one needs.
"""

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.broker.road import eventually
from tests.clusters.receiver import Receiver
from tests.clusters.stack import PROCESSES, Stack
from tests.observability.expressions import Expression, expressions
from tests.observability.faults import cut_canary, stopped_worker
from tests.observability.rules import compared, rule, rules

pytestmark = pytest.mark.timeout(240)

ASKED = sorted(expressions(shown="5m"), key=lambda one: one.dashboard != "annotation")
"""Annotations mark what has just appeared, and are asked for first."""

RECORDED = [rule for rule in rules() if "record" in rule]
ALERTING = [rule for rule in rules() if "alert" in rule]
CANARY_INTERVAL = 2
_PATIENCE = 90.0
_ON_THE_WAY = 40.0
"""Seconds from what a rule speaks of to the webhook, beside those that it names: a look at the broker, a scrape, an
evaluation, Alertmanager's group_wait, and a machine that is busy."""

_SENT_AGAIN = 60.0
"""Seconds until Prometheus sends again what it sent in its first moments, when it did not know Alertmanager yet."""


@pytest.fixture(scope="module")
def stack(equipped: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything, under load."""
    with (
        Receiver() as receiver,
        Stack(
            tmp_path_factory.mktemp("stack"), receiver, rate=5, canary_interval=f"{CANARY_INTERVAL}", lag_interval="1"
        ) as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def patience() -> Callable[[], bool]:
    """Whether there is time left: all expressions share some in which their series may appear."""
    deadline = time.monotonic() + _PATIENCE
    return lambda: time.monotonic() < deadline


def called(one: Expression) -> str:
    return f"{one.dashboard}: {one.panel}: {one.legend}"


def paged(stack: Stack, alert: str) -> bool:
    """Whether an alert has come to the pager."""
    return any((one.name, one.receiver, one.status) == (alert, "pager", "firing") for one in stack.receiver.notices)


def is_over(stack: Stack, alert: str) -> bool:
    """Whether what an alert is about is no more; it itself goes on for minutes (keep_firing_for), as the drills see."""
    return not stack.prometheus.query(rule(alert)["expr"])


def test_every_process_is_scraped(stack: Stack, patience: Callable[[], bool]) -> None:
    wanted = {f"northwire-{name}" for name in PROCESSES} | {"prometheus", "alertmanager"}
    while set(stack.prometheus.targets().items()) != {(job, "up") for job in wanted}:
        assert patience(), stack.prometheus.targets()
        time.sleep(0.2)


@pytest.mark.parametrize("one", ASKED, ids=called)
def test_what_a_dashboard_asks_for_has_series(stack: Stack, patience: Callable[[], bool], one: Expression) -> None:
    while not stack.prometheus.numbers(one.expr):
        assert patience(), one.expr
        time.sleep(0.5)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda rule: rule["record"])
def test_a_recorded_series_is_there(stack: Stack, patience: Callable[[], bool], recorded: dict[str, str]) -> None:
    while not (stack.prometheus.numbers(recorded["expr"]) and stack.prometheus.numbers(recorded["record"])):
        assert patience(), recorded["expr"]
        time.sleep(0.5)


def test_prometheus_evaluates_every_rule(stack: Stack) -> None:
    groups = stack.prometheus.ask("/api/v1/rules")["data"]["groups"]
    health = [(rule["name"], rule["health"]) for group in groups for rule in group["rules"]]
    assert sorted(health) == sorted((rule.get("record", rule.get("alert")), "ok") for rule in rules())


def test_metrics_are_as_prometheus_wants_them(stack: Stack) -> None:
    for name, worker in stack.workers.items():
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=worker.exposition, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout + done.stderr) == (0, b""), name


def test_nothing_is_sent_but_the_watchdog(stack: Stack) -> None:
    eventually(lambda: bool(stack.receiver.notices), _SENT_AGAIN + _ON_THE_WAY)
    assert {(one.name, one.receiver) for one in stack.receiver.notices} == {("NorthwireWatchdog", "deadman")}


def test_a_canary_that_does_not_come_out_wakes_someone(stack: Stack) -> None:
    promised = 30 + 2 * CANARY_INTERVAL + 10
    alerts = stack.workers["stories"].metric("northwire_alerts_total", topic="arctic")
    with cut_canary(stack):
        eventually(lambda: paged(stack, "NorthwireCanaryMissing"), promised + _ON_THE_WAY)
        assert stack.workers["stories"].metric("northwire_alerts_total", topic="arctic") > alerts
    eventually(lambda: is_over(stack, "NorthwireCanaryMissing"), _ON_THE_WAY)


@pytest.mark.parametrize("alerting", ALERTING, ids=lambda rule: f"{rule['alert']}-{rule['labels'].get('over', '')}")
def test_what_an_alert_compares_is_there(stack: Stack, patience: Callable[[], bool], alerting: dict[str, str]) -> None:
    stack.prometheus.query(alerting["expr"])
    while not stack.prometheus.numbers(compared(alerting["expr"])):
        assert patience(), compared(alerting["expr"])
        time.sleep(0.5)


def test_a_worker_that_stands_still_wakes_someone(stack: Stack) -> None:
    promised = 60 + 15
    with stopped_worker(stack):
        eventually(lambda: paged(stack, "NorthwireStalled"), promised + _ON_THE_WAY)
    eventually(lambda: is_over(stack, "NorthwireStalled"), _ON_THE_WAY)
