"""The colours of the dashboards: told apart by anyone, and worse in one direction."""

import math
from itertools import combinations

import pytest

from deploy.grafana.palette import BAD, GOOD, RISING, SERIES, UNKNOWN, WARNING, above, below, colours

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes: A Physiologically-based Model for Simulation of Color Vision
# Deficiency (2009), the matrices of severity 1.0, on linear RGB.
VISIONS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "without red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "without green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "without blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def seen(colour: str, vision: str) -> list[float]:
    """A colour as someone sees it, in sRGB from 0 to 1."""
    linear = [(int(colour[place : place + 2], 16) / 255) ** 2.2 for place in (1, 3, 5)]
    mixed = (sum(share * part for share, part in zip(row, linear, strict=True)) for row in VISIONS[vision])
    return [min(max(part, 0), 1) ** (1 / 2.2) for part in mixed]


def distance(one: list[float], other: list[float]) -> float:
    return math.dist(one, other)


def test_thresholds_get_worse_upward_or_downward() -> None:
    assert [(step.value, step.color) for step in above(1, 2)] == [(None, GOOD), (1, WARNING), (2, BAD)]
    assert [(step.value, step.color) for step in above(None, 2)] == [(None, GOOD), (2, BAD)]
    assert [(step.value, step.color) for step in below(2, 1)] == [(None, BAD), (1, WARNING), (2, GOOD)]
    assert [(step.value, step.color) for step in below(2, None)] == [(None, WARNING), (2, GOOD)]
    assert [(step.value, step.color) for step in below(None, 1)] == [(None, BAD), (1, GOOD)]
    with pytest.raises(ValueError, match="cannot be told apart"):
        colours(map(str, range(8)))


@pytest.mark.parametrize("palette", [(GOOD, WARNING, BAD, UNKNOWN), RISING, SERIES], ids=["status", "rising", "series"])
@pytest.mark.parametrize("vision", ["full", "without red", "without green", "without blue"])
def test_colours_differ_for_any_colour_vision(palette: tuple[str, ...], vision: str) -> None:
    for one, other in combinations(palette, 2):
        assert distance(seen(one, vision), seen(other, vision)) > 0.1, (one, other)
