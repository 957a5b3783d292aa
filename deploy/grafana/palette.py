"""Colours that people with any colour vision tell apart.

Source: M. Okabe and K. Ito, Color Universal Design (2008). No meaning is in a colour alone: each value is written
beside it.
"""

from collections.abc import Iterable, Sequence

from grafana_foundation_sdk.models.dashboard import Threshold

GOOD = "#56B4E9"
WARNING = "#F0E442"
BAD = "#D55E00"
UNKNOWN = "#CC79A7"

SERIES = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#F0E442", "#D55E00")
RISING = ("#56B4E9", "#F0E442", "#E69F00", "#D55E00")
"""For what gets worse from one to the next."""


def above(warning: float | None, bad: float | None) -> tuple[Threshold, ...]:
    """Good below, and worse from these values on."""
    return _steps(GOOD, [(warning, WARNING), (bad, BAD)])


def below(warning: float | None, bad: float | None) -> tuple[Threshold, ...]:
    """Good above, and worse below these values."""
    lowest = GOOD if warning is None else WARNING
    return _steps(lowest if bad is None else BAD, [(bad, lowest), (warning, GOOD)])


def colours(names: Iterable[str], palette: Sequence[str] = SERIES) -> dict[str, str]:
    """One colour for each series, by its name. Raises ValueError where there are more series than colours."""
    names = tuple(names)
    if len(names) > len(palette):
        raise ValueError(f"{len(names)} series cannot be told apart by {len(palette)} colours")
    return dict(zip(names, palette, strict=False))


def _steps(lowest: str, rest: Iterable[tuple[float | None, str]]) -> tuple[Threshold, ...]:
    steps = [Threshold(value=value, color=colour) for value, colour in rest if value is not None]
    return (Threshold(color=lowest), *steps)
