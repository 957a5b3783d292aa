"""The error tree: everything raised on purpose has one root, and reasons make good labels."""

import re

import pytest

from streams import errors
from streams.errors import NorthwireError, Reason, Refused

RAISED = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", RAISED)
def test_whoever_catches_the_root_catches_everything(kind: type[Exception]) -> None:
    assert issubclass(kind, NorthwireError)
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_refusal_says_its_reason_and_the_detail() -> None:
    refusal = Refused(Reason.EMPTY, "title and body are both empty")
    assert str(refusal) == "empty: title and body are both empty"


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_short_word_that_a_metric_can_carry(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", reason)
