"""What an alert compares can be asked for when it does not fire."""

import pytest

from tests.observability.rules import compared


@pytest.mark.parametrize(
    ("expression", "asked"),
    [
        (
            'lag{group=~"a|b"} > 45 and read == read offset 1m',
            'lag{group=~"a|b"} > bool 45 and read == bool read offset 1m',
        ),
        ('late{topic!="canary",le="1.0"} >= 2', 'late{topic!="canary",le="1.0"} >= bool 2'),
        ('absent(up{job="lag"} == 1)', '(up{job="lag"} == bool 1)'),
        ("vector(1)", "vector(1)"),
        ("a > bool 1", "a > bool 1"),
    ],
)
def test_a_comparison_says_0_or_1_instead_of_dropping_series(expression: str, asked: str) -> None:
    assert compared(expression) == asked
