"""Canaries that are out: each comes back once, or is lost, or was never ours."""

import pytest

from streams.flock import REMEMBERED, Flock, Strange


@pytest.fixture
def flock() -> Flock:
    flock = Flock(patience=60.0)
    flock.send("one", 100.0)
    return flock


def test_a_canary_that_comes_back_tells_how_long_it_was_out(flock: Flock) -> None:
    assert flock.receive("one", 100.25) == 0.25
    assert flock.overdue(1000.0) == []


def test_a_canary_that_comes_back_again_is_a_duplicate(flock: Flock) -> None:
    flock.receive("one", 101.0)
    assert flock.receive("one", 102.0) is Strange.AGAIN


def test_a_canary_that_nobody_sent_is_none_of_ours(flock: Flock) -> None:
    assert flock.receive("another", 101.0) is Strange.UNKNOWN
    assert flock.overdue(160.0) == []


def test_a_canary_is_lost_once_and_only_after_its_time(flock: Flock) -> None:
    flock.send("two", 130.0)
    assert flock.overdue(160.0) == []
    assert flock.overdue(161.0) == ["one"]
    assert flock.overdue(162.0) == []
    assert flock.overdue(191.0) == ["two"]


def test_a_canary_that_comes_back_late_comes_back_all_the_same(flock: Flock) -> None:
    assert flock.overdue(200.0) == ["one"]
    assert flock.receive("one", 230.0) == 130.0
    assert flock.receive("one", 231.0) is Strange.AGAIN


def test_a_canary_that_did_not_get_in_is_lost_once(flock: Flock) -> None:
    assert flock.lose("one")
    assert not flock.lose("one")
    assert flock.overdue(1000.0) == []


def test_what_is_remembered_is_bounded_and_what_is_forgotten_is_lost_all_the_same() -> None:
    flock = Flock(patience=60.0)
    names = [str(number) for number in range(3 * REMEMBERED)]
    for number, name in enumerate(names):
        flock.send(name, float(number))
    assert flock.receive(names[0], 1.0) is Strange.UNKNOWN
    assert flock.overdue(1e9) == names
    assert flock.overdue(1e9) == []
