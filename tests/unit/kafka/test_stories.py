"""An alert on its way out, whatever the clocks of others say."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.kafka.stories import _publish
from tests.unit import nouns


def event(timestamp: float, claimed: bytes | None = None) -> Any:
    message = SimpleNamespace(topic="articles.tagged", partition=0, offset=7, timestamp=timestamp)
    return SimpleNamespace(message=message, headers={"northwire-article-time": claimed} if claimed else {})


def test_an_alert_says_when_its_article_came() -> None:
    headers = _publish(event(0, claimed=b"1794210001250"), nouns.alert()).headers
    assert headers["ce_time"] == b"2026-11-09T07:40:01.250000+00:00"


@pytest.mark.parametrize(
    ("timestamp", "claimed"),
    [(1.79e15, None), (0, b"1794210001250000000"[:17]), (float("nan"), None), (-1e15, None)],
)
def test_a_time_that_no_calendar_has_is_left_out(timestamp: float, claimed: bytes | None) -> None:
    assert "ce_time" not in _publish(event(timestamp, claimed), nouns.alert()).headers


@pytest.mark.parametrize("claimed", [b"9" * 5000, b"soon", b"-1", b"\xff", "²".encode()])
def test_a_forged_time_gives_way_to_that_of_the_message(claimed: bytes) -> None:
    assert _publish(event(0.0, claimed), nouns.alert()).headers["ce_time"] == b"1970-01-01T00:00:00+00:00"
