"""The rules of Prometheus, given to promtool with series that a Prometheus could have scraped."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.observability.weather import WATCHDOG, Case, Series, quiet

FILES = sorted((Path(__file__).parents[2] / "deploy" / "prometheus" / "rules").glob("*.yml"))

Labels = Mapping[str, str]


def rules() -> list[dict[str, Any]]:
    """Every rule, as it is written."""
    groups = (group for file in FILES for group in yaml.safe_load(file.read_text("utf-8"))["groups"])
    return [rule for group in groups for rule in group["rules"]]


def called(alert: Labels) -> str:
    """The name of an alert, with the time that it looks at where several differ in that."""
    return f"{alert['alertname']} {alert.get('over', '')}".strip()


def judged(folder: Path, case: Case, files: Iterable[Path] = FILES) -> str:
    """What promtool has against a case; empty if exactly the right alerts fire."""
    query = {
        "expr": 'count by (alertname, over) (ALERTS{alertstate="firing"}) > bool 0',
        "eval_time": f"{case.after}s",
        "exp_samples": [{"labels": _selector(name), "value": 1} for name in sorted({*case.firing, WATCHDOG})],
    }
    return _tested(folder, case.change, case.after, case.step, query, files)


def firing(folder: Path, change: Series, after: int, step: int = 10) -> list[Labels]:
    """The alerts that fire so many seconds into a quiet day with a change, with all of their labels."""
    query = {"expr": 'ALERTS{alertstate="firing"}', "eval_time": f"{after}s", "exp_samples": []}
    (got,) = re.findall(r"(?m)^ +got: (.+)$", _tested(folder, change, after, step, query, FILES))
    return [
        {
            name: value
            for name, value in re.findall(r'(\w+)="([^"]*)"', labels)
            if name not in ("__name__", "alertstate")
        }
        for labels in re.findall(r"{([^}]+)}", got)
    ]


def annotated(folder: Path, case: Case) -> list[Labels]:
    """The annotations of the alert that a case is about, as a person reads them."""
    question = {"eval_time": f"{case.after}s", "alertname": case.alert.partition(" ")[0], "exp_alerts": []}
    said = _tested(folder, case.change, case.after, case.step, question, FILES)
    return [dict(re.findall(r'(\w+)="(.*?)"', told)) for told in re.findall(r"(?m)^ +Annotations:{(.*)}$", said)]


def _tested(
    folder: Path, change: Series, after: int, step: int, question: Mapping[str, Any], files: Iterable[Path]
) -> str:
    """What promtool has against one question, about samples or about an alert."""
    series = {**quiet(step), **change}
    scrapes = str(after // step + 1)
    document = {
        "rule_files": [str(file) for file in files],
        "evaluation_interval": f"{step}s",
        "tests": [
            {
                "interval": f"{step}s",
                "input_series": [
                    {"series": name, "values": values.replace("{n}", scrapes)} for name, values in series.items()
                ],
                "external_labels": {"runbook": "docs/runbook.md"},
                "alert_rule_test" if "alertname" in question else "promql_expr_test": [question],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert ("FAILED" in said) == (done.returncode != 0), said
    return said if done.returncode else ""


def _selector(name: str) -> str:
    alert, _, over = name.partition(" ")
    return f'{{alertname="{alert}"' + (f',over="{over}"}}' if over else "}")
