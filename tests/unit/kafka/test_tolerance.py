"""How many bad messages are borne, in a row and in all, in each partition by itself."""

from faust.types import TP

from streams.kafka.tolerance import WINDOW, Tolerance

ONE, OTHER = TP("articles", 0), TP("articles", 1)


def test_so_many_bad_ones_in_a_row_are_borne_and_not_one_more() -> None:
    tolerance = Tolerance(run=3, share=1.0)
    assert [tolerance.bears(ONE, bad=True) for _ in range(5)] == [True, True, True, False, False]
    assert tolerance.bears(OTHER, bad=True)


def test_a_good_one_ends_the_row() -> None:
    tolerance = Tolerance(run=3, share=1.0)
    assert all(tolerance.bears(ONE, bad) for bad in [True, True, True, False, True, True, True])
    assert not tolerance.bears(ONE, bad=True)


def test_a_share_of_the_last_thousand_is_borne_once_there_are_so_many() -> None:
    tolerance = Tolerance(run=10, share=0.5)
    told = [tolerance.bears(ONE, bad=number % 2 == 0) for number in range(WINDOW)]
    assert all(told)
    assert not tolerance.bears(ONE, bad=True)
    assert tolerance.bears(ONE, bad=False)
    assert all(tolerance.bears(ONE, bad=False) for _ in range(WINDOW))
    assert tolerance.bears(ONE, bad=True)


def test_without_a_limit_everything_is_borne() -> None:
    tolerance = Tolerance(run=0, share=0.5)
    assert all(tolerance.bears(ONE, bad=True) for _ in range(3 * WINDOW))


def test_a_partition_that_was_let_go_begins_anew() -> None:
    tolerance = Tolerance(run=1, share=1.0)
    assert tolerance.bears(ONE, bad=True)
    tolerance.forget(ONE)
    tolerance.forget(OTHER)
    assert tolerance.bears(ONE, bad=True)
