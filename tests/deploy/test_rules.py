"""The rules of Prometheus by promtool: they parse, and each alert fires for its cause and not for what is near it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clusters.observability import insist_on
from tests.observability.weather import WATCHDOG, Case, cases, quiet

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
FILES = sorted((PROMETHEUS / "rules").glob("*.yml"))
CASES = list(cases())


def rules() -> list[dict[str, Any]]:
    return [
        rule for file in FILES for group in yaml.safe_load(file.read_text("utf-8"))["groups"] for rule in group["rules"]
    ]


def called(rule: dict[str, Any]) -> str:
    """The name of an alert, with the time that it looks at where several differ in that."""
    return f"{rule['alert']} {rule['labels'].get('over', '')}".strip()


def labels(name: str) -> str:
    """As PromQL writes an alert that is called so."""
    alert, _, over = name.partition(" ")
    return f'{{alertname="{alert}"' + (f',over="{over}"}}' if over else "}")


ALERTING = [rule for rule in rules() if "alert" in rule]
RECORDING = [rule for rule in rules() if "record" in rule]


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    insist_on("promtool", "amtool")


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def judged(folder: Path, case: Case) -> str:
    """What promtool says of a case; empty if it is as it should be."""
    series = {**quiet(case.step), **case.change}
    test = {
        "interval": f"{case.step}s",
        "input_series": [
            {"series": name, "values": values.replace("{n}", str(case.after // case.step + 1))}
            for name, values in series.items()
        ],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname, over) (ALERTS{alertstate="firing"}) > bool 0',
                "eval_time": f"{case.after}s",
                "exp_samples": [{"labels": labels(name), "value": 1} for name in sorted({*case.firing, WATCHDOG})],
            }
        ],
    }
    document = {
        "rule_files": [str(file) for file in FILES],
        "evaluation_interval": f"{case.step}s",
        "tests": [test],
    }
    (folder / "cases.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", folder / "cases.yml"], capture_output=True, text=True, check=False
    )
    assert ("FAILED" in done.stdout + done.stderr) == (done.returncode != 0), done.stdout + done.stderr
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_prometheus_takes_the_rules_and_the_configuration() -> None:
    assert "SUCCESS" in run("promtool", "check", "rules", *FILES)
    assert "SUCCESS" in run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.alert}-{number}" for number, case in enumerate(CASES)])
def test_exactly_the_right_alerts_fire(tmp_path: Path, case: Case) -> None:
    assert judged(tmp_path, case) == ""


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    names = {called(rule) for rule in ALERTING}
    assert {case.alert for case in CASES if case.alert in case.firing} == names
    assert {case.alert for case in CASES if case.alert not in case.firing} == names - {WATCHDOG}


@pytest.mark.parametrize("rule", ALERTING, ids=called)
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


def test_alertmanager_takes_its_configuration_and_sends_each_alert_where_it_belongs() -> None:
    file = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
    assert "SUCCESS" in run("amtool", "check-config", file)
    for rule in ALERTING:
        labels = {"alertname": rule["alert"], "severity": rule["labels"]["severity"]}
        receiver = {"page": "pager", "ticket": "tickets", "none": "deadman"}[labels["severity"]]
        told = run(
            "amtool", "config", "routes", "test", f"--config.file={file}", *(f"{k}={v}" for k, v in labels.items())
        )
        assert told.split() == [receiver], rule["alert"]


def test_grafana_knows_how_often_prometheus_scrapes() -> None:
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["global"]["scrape_interval"]
    assert source["datasources"][0]["jsonData"]["timeInterval"] == scraped
