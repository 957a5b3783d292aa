"""The rules of Prometheus by promtool: they parse, and each alert fires for its cause and not for what is near it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clusters.observability import insist_on
from tests.observability.incidents import INCIDENTS, Incident
from tests.observability.promtool import FILES, called, firing, judged, rules
from tests.observability.weather import WATCHDOG, Case, cases

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
CASES = list(cases())
ALERTING = [rule for rule in rules() if "alert" in rule]
NAMES = [called({"alertname": rule["alert"], **rule["labels"]}) for rule in ALERTING]
RECORDING = [rule for rule in rules() if "record" in rule]


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    insist_on("promtool")


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_the_rules_and_the_configuration() -> None:
    assert "SUCCESS" in run("promtool", "check", "rules", *FILES)
    assert "SUCCESS" in run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.alert}-{number}" for number, case in enumerate(CASES)])
def test_exactly_the_right_alerts_fire(tmp_path: Path, case: Case) -> None:
    assert judged(tmp_path, case) == ""


def test_a_case_fails_where_its_alert_does_not_fire(tmp_path: Path) -> None:
    silent = []
    for file in FILES:
        document = yaml.safe_load(file.read_text("utf-8"))
        for group in document["groups"]:
            group["rules"] = [rule for rule in group["rules"] if "record" in rule or rule["alert"] == WATCHDOG]
        silent.append(tmp_path / file.name)
        silent[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    firsts = {case.alert: case for case in reversed(CASES) if case.alert in case.firing and case.alert != WATCHDOG}
    for case in firsts.values():
        assert "FAILED" in judged(tmp_path, case, silent), case


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.name)
def test_an_incident_sets_off_what_the_runbook_says(tmp_path: Path, incident: Incident) -> None:
    fires = {called(alert) for alert in firing(tmp_path, incident.change, incident.at)} - {WATCHDOG}
    assert fires == incident.told | incident.held


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    names = set(NAMES)
    assert {case.alert for case in CASES if case.alert in case.firing} == names
    assert {case.alert for case in CASES if case.alert not in case.firing} == names - {WATCHDOG}


@pytest.mark.parametrize("rule", ALERTING, ids=NAMES)
def test_an_alert_says_what_is_wrong_and_where_it_is_written_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket", "none"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    _, anchor = rule["annotations"]["runbook_url"].split("#")
    headings = re.findall(r"(?m)^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text("utf-8"))
    assert anchor in {heading.lower() for heading in headings}


def test_every_recorded_series_is_used() -> None:
    expressions = " ".join(rule["expr"] for rule in ALERTING)
    for rule in RECORDING:
        assert rule["record"].startswith("northwire:")
        assert rule["record"] in expressions


def test_every_metric_is_one_of_ours_and_has_the_labels_that_are_asked_for() -> None:
    defined = set(re.findall(r"`(northwire_\w+)`", (ROOT / "docs" / "metrics.md").read_text("utf-8")))
    for rule in rules():
        for name in re.findall(r"\bnorthwire_\w+", rule["expr"]):
            assert re.sub(r"_(bucket|count|sum)$", "", name) in defined or name in defined, name


def test_grafana_knows_how_often_prometheus_scrapes() -> None:
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]["scrape_interval"]
    assert source["datasources"][0]["jsonData"]["timeInterval"] == scraped
