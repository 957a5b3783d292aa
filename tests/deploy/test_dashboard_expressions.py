"""The expressions of the dashboards: every one parses, and names what exists."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams import metrics
from streams.metrics import every_metric
from tests.clusters.toolchain import insist_on
from tests.deploy.dashboards import DASHBOARDS, SELECTOR, SOURCE, TARGETS
from tests.observability.expressions import expressions

METRICS = {metric.name: metric for metric in every_metric()}
each_target = pytest.mark.parametrize("target", [pytest.param(one.asked, id=one.id) for one in TARGETS])


def labels_of(name: str) -> set[str]:
    """The labels that a series of a name has."""
    if name == "up":
        return {"job", "instance"}
    bucket = name.endswith("_bucket")
    metric = METRICS[name.removesuffix("_bucket")]
    assert bucket == (metric.kind == "histogram"), name
    return {*metric.labels, "job", "instance", *(["le"] if bucket else [])}


def labels_in(matchers: str) -> list[str]:
    return re.findall(r'(\w+)(?:=~|!~|!=|=)"[^"]*"', matchers)


def inside(text: str, start: int) -> str:
    """What stands between the parenthesis that opens at `start` and the one that closes it."""
    depth = 0
    for end, letter in enumerate(text[start:], start + 1):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[start:end]
    raise AssertionError(f"{text} has a parenthesis without an end")


@each_target
def test_a_target_asks_the_chosen_data_source_for_named_series(target: dict[str, Any]) -> None:
    assert target["datasource"] == SOURCE
    assert target["legendFormat"]
    assert target["instant"] is not target["range"]
    assert not target.get("hide")


@each_target
def test_an_expression_uses_metrics_and_labels_that_exist(target: dict[str, Any]) -> None:
    expr = target["expr"]
    found = list(SELECTOR.finditer(expr))
    assert found
    for selector in found:
        assert set(labels_in(selector["matchers"])) <= labels_of(selector["name"])
    assert set(re.findall(r"\b(?:northwire_\w+|up)\b(?!\{)", expr)) == set(), "a selector without matchers"
    grouped: set[str] = set()
    for clause in re.finditer(r"\bby \(([^)]*)\) (?=\()", expr):
        labels = set(re.split(r",\s*", clause[1]))
        for selector in SELECTOR.finditer(inside(expr, clause.end())):
            assert labels <= labels_of(selector["name"]), clause[0]
        grouped |= labels
    assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= grouped


@each_target
def test_every_series_of_an_expression_is_of_the_chosen_processes(target: dict[str, Any]) -> None:
    for selector in SELECTOR.finditer(target["expr"]):
        assert 'job=~"$job",instance=~"$instance"' in selector["matchers"]


@each_target
def test_a_counter_is_seen_through_its_rate_or_growth_alone(target: dict[str, Any]) -> None:
    expr = target["expr"]
    for selector in SELECTOR.finditer(expr):
        counter = selector["name"].endswith(("_total", "_bucket", "_count", "_sum"))
        before = expr[: selector.start()]
        assert before.endswith(("rate(", "increase(")) == counter, selector[0]
        assert bool(selector["window"]) == counter
        if counter:
            window = (
                "$__range" if before.endswith("increase(") or selector["window"] == "$__range" else "$__rate_interval"
            )
            assert selector["window"] == window


@pytest.mark.parametrize(
    "target", [pytest.param(one.asked, id=one.id) for one in TARGETS if one.dashboard == "newsroom"]
)
def test_no_canary_is_seen_in_the_newsroom(target: dict[str, Any]) -> None:
    seen = {metrics.MATCHES, metrics.ALERTS, metrics.LATENCY, metrics.LIVE_STORIES, metrics.LIVE_ARTICLES}
    for selector in SELECTOR.finditer(target["expr"]):
        metric = METRICS[selector["name"].removesuffix("_bucket")]
        assert (metric in seen) == ('topic!="canary"' in selector["matchers"])
        assert (metric is metrics.PLACEMENTS) == ('cause!="first"' in selector["matchers"])


def test_every_expression_parses(tmp_path: Path) -> None:
    insist_on("promtool")
    rules = [{"record": f"checked:number{number}", "expr": one.expr} for number, one in enumerate(expressions())]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}), encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout


def test_the_expressions_given_to_a_live_prometheus_are_those_of_the_files() -> None:
    variables = {"$job": ".+", "$instance": ".+", "$__rate_interval": "1m", "$__range": "1h"}
    committed = []
    for dashboard, panel, asked in TARGETS:
        expr = re.sub(r"\$\w+", lambda variable: variables[variable[0]], asked["expr"])
        committed.append((f"northwire-{dashboard}", panel["title"], expr, asked["instant"], asked["legendFormat"]))
    given = [one[:5] for one in expressions() if one.dashboard.startswith("northwire-")]
    assert sorted(given) == sorted(committed)
    assert {one.expr for one in expressions() if one.dashboard == "annotation"} == {
        mark["expr"] for dashboard in DASHBOARDS.values() for mark in dashboard["annotations"]["list"]
    }
    assert not [one for one in expressions() if "$" in one.expr]
