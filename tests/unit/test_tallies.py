"""Tallies say in Prometheus' format what prometheus_client's own counters and histograms would."""

from hypothesis import given, strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from streams import tallies

BOUNDS = (0.5, 1.0, 20.0)
LABELS = ("stage", "outcome")


@given(st.lists(st.floats(-5, 50) | st.sampled_from(BOUNDS), max_size=20))
def test_what_was_observed_is_told_as_the_library_would_tell_it(values: list[float]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    histogram = tallies.Histogram("time_seconds", "Time", (), BOUNDS)
    counter = tallies.Counter("things_total", "Things", LABELS)
    ours.register(histogram)
    ours.register(counter)
    one = Histogram("time_seconds", "Time", buckets=BOUNDS, registry=theirs)
    other = Counter("things_total", "Things", LABELS, registry=theirs)
    for value in values:
        histogram.labels().observe(value)
        one.observe(value)
        counter.labels("a", "b").number += 1
        other.labels("a", "b").inc()
    if not values:
        histogram.labels()
    assert _lines(generate_latest(ours)) == _lines(generate_latest(theirs))
    for_us, for_them = (generate_openmetrics(one) for one in (ours, theirs))  # type: ignore[no-untyped-call]
    assert _lines(for_us) == _lines(for_them)


def test_what_has_labels_is_there_at_zero_as_soon_as_they_are_named() -> None:
    registry = CollectorRegistry()
    counter, histogram = (
        tallies.Counter("things_total", "Things", LABELS),
        tallies.Histogram("time_seconds", "Time", ("stage",), BOUNDS),
    )
    registry.register(counter)
    registry.register(histogram)
    counter.labels("a", "b")
    histogram.labels("a")
    assert registry.get_sample_value("things_total", {"stage": "a", "outcome": "b"}) == 0
    assert registry.get_sample_value("time_seconds_bucket", {"stage": "a", "le": "+Inf"}) == 0


def _lines(text: bytes) -> list[str]:
    return [line for line in text.decode().splitlines() if "_created" not in line]
