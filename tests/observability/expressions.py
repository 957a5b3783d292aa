"""Every expression that Grafana would send to Prometheus, as Prometheus takes it.

For a test with a live Prometheus: execute each of `expressions()`, those that are `instant` with `GET
/api/v1/query?query=…`, the others with `GET /api/v1/query_range?query=…&start=…&end=…&step=15`, and expect `success`
and at least one series. Where `idle` says when an empty answer is right, make sure that this is not so (send articles
that become alerts, set NORTHWIRE_SOURCES, wait until a canary came out), or accept the empty answer. An `unless` of
annotations answers only in the minute after something appeared. `recently` must span at least two scrapes, better
four; `shown` may be longer than what Prometheus holds.

    for one in expressions(recently="20s"):
        answer = ask(one.expr, instant=one.instant)
        assert answer or one.idle, one

The variables stand for all of their values unless others are given. `names` of an answer's labels gives what the
legend would say.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deploy.grafana.__main__ import BOARDS
from deploy.grafana.frame import appearances
from streams.metrics import BUILD


class Expression(NamedTuple):
    """One expression of a dashboard, with the variables replaced."""

    dashboard: str
    panel: str
    expr: str
    instant: bool
    """Whether it is asked for at one moment, and not over time."""
    legend: str
    idle: str
    """When an empty answer is right; nothing where it never is."""

    def names(self, labels: Mapping[str, str]) -> str:
        """What the legend says of a series."""
        return re.sub(r"{{(\w+)}}", lambda label: labels.get(label[1], ""), self.legend)


def expressions(
    *, job: str = ".+", instance: str = ".+", recently: str = "1m", shown: str = "1h"
) -> Iterator[Expression]:
    """Those of all panels, then those of annotations and variables, which are the same in every dashboard."""
    values = {"job": job, "instance": instance, "__rate_interval": recently, "__range": shown}
    for board in BOARDS:
        for shelf in board.shelves:
            for panel in shelf.panels:
                for query in panel.queries:
                    expr = substituted(query.expr, values)
                    yield Expression(board.uid, panel.title, expr, query.instant, query.legend, query.idle)
    for mark in appearances():
        idle = "nothing appeared in the last minute"
        yield Expression("annotation", mark.name, substituted(mark.expr, values), False, mark.says, idle)
    for variable, matchers in (("job", ""), ("instance", '{job=~"$job"}')):
        expr = substituted(f"group by ({variable}) ({BUILD.name}{matchers})", values)
        yield Expression("variable", variable, expr, True, f"{{{{{variable}}}}}", "")


def substituted(expr: str, values: Mapping[str, str]) -> str:
    """An expression with its variables replaced. Raises KeyError for one that has no value."""
    return re.sub(r"\$(\w+)", lambda variable: values[variable[1]], expr)
