"""The checklist of dashboards: every item, on every panel. Not rendered here: see docs/dashboards.md."""

import json
import re
import subprocess
import sys
from itertools import chain, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.builders.dashboard import Dashboard as Drawing
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.__main__ import BOARDS, FOLDER, documents, main, stale
from deploy.grafana.frame import RUNBOOK, Shelf, place
from deploy.grafana.palette import BAD, GOOD, RISING, SERIES, WARNING
from deploy.grafana.pipeline import OUTCOMES
from streams import metrics
from streams.model import Kind, Severity
from streams.settings import read_settings
from streams.telemetry import Telemetry
from tests.deploy.dashboards import DASHBOARDS, PANELS, SELECTOR, SOURCE, Shown
from tests.observability.rules import rule

ROOT = Path(__file__).parents[2]
GOLDEN = {
    "traffic": {"northwire_articles_total", "northwire_alerts_total"},
    "errors": {"northwire_articles_total", "northwire_group_lost_messages_total", "northwire_rejected_total"},
    "latency": {"northwire_alert_latency_seconds_bucket", "northwire_processing_seconds_bucket"},
    "saturation": {"northwire_group_lag_seconds", "northwire_live_articles"},
}
KNOWN = {
    "stage": set(OUTCOMES),
    "outcome": {outcome for outcomes in OUTCOMES.values() for outcome in outcomes},
    "group": {"northwire-tagging", "northwire-stories"},
    "kind": {kind.value for kind in Kind},
    "severity": {severity.value for severity in Severity},
}
"""The values of labels that are known beforehand."""

each_dashboard = pytest.mark.parametrize("name", DASHBOARDS)
each_panel = pytest.mark.parametrize("shown", [pytest.param(shown, id=shown.id) for shown in PANELS])


def cells(where: dict[str, int]) -> set[tuple[int, int]]:
    across, down = range(where["x"], where["x"] + where["w"]), range(where["y"], where["y"] + where["h"])
    return set(product(across, down))


def names_of(legend: str) -> set[str]:
    """Every series that a legend can name, where its labels are known."""
    labels = re.findall(r"{{(\w+)}}", legend)
    choices = product(*(sorted(KNOWN[label]) for label in labels))
    return {re.sub(r"{{\w+}}", "{}", legend).format(*choice) for choice in choices}


def test_the_committed_files_are_what_the_code_says() -> None:
    assert set(DASHBOARDS) == {board.name for board in BOARDS}
    assert main(["--check"]) is None


