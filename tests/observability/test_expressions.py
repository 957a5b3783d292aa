"""Every expression of the dashboards, executed by a real Prometheus on metrics that count real outcomes.

The processes behind the metrics are not real here, so this takes seconds; the whole chain is tested elsewhere.
"""

import json
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml
from structlog.testing import capture_logs

from deploy.grafana.__main__ import BOARDS
from streams.backlog import Extent, Group, Look, Place, Reach, backlog
from streams.errors import Reason
from streams.exposition import exposed
from streams.kafka.embedded import free_ports
from streams.metrics import LAG, STORIES, TAGGING
from streams.model import Cause, News, Rejected, Repeat, Tagged, Untagged
from streams.observatory import Observatory
from streams.telemetry import Telemetry
from tests.clusters.toolchain import insist_on
from tests.deploy.dashboards import PANELS
from tests.observability.expressions import Expression, expressions
from tests.unit import nouns

TOPICS = ("arctic", "sanctions")
GROUPS = ("northwire-tagging", "northwire-stories")
SOURCE = "Harbour Wire"
ALL = list(expressions(recently="20s"))

Ask = Callable[[Expression], list[dict[str, Any]]]


def called(one: Expression) -> str:
    return f"{one.dashboard}: {one.panel}: {one.legend}"


each_expression = pytest.mark.parametrize("one", ALL, ids=called)


class Newsroom:
    """The metrics of three processes, to which the same things happen at every turn."""

    def __init__(self) -> None:
        self.now = time.time()
        rule = nouns.rule("council", subtopic="governance")
        watched = {name: nouns.topic(rule, id=name, subtopics={"governance": "Governance"}) for name in TOPICS}
        self.tagging = Telemetry(TAGGING, sources=(SOURCE,), now=self.now)
        self.tagging.watching(watched)
        self.stories = Telemetry(STORIES, sources=(SOURCE,))
        self.stories.reaching((*TOPICS, "canary"))
        for worker in (self.tagging, self.stories):
            worker.sharing(1)
            worker.holding(lambda: 3)
        self.lag = Observatory(GROUPS, self.now)
        self.registries = {TAGGING: self.tagging.registry, STORIES: self.stories.registry, LAG: self.lag.registry}

    def turn(self) -> None:
        """An article of each topic and one of none come, one of them twice, and a canary."""
        self.now = time.time()
        article = nouns.article(source=SOURCE, published_at=nouns.NOON)
        refused = Rejected(Reason.NOT_JSON, "no")
        for topic in (*TOPICS, "canary"):
            match = nouns.match(nouns.evidence("council", 4, rule="rule-1"), topic=topic, subtopics=("governance",))
            self.tagging.tagged(Tagged(article, (match,)), "articles/0/1", 0.0002, self.now)
            alert = nouns.alert(match, article)
            self.stories.decided(News(alert), "articles.tagged/0/1", 0.001)
            self.stories.alerted(alert, "articles.tagged/0/1", 0.04)
            self.stories.decided(
                Repeat(topic, alert.article.id, alert.story.id, Cause.COPY), "articles.tagged/0/2", 0.001
            )
        self.tagging.tagged(Untagged(article), "articles/0/2", 0.0001, self.now)
        self.tagging.tagged(refused, "articles/0/3", 0.0001, self.now)
        self.tagging.progressed("articles", 0, self.now)
        self.stories.progressed("articles.tagged", 0, self.now)
        self.stories.remembering(dict.fromkeys((*TOPICS, "canary"), (1, 2)))
        self.lag.see(self._look())
        self.lag.sent()
        self.lag.received("canary", 0.3, self.now)

    def _look(self) -> Look:
        extent = Extent(0, 7)
        reaches = [
            Reach(group, Place(kafka_topic, 0), 4)
            for group, kafka_topic in zip(GROUPS, ("articles", "articles.tagged"), strict=True)
        ]
        return Look(
            self.now,
            dict.fromkeys(GROUPS, Group("Stable", 1)),
            {reach.place: extent for reach in reaches},
            {reach: backlog(reach, extent, self.now - 2, self.now, 3600) for reach in reaches},
        )


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a Prometheus that has seen some turns of a newsroom."""
    insist_on("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    (port,) = free_ports(1)
    with ExitStack() as stack, capture_logs():
        newsroom = Newsroom()
        jobs = [
            {"job_name": f"northwire-{name}", "static_configs": [{"targets": [f"127.0.0.1:{served}"]}]}
            for name, served in (
                (name, stack.enter_context(exposed("127.0.0.1", 0, registry, healthy=bool, ready=bool)))
                for name, registry in newsroom.registries.items()
            )
        ]
        stack.enter_context(prometheus(folder, port, jobs))
        started = time.time()

        def asked(one: Expression) -> list[dict[str, Any]]:
            if one.instant:
                return query(port, "query", query=one.expr)
            return query(port, "query_range", query=one.expr, start=started, end=time.time(), step=1)

        up = Expression("", "", "sum(up)", True, "", "")
        wait(lambda: [each["value"][1] for each in asked(up)] == ["3"])
        for _ in range(3):
            newsroom.turn()
            time.sleep(1)
        yield asked


@contextmanager
def prometheus(folder: Path, port: int, jobs: list[dict[str, Any]]) -> Iterator[None]:
    """A Prometheus that scrapes every second, while the context lasts."""
    config = folder / "prometheus.yml"
    config.write_text(
        yaml.safe_dump({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}), "utf-8"
    )
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait(lambda: ready(port))
            yield
        finally:
            process.terminate()
            process.wait(20)


def ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait(until: Callable[[], bool], within: float = 30) -> None:
    end = time.monotonic() + within
    while not until():
        assert time.monotonic() < end, "Prometheus is not there in time"
        time.sleep(0.1)


def query(port: int, kind: str, **parameters: Any) -> list[dict[str, Any]]:
    """The series of an answer."""
    with urlopen(f"http://127.0.0.1:{port}/api/v1/{kind}?{urlencode(parameters)}", timeout=10) as answer:
        result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return result


@each_expression
def test_an_expression_has_an_answer_in_numbers(ask: Ask, one: Expression) -> None:
    answer = ask(one)
    assert answer
    for each in answer:
        numbers = [float(value) for _, value in each.get("values") or [each["value"]]]
        assert all(map(math.isfinite, numbers)), each


@each_expression
def test_each_series_of_an_answer_has_a_name_of_its_own(ask: Ask, one: Expression) -> None:
    names = [one.names(each["metric"]) for each in ask(one)]
    assert all(names)
    assert len(names) == len(set(names))


@each_expression
def test_each_line_has_a_colour(ask: Ask, one: Expression) -> None:
    coloured = {
        (f"northwire-{dashboard}", panel["title"]): {
            override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]
        }
        for dashboard, panel in PANELS
        if panel["type"] == "timeseries"
    }
    names = {one.names(each["metric"]) for each in ask(one)}
    assert names <= coloured.get((one.dashboard, one.panel), names)


@pytest.mark.parametrize("one", [one for one in ALL if one.dashboard == "northwire-newsroom"], ids=called)
def test_no_canary_comes_into_the_newsroom(ask: Ask, one: Expression) -> None:
    assert "canary" not in {each["metric"].get("topic") for each in ask(one)}


def test_the_newsroom_has_series_of_every_dashboard() -> None:
    assert {one.dashboard for one in ALL} == {*(board.uid for board in BOARDS), "annotation", "variable"}
