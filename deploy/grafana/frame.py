"""What the dashboards share: variables, links, annotations, and how panels are laid out."""

from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard

from deploy.grafana.palette import SERIES
from deploy.grafana.panels import SOURCE, Panel
from streams.metrics import BUILD, TOPIC

GRID = 24
RUNBOOK = "/public/northwire/runbook.md"
"""docs/runbook.md as Grafana itself serves it, where docker-compose.yml puts it: there without any network."""


class Shelf(NamedTuple):
    """Panels side by side, all of one height, under a heading if it has one."""

    height: int
    panels: tuple[Panel, ...]
    heading: str = ""


class Board(NamedTuple):
    """A dashboard."""

    name: str
    title: str
    text: str
    shelves: tuple[Shelf, ...]
    shown: str = "now-1h"

    @property
    def uid(self) -> str:
        return f"northwire-{self.name}"


class Appearance(NamedTuple):
    """What is marked in every panel when it appears."""

    name: str
    expr: str
    says: str
    colour: str


class _Annotation(dashboard.AnnotationQuery):
    """An annotation with what Grafana's Prometheus reads beside the fields that the SDK knows."""

    says = ""

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "step": "60s", "titleFormat": self.says}


def appearances() -> tuple[Appearance, ...]:
    """A version that runs, or is watched, and was not there in the five minutes before."""
    return (
        Appearance("Deploys", _appears("job, version", BUILD.name), "{{job}}: version {{version}}", SERIES[3]),
        Appearance("Topics", _appears("topic, version", TOPIC.name), "topic {{topic}}: version {{version}}", SERIES[1]),
    )


def draw(board: Board, boards: Sequence[Board], runbook: str = RUNBOOK) -> dashboard.Dashboard:
    """The dashboard as Grafana takes it, with links to the others."""
    drawing = (
        build.Dashboard(board.title)
        .uid(board.uid)
        .description(board.text)
        .tags(["northwire"])
        .readonly()
        .time(board.shown, "now")
        .refresh("30s")
        .timezone("browser")
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .variables([_source(), _label("job", "Job", ""), _label("instance", "Instance", '{job=~"$job"}')])
        .links([*(_link(other) for other in boards if other != board), _runbook(runbook)])
    )
    place(drawing, board.shelves)
    drawn = drawing.build()
    drawn.annotations = dashboard.AnnotationContainer(list_val=[_annotation(each) for each in appearances()])
    return drawn


def place(drawing: build.Dashboard, shelves: Sequence[Shelf]) -> None:
    """Puts shelf below shelf, each as wide as the grid. Raises ValueError for one that is not."""
    y = number = 0
    for shelf in shelves:
        if sum(panel.width for panel in shelf.panels) != GRID:
            raise ValueError(f"{[panel.title for panel in shelf.panels]} are not {GRID} wide together")
        if shelf.heading:
            number += 1
            drawing.with_row(build.Row(shelf.heading).id(number).grid_pos(dashboard.GridPos(h=1, w=GRID, x=0, y=y)))
            y += 1
        x = 0
        for panel in shelf.panels:
            number += 1
            drawing.with_panel(panel.build(number, x, y, shelf.height))
            x += panel.width
        y += shelf.height


def _appears(labels: str, name: str) -> str:
    now, before = f"max by ({labels}) ({name})", f"max by ({labels}) (last_over_time({name}[5m] offset 1m))"
    return f"{now} unless {before}"


def _annotation(appearance: Appearance) -> dashboard.AnnotationQuery:
    annotation = _Annotation(
        name=appearance.name, datasource=SOURCE, icon_color=appearance.colour, expr=appearance.expr
    )
    annotation.says = appearance.says
    return annotation


def _source() -> build.DatasourceVariable:
    return build.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _label(name: str, title: str, matchers: str) -> build.QueryVariable:
    """A label of the processes, of which any number can be chosen."""
    return (
        build.QueryVariable(name)
        .label(title)
        .datasource(SOURCE)
        .query({"query": f"label_values({BUILD.name}{matchers}, {name})", "refId": name})
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(dashboard.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _link(other: Board) -> build.DashboardLink:
    return (
        build.DashboardLink(other.title)
        .type(dashboard.DashboardLinkType.LINK)
        .icon("dashboard")
        .tooltip(other.text)
        .url(f"/d/{other.uid}")
        .keep_time(True)
        .include_vars(True)
    )


def _runbook(url: str) -> build.DashboardLink:
    return (
        build.DashboardLink("Runbook")
        .type(dashboard.DashboardLinkType.LINK)
        .icon("doc")
        .tooltip("What to do about each alert")
        .url(url)
        .target_blank(True)
    )
