"""The matcher: whole tokens, overlaps and all, at the right places."""

import pytest
from hypothesis import given, strategies as st

from streams.tagging.folding import fold
from streams.tagging.matcher import Hit, Literal, Matcher
from tests.unit.tagging.reference import occurrences

WORDS = st.sampled_from(["arctic", "Arctic", "ARCTIC", "council", "sea", "sub", "7", "ø", "İ", "’s", "'s"])
JOINTS = st.sampled_from([" ", "-", "–", "", "\n", ", ", "\n\n"])
TEXTS = st.lists(st.tuples(WORDS, JOINTS), max_size=12).map(lambda parts: "".join(map("".join, parts)))
TERMS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def found(text: str, *terms: str, case_sensitive: bool = False) -> list[str]:
    matcher = Matcher(Literal(term, term, case_sensitive) for term in terms)
    return [text[hit.start : hit.end] for hit in matcher.find(text, fold(text))]


@given(TEXTS, st.lists(st.tuples(TERMS, st.booleans()), min_size=1, max_size=5, unique=True))
def test_the_matcher_finds_what_a_search_at_every_place_finds(text: str, literals: list[tuple[str, bool]]) -> None:
    matcher = Matcher(Literal(term, (term, exact), exact) for term, exact in literals)
    expected = [
        Hit(start, end, (term, exact))
        for term, exact in literals
        for start, end in occurrences(term, text, exact_case=exact)
    ]
    assert sorted(matcher.find(text, fold(text))) == sorted(expected)


@pytest.mark.parametrize("text", ["Antarctic", "Arctics", "Arctic2", "2Arctic", "subArctic", "Arcticø"])
def test_a_term_inside_a_word_is_none(text: str) -> None:
    assert found(text, "Arctic") == []


@pytest.mark.parametrize(
    "text", ["Arctic", "(Arctic)", "Arctic's", "“Arctic”", "sub-Arctic", "Arctic/Barents", "Arctic_Council", "Arctic."]
)
def test_a_term_between_marks_is_a_whole_token(text: str) -> None:
    assert found(text, "Arctic") == ["Arctic"]


def test_a_term_that_ends_in_a_mark_may_be_followed_by_a_letter() -> None:
    assert found("The U.S.Arctic", "U.S.") == ["U.S."]


def test_overlapping_and_contained_terms_are_all_found() -> None:
    assert found("arctic sea route", "arctic sea", "sea route", "sea", "arctic sea route") == [
        "arctic sea",
        "sea",
        "arctic sea route",
        "sea route",
    ]


def test_a_hit_shows_the_text_as_it_was_written() -> None:
    assert found("İ Non–Proliferation", "non-proliferation") == ["Non–Proliferation"]


def test_a_paragraph_break_ends_every_term() -> None:
    assert found("arctic\n\nsea", "arctic sea") == []
    assert found("arctic\nsea", "arctic sea") == ["arctic\nsea"]


def test_a_case_sensitive_term_keeps_its_case_and_still_ignores_hyphens() -> None:
    assert found("start START New-START new-start", "New START", case_sensitive=True) == ["New-START"]


def test_a_case_sensitive_term_with_a_blank_too_many_is_found_all_the_same() -> None:
    assert found("New START", "New  START", case_sensitive=True) == ["New START"]


def test_one_spelling_may_belong_to_several_owners() -> None:
    matcher = Matcher([Literal("Alert", 1, case_sensitive=True), Literal("alert", 2), Literal("ALERT", 3)])
    assert matcher.find("alert", "alert") == [Hit(0, 5, 2), Hit(0, 5, 3)]
    assert matcher.find("Alert", "alert") == [Hit(0, 5, 1), Hit(0, 5, 2), Hit(0, 5, 3)]


def test_a_matcher_without_literals_finds_nothing() -> None:
    assert Matcher[int]([]).find("anything", "anything") == []
