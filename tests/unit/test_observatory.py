"""What the lag process tells: gauges that follow the broker, counters that count each thing once."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from streams.backlog import Extent, Group, Look, Place, Reach, backlog
from streams.observatory import STATES, Observatory

GROUP = "northwire-tagging"
PLACE = Place("articles", 0)
LABELS = {"group": GROUP, "kafka_topic": "articles", "partition": "0"}
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[EventDict]]:
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def observatory() -> Observatory:
    return Observatory([GROUP], NOW, canary_interval=60)


def look(committed: int | None, begin: int, end: int, group: Group = Group("Stable", 1)) -> Look:  # noqa: B008
    reach, extent = Reach(GROUP, PLACE, committed), Extent(begin, end)
    return Look(NOW, {GROUP: group}, {PLACE: extent}, {reach: backlog(reach, extent, NOW - 30, NOW, 3600.0)})


def value(observatory: Observatory, name: str, **labels: str) -> float | None:
    return observatory.registry.get_sample_value(f"northwire_{name}", labels)


def test_canaries_stand_at_zero_and_groups_are_unknown_before_anything_is_seen(observatory: Observatory) -> None:
    for what in ("sent_total", "received_total", "lost_total", "duplicates_total", "round_trip_seconds_count"):
        assert value(observatory, f"canary_{what}") == 0
    assert value(observatory, "canary_last_received_timestamp_seconds") == NOW
    assert value(observatory, "canary_interval_seconds") == 60
    assert value(observatory, "lag_last_success_timestamp_seconds") == 0
    states = {state: value(observatory, "group_state", group=GROUP, state=state) for state in STATES}
    assert states == {**dict.fromkeys(STATES, 0.0), "Unknown": 1.0}


def test_a_look_is_told_as_it_is(observatory: Observatory) -> None:
    observatory.see(look(4, 0, 7))
    assert value(observatory, "group_lag_messages", **LABELS) == 3
    assert value(observatory, "group_lag_seconds", **LABELS) == 30
    assert value(observatory, "group_retention_headroom_seconds", **LABELS) == 3570
    assert value(observatory, "group_lost_messages_total", **LABELS) == 0
    assert value(observatory, "kafka_topic_messages_total", kafka_topic="articles", partition="0") == 7
    assert value(observatory, "group_members", group=GROUP) == 1
    assert value(observatory, "group_state", group=GROUP, state="Stable") == 1
    assert value(observatory, "group_state", group=GROUP, state="Unknown") == 0
    assert value(observatory, "lag_last_success_timestamp_seconds") == NOW


def test_a_message_that_was_deleted_unread_is_counted_once_and_told(
    observatory: Observatory, lines: list[EventDict]
) -> None:
    for committed, begin in ((4, 4), (4, 6), (4, 6), (4, 7), (9, 7), (9, 11)):
        observatory.see(look(committed, begin, 20))
    assert value(observatory, "group_lost_messages_total", **LABELS) == 3 + 2
    lost = [line["messages"] for line in lines if line["event"] == "messages-lost"]
    assert lost == [2, 1, 2]


def test_a_kafka_topic_that_is_created_anew_counts_from_its_beginning(observatory: Observatory) -> None:
    for seen in (look(0, 500, 600), look(None, 0, 3), look(1, 2, 9)):
        observatory.see(seen)
    assert value(observatory, "kafka_topic_messages_total", kafka_topic="articles", partition="0") == 9
    assert value(observatory, "group_lost_messages_total", **LABELS) == 500 + 1


def test_what_the_cluster_does_not_have_any_more_is_not_shown(observatory: Observatory) -> None:
    observatory.see(look(4, 0, 7))
    observatory.see(Look(NOW, {GROUP: Group("Dead", 0)}, {}, {}))
    assert value(observatory, "group_lag_messages", **LABELS) is None
    assert value(observatory, "kafka_topic_messages_total", kafka_topic="articles", partition="0") is None
    observatory.see(look(4, 0, 7))
    assert value(observatory, "group_lag_messages", **LABELS) == 3


def test_a_group_that_changes_is_told_and_one_that_does_not_is_not(
    observatory: Observatory, lines: list[EventDict]
) -> None:
    for group in (Group("Stable", 1), Group("Stable", 1), Group("Empty", 0)):
        observatory.see(look(0, 0, 0, group))
    assert [(line["state"], line["members"]) for line in lines] == [("Stable", 1), ("Empty", 0)]


def test_a_state_that_kafka_invents_is_unknown_and_makes_no_series(observatory: Observatory) -> None:
    observatory.see(look(0, 0, 0, Group("Levitating", 2)))
    assert value(observatory, "group_state", group=GROUP, state="Unknown") == 1
    assert value(observatory, "group_state", group=GROUP, state="Levitating") is None


def test_waiting_is_told_once_for_each_cause_and_is_not_watching(
    observatory: Observatory, lines: list[EventDict]
) -> None:
    assert not observatory.watches("lag")
    for sentence in ("Nobody answers.", "Nobody answers.", "The login is refused."):
        observatory.wait("lag", sentence)
    observatory.fly()
    assert not observatory.watches("lag", "canary")
    observatory.see(look(0, 0, 0))
    assert observatory.watches("lag", "canary")
    observatory.wait("canary", "Nobody answers.")
    assert observatory.watches("lag")
    assert not observatory.watches("lag", "canary")
    told = [(line["event"], line["watching"], line.get("error")) for line in lines if "watching" in line]
    assert told == [
        ("waiting", "lag", "Nobody answers."),
        ("waiting", "lag", "The login is refused."),
        ("watching-again", "lag", None),
        ("waiting", "canary", "Nobody answers."),
    ]


def test_a_canary_is_counted_by_what_became_of_it(observatory: Observatory) -> None:
    observatory.sent()
    observatory.received("canary-a", 0.2, NOW + 60)
    observatory.received_again("canary-a")
    observatory.lost("canary-b", "not back after 120 s")
    assert value(observatory, "canary_sent_total") == 1
    assert value(observatory, "canary_received_total") == 1
    assert value(observatory, "canary_duplicates_total") == 1
    assert value(observatory, "canary_lost_total") == 1
    assert value(observatory, "canary_round_trip_seconds_sum") == pytest.approx(0.2)
    assert value(observatory, "canary_last_received_timestamp_seconds") == NOW + 60
