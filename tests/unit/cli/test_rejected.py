"""Which of the messages that were put aside are meant."""

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from streams.cli.rejected import Choice, rejected, time_of
from streams.kafka.rejections import Rejection

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ONE = Rejection(7, None, b"", "not-json", "no", "articles", 0, 41, NOW, NOW, {}, resubmitted=False)
ANY = Choice([], [], None, None, None)


def test_nothing_said_means_all_and_is_no_choice() -> None:
    assert ONE in ANY
    assert not ANY


@pytest.mark.parametrize(
    ("meant", "not_meant"),
    [
        (ANY._replace(numbers=[range(3), range(7, 8)]), ANY._replace(numbers=[range(7), range(8, 99)])),
        (ANY._replace(reasons=["empty", "not-json"]), ANY._replace(reasons=["empty"])),
        (ANY._replace(kafka_topic="articles"), ANY._replace(kafka_topic="articles.tagged")),
        (ANY._replace(since=NOW), ANY._replace(since=NOW + timedelta(seconds=1))),
        (ANY._replace(until=NOW + timedelta(seconds=1)), ANY._replace(until=NOW)),
    ],
    ids=["number", "reason", "kafka-topic", "since", "until"],
)
def test_a_message_is_meant_if_all_that_is_said_holds_of_it(meant: Choice, not_meant: Choice) -> None:
    assert meant
    assert ONE in meant
    assert ONE not in not_meant
    assert ONE not in meant._replace(reasons=["failed"])


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("6h", NOW - timedelta(hours=6)),
        ("2d", NOW - timedelta(days=2)),
        ("2026-11-26", datetime(2026, 11, 26, tzinfo=UTC)),
        ("2026-11-26T09:30", datetime(2026, 11, 26, 9, 30, tzinfo=UTC)),
        ("2026-11-26T09:30+02:00", datetime(2026, 11, 26, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_date_or_so_long_ago(text: str, time: datetime) -> None:
    assert time_of(text, NOW) == time


@pytest.mark.parametrize(
    "arguments",
    [
        "resubmit",
        "resubmit x",
        "resubmit 7-x",
        "list --since yesterday",
        "list --until 9999999999d",
        "list --until 99999999999999999999d",
        "export --reason dislike",
        "export --from stories",
        "show x",
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(arguments: str) -> None:
    done = CliRunner().invoke(rejected, arguments.split())
    assert (done.exit_code, done.stdout) == (2, "")
