"""What a group has not read, from offsets and times."""

from streams.backlog import Backlog, Extent, Place, Reach, backlog

PLACE = Place("articles", 0)
WEEK = 604_800.0


def reach(committed: int | None) -> Reach:
    return Reach("northwire-tagging", PLACE, committed)


def behind(committed: int | None, extent: Extent, oldest: float = 900.0, retention: float = WEEK) -> Backlog:
    return backlog(reach(committed), extent, oldest, 1000.0, retention)


def test_who_has_read_all_is_not_behind_however_old_the_last_message_is() -> None:
    assert behind(7, Extent(0, 7), oldest=1.0) == Backlog(0, 0.0, WEEK)


def test_lag_is_what_is_not_committed_and_the_age_of_the_oldest_of_it() -> None:
    assert behind(4, Extent(0, 7)) == Backlog(3, 100.0, WEEK - 100.0)


def test_who_never_committed_has_all_before_him_that_there_is_and_has_lost_nothing() -> None:
    assert behind(None, Extent(5, 7)).messages == 2
    assert not reach(None).deleted(Extent(5, 7))


def test_what_was_deleted_unread_is_lost_and_no_lag_any_more() -> None:
    assert behind(2, Extent(5, 7)).messages == 2
    assert list(reach(2).deleted(Extent(5, 7))) == [2, 3, 4]
    assert not reach(5).deleted(Extent(5, 7))


def test_whatever_offset_is_committed_nobody_is_ahead_of_the_end() -> None:
    assert behind(9, Extent(0, 7)).messages == 0
    assert not reach(9).deleted(Extent(0, 7))


def test_a_message_that_claims_to_come_from_the_future_is_not_younger_than_now() -> None:
    assert behind(6, Extent(0, 7), oldest=5000.0) == Backlog(1, 0.0, WEEK)


def test_what_is_overdue_may_be_deleted_now_and_what_is_kept_for_ever_never_is() -> None:
    assert behind(0, Extent(0, 7), retention=60.0).headroom == 0.0
    assert behind(0, Extent(0, 7), retention=float("inf")).headroom == float("inf")