def test_the_check_names_what_is_not_current_and_ends_with_1(tmp_path: Path) -> None:
    for file, text in documents().items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert stale(tmp_path) == []
    (tmp_path / "overview.json").write_text("{}", encoding="utf-8")
    (tmp_path / "newsroom.json").unlink()
    assert stale(tmp_path) == ["overview.json", "newsroom.json"]
    check = [sys.executable, "-m", "deploy.grafana", "--check", "--runbook", "https://wiki.example/runbook"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("overview.json and pipeline.json and newsroom.json must be written anew")


@each_dashboard
def test_a_dashboard_is_of_grafana_11_and_nobody_edits_it_in_a_browser(name: str) -> None:
    dashboard = DASHBOARDS[name]
    assert dashboard["schemaVersion"] == 41
    assert dashboard["editable"] is False
    assert dashboard["uid"] == f"northwire-{name}"
    assert dashboard["title"].startswith("Northwire ")
    assert dashboard["description"]
    assert "id" not in dashboard


@each_dashboard
def test_one_data_source_and_the_processes_can_be_chosen(name: str) -> None:
    source, job, instance = DASHBOARDS[name]["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    assert source["multi"] is source["includeAll"] is False
    for variable in (job, instance):
        assert variable["type"] == "query"
        assert variable["datasource"] == SOURCE
        assert variable["multi"] is variable["includeAll"] is True
        assert variable["allValue"] == ".+"
        assert variable["label"]
        assert variable["refresh"] == 2, "asks again when the time shown changes"
    assert job["query"]["query"] == "label_values(northwire_build_info, job)"
    assert instance["query"]["query"] == 'label_values(northwire_build_info{job=~"$job"}, instance)'


@each_dashboard
def test_panels_fill_the_grid_without_overlap_or_gap(name: str) -> None:
    places = [panel["gridPos"] for panel in DASHBOARDS[name]["panels"]]
    taken = list(chain.from_iterable(cells(each) for each in places))
    height = max(each["y"] + each["h"] for each in places)
    assert len(taken) == len(set(taken)), "two panels overlap"
    assert set(taken) == set(product(range(24), range(height)))
    ids = [panel["id"] for panel in DASHBOARDS[name]["panels"]]
    assert len(ids) == len(set(ids))


def test_a_shelf_that_is_not_as_wide_as_the_grid_is_refused() -> None:
    (first, *_) = BOARDS[0].shelves
    with pytest.raises(ValueError, match="not 24 wide"):
        place(Drawing("narrow"), [Shelf(5, first.panels[1:])])


@each_dashboard
def test_the_first_row_shows_the_golden_signals(name: str) -> None:
    first = [panel for panel in DASHBOARDS[name]["panels"] if panel["gridPos"]["y"] == 0]
    assert {panel["type"] for panel in first} == {"stat"}
    seen = {
        found["name"] for panel in first for target in panel["targets"] for found in SELECTOR.finditer(target["expr"])
    }
    assert [signal for signal, ways in GOLDEN.items() if not seen & ways] == []


@each_dashboard
def test_links_lead_to_the_other_dashboards_and_to_the_runbook(name: str) -> None:
    links = DASHBOARDS[name]["links"]
    others = {f"/d/{dashboard['uid']}" for other, dashboard in DASHBOARDS.items() if other != name}
    assert {link["url"] for link in links} == others | {RUNBOOK}
    for link in links:
        assert link["keepTime"] is link["includeVars"] is (link["url"] != RUNBOOK)
        assert link["title"]
        assert link["tooltip"]


def test_the_runbook_is_there() -> None:
    assert (ROOT / "docs" / Path(RUNBOOK).name).is_file()


@each_dashboard
def test_deploys_and_topic_versions_are_marked(name: str) -> None:
    marks = {mark["name"]: mark for mark in DASHBOARDS[name]["annotations"]["list"]}
    for title, metric in (("Deploys", metrics.BUILD), ("Topics", metrics.TOPIC)):
        mark = marks.pop(title)
        assert mark["enable"] is True
        assert mark["datasource"] == SOURCE
        assert mark["expr"].count(metric.name) == 2
        says = re.findall(r"{{(\w+)}}", mark["titleFormat"])
        assert "version" in says
        assert set(says) <= {*metric.labels, "job"}
        assert mark["step"] == "60s", "as far back as `offset` looks, so that each is marked once"
        assert "offset 1m" in mark["expr"]
    assert not marks


@each_panel
def test_a_panel_says_what_it_shows_and_what_to_do(shown: Shown) -> None:
    panel = shown.panel
    titles = [each["title"] for each in DASHBOARDS[shown.dashboard]["panels"]]
    assert titles.count(panel["title"]) == 1
    assert len(panel["title"]) <= 40
    sentences = re.findall(r"[^.]+\.(?= |$)", panel["description"])
    assert len(sentences) >= 2
    assert re.search(r"\b([Rr]ed|[Yy]ellow|line)\b", panel["description"]), "what is a bad sign?"
    assert panel["datasource"] == SOURCE
    assert panel["transparent"] is False


@each_panel
def test_a_panel_has_a_unit_that_grafana_knows(shown: Shown) -> None:
    known = {value for value in vars(units).values() if isinstance(value, str)}
    assert shown.panel["fieldConfig"]["defaults"]["unit"] in known - {"none", "string"}


@each_panel
def test_a_panel_has_thresholds_in_order_and_in_colours_that_all_can_tell_apart(shown: Shown) -> None:
    thresholds = shown.panel["fieldConfig"]["defaults"]["thresholds"]
    first, *rest = thresholds["steps"]
    assert thresholds["mode"] == "absolute"
    assert first["value"] is None
    assert rest
    values = [step["value"] for step in rest]
    assert values == sorted(set(values))
    shades = [step["color"] for step in thresholds["steps"]]
    assert GOOD in shades
    assert len(set(shades)) == len(shades)
    assert set(shades) <= {GOOD, WARNING, BAD}
    order = [(GOOD, WARNING, BAD).index(shade) for shade in shades]
    assert order in (sorted(order), sorted(order, reverse=True))


def red_from(title: str) -> float:
    """The value from which all panels of a title are red."""
    steps = [
        shown.panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        for shown in PANELS
        if shown.panel["title"] == title
    ]
    (last,) = {(step[-1]["color"], step[-1]["value"]) for step in steps}
    assert last[0] == BAD
    return float(last[1])


@pytest.mark.parametrize(
    ("title", "alert"),
    [
        ("Oldest unread", "NorthwireBehind"),
        ("Oldest unread, by partition", "NorthwireBehind"),
        ("Broker last seen", "NorthwireKafkaAway"),
        ("In flight, by worker", "NorthwireBackPressure"),
        ("Rebalances, by worker", "NorthwireRebalanceStorm"),
        ("Put aside", "NorthwireRejected"),
    ],
)
def test_a_panel_turns_red_where_an_alert_speaks(title: str, alert: str) -> None:
    assert re.search(rf"> {red_from(title):g}$", rule(alert)["expr"], re.MULTILINE)


def test_the_last_canary_turns_red_where_the_alert_speaks() -> None:
    assert "> 30 + 2 * northwire_canary_interval_seconds" in rule("NorthwireCanaryMissing")["expr"]
    assert red_from("Last canary") == 30 + 2 * read_settings().canary_interval


@each_panel
def test_lines_have_a_colour_for_each_series_and_all_else_has_that_of_its_value(shown: Shown) -> None:
    panel = shown.panel
    config = panel["fieldConfig"]
    if panel["type"] != "timeseries":
        assert config["defaults"]["color"] == {"mode": "thresholds"}
        assert config["overrides"] == []
        return
    fixed = {
        override["matcher"]["options"]: override["properties"][0]["value"]["fixedColor"]
        for override in config["overrides"]
    }
    named = set[str]().union(*(names_of(target["legendFormat"]) for target in panel["targets"]))
    impossible = {"tagging news", "tagging repeat", "stories tagged", "stories untagged"}
    assert set(fixed) >= named - impossible - (KNOWN["outcome"] - set(OUTCOMES["tagging"]))
    assert set(fixed) <= named
    assert len(set(fixed.values())) == len(fixed)
    assert set(fixed.values()) <= {*SERIES, *RISING}


def test_the_outcomes_that_lines_show_are_those_that_workers_count() -> None:
    for stage, outcomes in OUTCOMES.items():
        (family,) = [each for each in Telemetry(stage).registry.collect() if each.name == "northwire_articles"]
        assert {sample.labels["outcome"] for sample in family.samples} == set(outcomes)


def provisioned(kind: str) -> dict[str, Any]:
    (file,) = (FOLDER.parent / "provisioning" / kind).glob("*.yml")
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert loaded["apiVersion"] == 1
    return loaded


def test_grafana_finds_prometheus_by_itself() -> None:
    (source,) = provisioned("datasources")["datasources"]
    assert (source["type"], source["uid"]) == ("prometheus", "northwire-prometheus")
    assert source["url"] == "http://prometheus:9090"
    assert source["isDefault"] is True
    assert re.fullmatch(r"\d+s", source["jsonData"]["timeInterval"])


def test_grafana_finds_the_dashboards_by_itself_and_keeps_them_as_they_are() -> None:
    (provider,) = provisioned("dashboards")["providers"]
    assert provider["type"] == "file"
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is True


@each_dashboard
def test_grafanas_own_types_lose_nothing_of_a_dashboard(name: str) -> None:
    register_default_plugins()
    again = json.loads(json.dumps(Dashboard.from_json(DASHBOARDS[name]).to_json(), cls=JSONEncoder))
    expected = json.loads(json.dumps(DASHBOARDS[name]))
    for mark in expected["annotations"]["list"]:
        del mark["step"], mark["titleFormat"]  # read by Grafana's Prometheus, unknown to the SDK
    assert again == expected
