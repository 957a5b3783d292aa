"""Who is told of an alert, and which alerts are held back because their cause is told: by amtool and Alertmanager."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.kafka.embedded import ChildProcess, free_ports
from tests.clusters.toolchain import insist_on
from tests.observability.incidents import INCIDENTS, Incident
from tests.observability.promtool import firing
from tests.observability.rules import Labels, called, rules
from tests.observability.weather import WATCHDOG

FILE = Path(__file__).parents[2] / "deploy" / "alertmanager" / "alertmanager.yml"
CONFIG: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
ALERTING = [{"alertname": rule["alert"], **rule["labels"]} for rule in rules() if "alert" in rule]
RECEIVERS = {"page": "pager", "ticket": "tickets", "none": "deadman"}
_WITHIN = 10.0


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    insist_on("promtool", "amtool", "prometheus-alertmanager")


def amtool(*arguments: str | Path) -> str:
    done = subprocess.run(["amtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def receivers_of(**labels: str) -> list[str]:
    told = amtool("config", "routes", "test", f"--config.file={FILE}", *(f"{k}={v}" for k, v in labels.items()))
    return told.split()


class Alertmanager:
    """One that runs, asked over its API."""

    def __init__(self, url: str) -> None:
        self._url = url

    def take(self, alerts: Sequence[Labels]) -> None:
        """These fire from now on."""
        fired = [{"labels": labels, "startsAt": datetime.now(UTC).isoformat()} for labels in alerts]
        self._ask("alerts", json.dumps(fired).encode())

    def told(self) -> set[str]:
        """Those that are told to anyone."""
        return {called(alert["labels"]) for alert in self._ask("alerts?inhibited=false")}

    def notices(self, receiver: str) -> int:
        """How many messages a receiver gets."""
        return len(self._ask(f"alerts/groups?receiver={receiver}&inhibited=false"))

    def answers(self) -> bool:
        try:
            return bool(self._ask("status"))
        except OSError:
            return False

    def _ask(self, what: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self._url}/api/v2/{what}", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or b"true")


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    with running(tmp_path) as one:
        yield one


@contextmanager
def running(folder: Path) -> Iterator[Alertmanager]:
    """An Alertmanager with the deployed configuration."""
    address = f"127.0.0.1:{free_ports(1)[0]}"
    child = ChildProcess(
        [
            "prometheus-alertmanager",
            f"--config.file={FILE}",
            f"--storage.path={folder / 'alertmanager'}",
            "--cluster.listen-address=",
            f"--web.listen-address={address}",
        ],
        log_file=folder / "alertmanager.log",
        directory=folder,
    )
    one = Alertmanager(f"http://{address}")
    try:
        deadline = time.monotonic() + _WITHIN
        while not one.answers():
            assert child.running, (folder / "alertmanager.log").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield one
    finally:
        child.stop()


def settled(alertmanager: Alertmanager, told: set[str]) -> set[str]:
    """What is told, as soon as it is as it should be or time is over: what holds back takes a moment to be seen."""
    deadline = time.monotonic() + _WITHIN
    while (now := alertmanager.told()) != told and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def test_alertmanager_takes_the_configuration() -> None:
    assert "SUCCESS" in amtool("check-config", FILE)


def test_alertmanager_takes_it_also_with_the_webhooks_that_it_shows(tmp_path: Path) -> None:
    copy = tmp_path / "alertmanager.yml"
    copy.write_text(FILE.read_text("utf-8").replace("# webhook_configs", "webhook_configs"), encoding="utf-8")
    assert "SUCCESS" in amtool("check-config", copy)
    assert all("webhook_configs" in receiver for receiver in yaml.safe_load(copy.read_text("utf-8"))["receivers"])


def test_nothing_is_sent_anywhere_before_someone_says_where_to() -> None:
    assert [receiver.keys() for receiver in CONFIG["receivers"]] == [{"name"}] * len(RECEIVERS)


@pytest.mark.parametrize("alert", ALERTING, ids=called)
def test_an_alert_goes_where_it_belongs_and_nowhere_else(alert: Labels) -> None:
    assert receivers_of(**{**alert, "group": "northwire-tagging"}) == [RECEIVERS[alert["severity"]]]


def test_an_alert_without_severity_wakes_someone() -> None:
    assert receivers_of(alertname="SomeoneElses") == ["pager"]


def test_the_watchdog_is_told_more_often_than_anything_else() -> None:
    root, watchdog = CONFIG["route"], CONFIG["route"]["routes"][0]
    assert watchdog["matchers"] == [f'alertname = "{WATCHDOG}"']
    assert watchdog["group_wait"] == "1s"
    assert watchdog["repeat_interval"] == "50s"
    assert watchdog["group_interval"] == "20s"  # three of them are a minute: it is told at the first that is due
    assert root["repeat_interval"].endswith("h")


def test_only_alerts_that_there_are_hold_back_and_are_held_back() -> None:
    names = {alert["alertname"] for alert in ALERTING}
    for rule in CONFIG["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            for name in alternatives(matcher):
                assert any(re.fullmatch(name, one) for one in names), name


def alternatives(matcher: str) -> Iterator[str]:
    """Each name that a matcher on alertname lists, as a pattern."""
    found = re.fullmatch(r'alertname =~? "(\w+?)(?:\((.+)\))?(\w*)"', matcher)
    if found:
        beginning, middle, end = found.groups()
        yield from (f"{beginning}{one}{end}" for one in (middle or "").split("|"))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.name)
def test_the_cause_is_told_and_nothing_else_neither_while_it_lasts_nor_when_it_is_over(
    tmp_path: Path, incident: Incident
) -> None:
    meanwhile, *later = firing(tmp_path, incident.change, incident.at, *incident.later)
    for alerts in (meanwhile, *later):
        fires = {called(alert) for alert in alerts}
        told = {WATCHDOG, *incident.told} & fires
        assert told > {WATCHDOG} or alerts is not meanwhile
        with running(tmp_path) as alertmanager:
            alertmanager.take(alerts)
            assert settled(alertmanager, told) == told
        shutil.rmtree(tmp_path / "alertmanager")


def test_a_worker_that_stands_still_is_one_message_however_many_partitions_it_has(alertmanager: Alertmanager) -> None:
    stalled: Mapping[str, str] = {"alertname": "NorthwireStalled", "severity": "page", "group": "northwire-tagging"}
    alertmanager.take([{**stalled, "partition": str(partition)} for partition in range(6)])
    deadline = time.monotonic() + _WITHIN
    while not alertmanager.notices("pager") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alertmanager.notices("pager") == 1


def test_a_stage_that_stands_still_does_not_hide_that_the_other_has_no_workers(alertmanager: Alertmanager) -> None:
    alerts = [
        {"alertname": "NorthwireStalled", "severity": "page", "group": "northwire-tagging"},
        {"alertname": "NorthwireGroupWithoutMembers", "severity": "page", "group": "northwire-stories"},
        {"alertname": "NorthwireGroupWithoutMembers", "severity": "page", "group": "northwire-tagging"},
        {"alertname": "NorthwireMessagesDeletedUnread", "severity": "page", "group": "northwire-tagging"},
    ]
    alertmanager.take(alerts)
    deadline = time.monotonic() + _WITHIN
    while alertmanager.notices("pager") != 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alertmanager.notices("pager") == 3
