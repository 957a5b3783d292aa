"""Severity: the cut-offs, to the hair."""

import math

import pytest
from hypothesis import given, strategies as st

from streams.model import Severity
from streams.severity import severity_of

SCORES = st.floats(0, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("score", "severity"), [(2.0, Severity.MEDIUM), (4.0, Severity.HIGH), (8.0, Severity.CRITICAL)]
)
def test_a_severity_begins_exactly_at_its_cutoff(score: float, severity: Severity) -> None:
    assert severity_of(score) is severity
    assert severity_of(math.nextafter(score, math.inf)) is severity
    assert severity_of(math.nextafter(score, 0)) is not severity


@pytest.mark.parametrize("score", [0.0, 1.0, 1.999])
def test_whatever_fires_at_all_is_at_least_low(score: float) -> None:
    assert severity_of(score) is Severity.LOW


@given(SCORES, SCORES)
def test_a_higher_score_is_never_less_severe(one: float, other: float) -> None:
    order = list(Severity)
    ranks = [order.index(severity_of(score)) for score in sorted((one, other))]
    assert ranks == sorted(ranks)
