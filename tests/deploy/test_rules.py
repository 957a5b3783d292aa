"""The rules of Prometheus by promtool: they parse, and each alert fires for its cause and not for what is near it."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.errors import Reason
from streams.kafka.lag import READS
from streams.metrics import STORIES, TAGGING, every_metric
from streams.observatory import STATES
from streams.tagging.topics import CANARY
from tests.clusters.toolchain import insist_on
from tests.observability.incidents import INCIDENTS, Incident
from tests.observability.promtool import annotated, firing, judged
from tests.observability.rules import FILES, called, rules
from tests.observability.weather import WATCHDOG, cases

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
CASES = list(cases())
ALERTING = [rule for rule in rules() if "alert" in rule]
METRICS = {metric.name: metric for metric in every_metric()}
VALUES = {
    "group": READS.keys(),
    "outcome": {"tagged", "untagged", "rejected", "news", "repeat", "loaded", "refused"},
    "reason": {reason.value for reason in Reason},
    "stage": {TAGGING, STORIES},
    "state": STATES,
    "topic": {CANARY},
}
"""What labels can say, where rules ask for it."""
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"(?ms)^## (Northwire\w+)$(.*?)(?=^## |\Z)", RUNBOOK))
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


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return judged(tmp_path_factory.mktemp("cases"), CASES)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].alert}-{number}")
def test_exactly_the_right_alerts_fire(verdicts: list[str], number: int) -> None:
    assert verdicts[number] == "", CASES[number]


def test_a_case_fails_where_its_alert_does_not_fire(tmp_path: Path) -> None:
    silent = []
    for file in FILES:
        document = yaml.safe_load(file.read_text("utf-8"))
        for group in document["groups"]:
            group["rules"] = [rule for rule in group["rules"] if "record" in rule or rule["alert"] == WATCHDOG]
        silent.append(tmp_path / file.name)
        silent[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    some = CASES[:10]
    assert list(map(bool, judged(tmp_path, some, silent))) == [bool(case.firing) for case in some]


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.name)
def test_an_incident_sets_off_what_the_runbook_says(tmp_path: Path, incident: Incident) -> None:
    (alerts,) = firing(tmp_path, incident.change, incident.at)
    assert {called(alert) for alert in alerts} - {WATCHDOG} == incident.told | incident.held
    row = (incident.name, ", ".join(sorted(incident.told)), ", ".join(sorted(incident.held)))
    assert f"| {' | '.join(row)} |" in RUNBOOK


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_reads_well(tmp_path: Path, name: str) -> None:
    telling = [case for case in CASES if case.alert == name and name in case.firing]
    case = min(telling, key=lambda case: case.after / case.step)
    told = annotated(tmp_path, case)
    assert told
    for annotations in told:
        assert not re.search(r"[{}<>]|%!|NaN|\bno value\b", annotations["description"]), annotations
        assert re.fullmatch(r"\S+( \S+){5,}\.", annotations["description"])
        assert annotations["runbook_url"] == f"docs/runbook.md#{case.alert.split()[0].lower()}"


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    names = set(NAMES)
    assert {case.alert for case in CASES if case.alert in case.firing} == names
    assert {case.alert for case in CASES if case.alert not in case.firing} == names - {WATCHDOG}


@pytest.mark.parametrize("rule", ALERTING, ids=NAMES)
def test_an_alert_says_what_is_wrong_and_where_it_is_written_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket", "none"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    _, anchor = rule["annotations"]["runbook_url"].split("#")
    assert anchor in {heading.lower() for heading in SECTIONS}


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_runbook_says_what_it_means_who_notices_where_to_look_and_what_to_do_and_not_to_do(heading: str) -> None:
    assert heading in {rule["alert"] for rule in ALERTING}
    told = re.findall(r"(?m)^- \*\*([\w ]+)\*\*", SECTIONS[heading])
    assert told == ["Means", "Subscribers", "Look", "Do", "Do not"]
    severities = {rule["labels"]["severity"] for rule in ALERTING if rule["alert"] == heading}
    assert len(severities) > 1 or severities & {"none"} or f"**Means** ({severities.pop()}):" in SECTIONS[heading]


def test_what_the_runbook_links_to_is_there_and_a_panel_that_it_names_is_one() -> None:
    headings = {heading.lower() for heading in re.findall(r"(?m)^## (\w+)$", RUNBOOK)}
    assert set(re.findall(r"\]\(#(\w+)\)", RUNBOOK)) <= headings
    boards = [json.loads(file.read_text("utf-8")) for file in (ROOT / "deploy/grafana/dashboards").glob("*.json")]
    panels = {panel["title"] for board in boards for panel in board["panels"]}
    named = set(re.findall(r"(?<!\*)\*([A-Z][\w,: ]+)\*(?!\*)", "".join(SECTIONS.values())))
    assert named - panels == {"Northwire overview", "Targets"}


def test_every_recorded_series_is_called_as_agreed_and_used() -> None:
    expressions = " ".join(rule["expr"] for rule in ALERTING)
    for rule in RECORDING:
        assert re.fullmatch(r"northwire:[a-z_]+:[a-z_]+(\d+[mhd])?", rule["record"])
        assert rule["record"] in expressions


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("record", rule.get("alert")))
def test_a_rule_asks_for_what_is_measured(rule: dict[str, Any]) -> None:
    for name, suffix, matchers in re.findall(
        r"\b(northwire_[a-z_]+?)(_bucket|_count)?\b(?!:)(?:{(.*?)})?", rule["expr"]
    ):
        metric = METRICS[name]
        assert (metric.kind == "histogram") == bool(suffix), name
        for label, _, value in re.findall(r'(\w+)(=~|!=|=)"(.*?)"', matchers):
            if label == "le":
                assert float(value) in metric.buckets
                continue
            assert label in metric.labels, (name, label)
            for one in re.sub(r"\((.+)\)", r"\1", value).split("|"):
                assert any(re.search(one, known) for known in VALUES[label]), (name, one)
    known = {label for metric in METRICS.values() for label in metric.labels} | {"instance", "job"}
    for labels in re.findall(r"\b(?:by|on) \(([\w, ]+)\)", rule["expr"]):
        assert set(labels.split(", ")) <= known


def test_grafana_knows_how_often_prometheus_scrapes() -> None:
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]["scrape_interval"]
    assert source["datasources"][0]["jsonData"]["timeInterval"] == scraped
