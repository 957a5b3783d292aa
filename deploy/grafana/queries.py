"""PromQL over the metrics of streams/metrics.py, for the processes that a dashboard's variables choose.

A counter is only ever seen through its rate, or through what it grew by in the time that is shown.
"""

from typing import NamedTuple

from streams.metrics import Metric

CHOSEN = 'job=~"$job",instance=~"$instance"'
RECENTLY = "$__rate_interval"
SHOWN = "$__range"
GENUINE = 'topic!="canary"'
"""No canary: what a subscriber may see."""


class Query(NamedTuple):
    """One expression of a panel."""

    expr: str
    legend: str
    """The name of each of its series; `{{label}}` is the value of a label."""
    instant: bool = False
    """Whether the last value is all that is asked for, and not its course."""
    idle: str = ""
    """When an empty answer is right; nothing where it never is."""


def course(expr: str, legend: str, *, idle: str = "") -> Query:
    """An expression over the time that is shown."""
    return Query(expr, legend, idle=idle)


def last(expr: str, legend: str, *, idle: str = "") -> Query:
    """An expression at the end of the time that is shown."""
    return Query(expr, legend, instant=True, idle=idle)


def series(metric: Metric, *matchers: str) -> str:
    """The series of a gauge."""
    return _chosen(metric.name, matchers)


def rate(metric: Metric, *matchers: str, over: str = RECENTLY) -> str:
    """A counter per second."""
    return f"rate({_chosen(metric.name, matchers)}[{over}])"


def growth(metric: Metric, *matchers: str) -> str:
    """What a counter grew by in the time that is shown."""
    return f"increase({_chosen(metric.name, matchers)}[{SHOWN}])"


def total(expr: str, *labels: str) -> str:
    """The sum, for each value of some labels."""
    return _over("sum", expr, labels)


def most(expr: str, *labels: str) -> str:
    """The largest, for each value of some labels."""
    return _over("max", expr, labels)


def least(expr: str, *labels: str) -> str:
    """The smallest, for each value of some labels."""
    return _over("min", expr, labels)


def quantile(share: float, metric: Metric, *matchers: str, by: tuple[str, ...] = ()) -> str:
    """What this share of a histogram's observations stays below; no answer where nothing was observed."""
    observed = rate(metric._replace(name=f"{metric.name}_bucket"), *matchers)
    return f"histogram_quantile({share}, {total(observed, 'le', *by)}) >= 0"


def share(part: str, of: str) -> str:
    """A part of a whole, and zero of nothing."""
    return f"{part} / clamp_min({of}, 1e-9)"


def age(moment: str) -> str:
    """Seconds since a moment."""
    return f"time() - {moment}"


def whole(expr: str) -> str:
    """A number of things: Prometheus extrapolates, and less than one is still one."""
    return f"ceil({expr})"


def up() -> str:
    """Whether Prometheus reaches the processes of Northwire."""
    return f'up{{job=~"northwire-.+",{CHOSEN}}}'


def _chosen(name: str, matchers: tuple[str, ...]) -> str:
    return f"{name}{{{','.join((CHOSEN, *matchers))}}}"


def _over(operator: str, expr: str, labels: tuple[str, ...]) -> str:
    return f"{operator} by ({', '.join(labels)}) ({expr})" if labels else f"{operator}({expr})"
