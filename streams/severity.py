"""Severity, from the score alone."""

from streams.model import Severity

CUTOFFS = ((8.0, Severity.CRITICAL), (4.0, Severity.HIGH), (2.0, Severity.MEDIUM))
"""The least score of a severity; below the last one it is low."""


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def loudness(severity: Severity) -> int:
    """A number that is higher for what is more severe."""
    return _RANKS[severity]


def severity_of(score: float) -> Severity:
    """The severity of a match with this score."""
    return next((severity for least, severity in CUTOFFS if score >= least), Severity.LOW)
