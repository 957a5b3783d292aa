"""Counters and histograms for what happens to every article.

prometheus_client's take a lock for each number; these belong to one thread, which adds to plain ones. Others read
them, when they are scraped.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily


class Count:
    """A number that goes up."""

    def __init__(self) -> None:
        self.number = 0.0


class Spread:
    """How many values lay below each bound, and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float) -> None:
        """Takes in a value, which counts for the first bound that it does not exceed."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def buckets(self) -> tuple[list[tuple[str, float]], float]:
        """The bounds with how many values do not exceed them, and the sum of all values."""
        names = [*map(str, self._bounds), "+Inf"]
        return list(zip(names, accumulate(self._counts), strict=True)), self._sum


class Counter:
    """A counter with labels, to be registered."""

    def __init__(self, name: str, text: str, labels: Sequence[str]) -> None:
        self._described = (name.removesuffix("_total"), text, labels)
        self._counts: dict[tuple[str, ...], Count] = {}

    def labels(self, *values: str) -> Count:
        """The count for these labels."""
        return self._counts.setdefault(values, Count())

    def collect(self) -> Iterator[Metric]:
        """As prometheus_client asks for it."""
        name, text, labels = self._described
        family = CounterMetricFamily(name, text, labels=labels)
        for values, count in self._counts.items():
            family.add_metric(values, count.number)
        yield family


class Histogram:
    """A histogram with labels, or without, to be registered."""

    def __init__(self, name: str, text: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._described = (name, text, labels)
        self._bounds = bounds
        self._spreads: dict[tuple[str, ...], Spread] = {}

    def labels(self, *values: str) -> Spread:
        """The spread for these labels."""
        return self._spreads.setdefault(values, Spread(self._bounds))

    def collect(self) -> Iterator[Metric]:
        """As prometheus_client asks for it."""
        name, text, labels = self._described
        family = HistogramMetricFamily(name, text, labels=labels)
        for values, spread in self._spreads.items():
            family.add_metric(values, *spread.buckets())
        yield family
