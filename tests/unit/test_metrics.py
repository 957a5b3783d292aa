"""Metrics as data: named as Prometheus wants them, and shown by the process that is written beside each."""

import pytest
from prometheus_client import CollectorRegistry

from streams import metrics
from streams.metrics import LAG, STORIES, TAGGING, Metric, every_metric, page
from streams.observatory import Observatory
from streams.telemetry import Telemetry

METRICS = every_metric()
PROCESSES = {
    TAGGING: Telemetry(TAGGING).registry,
    STORIES: Telemetry(STORIES).registry,
    LAG: Observatory((), 0.0).registry,
}


def shown(registry: CollectorRegistry) -> set[str]:
    """The names of all metrics on a registry."""
    return {family.name + ("_total" if family.type == "counter" else "") for family in registry.collect()}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_shows_what_is_written_that_it_shows_and_nothing_else(process: str) -> None:
    assert shown(PROCESSES[process]) == {metric.name for metric in METRICS if process in metric.shown_by}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_as_prometheus_names_them_and_says_what_it_is(metric: Metric) -> None:
    assert metric.name.startswith("northwire_")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))
    assert len(metric.text.split()) > 2
    assert not metric.text.endswith(".")
    assert "|" not in metric.text
    assert set(metric.shown_by) <= PROCESSES.keys()


def test_no_name_is_given_twice() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_no_label_takes_the_words_of_an_article() -> None:
    bounded = {"topic", "subtopic", "rule", "source", "stage", "outcome", "reason", "cause", "kind", "severity"}
    cluster = {"kafka_topic", "partition", "group", "state", "version"}
    assert {label for metric in METRICS for label in metric.labels} <= bounded | cluster


def test_the_page_tells_of_each_metric() -> None:
    rows = [row for row in page().splitlines() if row.startswith("| `")]
    assert len(rows) == len(METRICS)
    assert f"| `{metrics.LATENCY.name}` | histogram | `topic` | stories |" in page()
