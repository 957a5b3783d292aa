"""Grades: how well firing agrees with what people say."""

from hypothesis import given, strategies as st

from streams.proofreading.grades import Grade, score

ROWS = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.booleans()))


def test_the_counts_and_what_follows_from_them() -> None:
    rows: list[tuple[Grade, bool]] = [(2, True), (2, True), (2, False), (0, True), (0, False), (1, True), (1, False)]
    scored = score(rows)
    assert (scored.right, scored.wrong, scored.missed) == (2, 1, 1)
    assert (scored.passing_fired, scored.passing) == (1, 2)
    assert (scored.precision, scored.recall, scored.f1) == (0.667, 0.667, 0.667)


def test_mentions_in_passing_count_for_neither() -> None:
    scored = score([(2, True), (1, True), (1, False)])
    assert (scored.precision, scored.recall, scored.f1) == (1.0, 1.0, 1.0)


def test_where_nothing_fires_precision_is_nought() -> None:
    scored = score([(2, False), (0, False)])
    assert (scored.precision, scored.recall, scored.f1) == (0.0, 0.0, 0.0)


def test_where_nothing_is_relevant_there_is_no_recall() -> None:
    assert score([(0, True)]).recall is None
    assert score([]).recall is None


@given(ROWS)
def test_f1_lies_between_precision_and_recall(rows: list[tuple[Grade, bool]]) -> None:
    scored = score(rows)
    low, high = sorted((scored.precision, scored.recall or 0.0))
    assert low - 0.001 <= scored.f1 <= high + 0.001
