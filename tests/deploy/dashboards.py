"""The dashboards as they are committed."""

import json
import re
from typing import Any, NamedTuple

from deploy.grafana.__main__ import FOLDER

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SELECTOR = re.compile(r"(?P<name>\w+)\{(?P<matchers>[^{}]*)\}(?:\[(?P<window>[^\]]*)\])?")
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}


class Shown(NamedTuple):
    """A panel and the dashboard it is of."""

    dashboard: str
    panel: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.dashboard}: {self.panel['title']}"


class Target(NamedTuple):
    """What a panel asks Prometheus."""

    dashboard: str
    panel: dict[str, Any]
    asked: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.dashboard}: {self.panel['title']} {self.asked['refId']}"


PANELS = [
    Shown(name, panel)
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
    if panel["type"] != "row"
]
TARGETS = [Target(*shown, asked) for shown in PANELS for asked in shown.panel["targets"]]
