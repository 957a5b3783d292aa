"""The matcher: every phrase wherever it stands as whole words, overlaps and all, at the right places."""

from random import Random

import pytest
from hypothesis import given, strategies as st

from streams.tagging.language import parse
from streams.tagging.matcher import Matcher
from streams.tagging.query import Phrase, phrases_of
from streams.tagging.text import Text
from tests.unit.tagging.reference import Text as SlowText, occurrences
from tests.unit.tagging.traps import PHRASES, STEMS, draw_text

SPELLINGS = st.builds(
    lambda words, exact: Phrase(words.removesuffix("*"), words.endswith("*"), exact),
    st.sampled_from([*PHRASES, *(f"{stem}*" for stem in STEMS)]),
    st.booleans(),
)


def found(text: str, *queries: str) -> list[str]:
    """What the phrases of these queries find, in order."""
    matcher = Matcher(phrase for query in queries for phrase in phrases_of(parse(query)))
    spans = (span for spans in matcher.find(Text(text, "").even).values() for span in spans)
    return [text[start:end] for start, end in sorted(spans)]


@given(st.lists(SPELLINGS, min_size=1, max_size=5, unique=True), st.randoms(use_true_random=False))
def test_the_matcher_finds_what_a_comparison_at_every_place_finds(phrases: list[Phrase], random: Random) -> None:
    text = draw_text(random, [f'"{phrase.words}"' for phrase in phrases])
    slowly = {phrase: sorted(map(tuple, occurrences(phrase, SlowText(text, "")))) for phrase in phrases}
    assert Matcher(phrases).find(Text(text, "").even) == {phrase: spans for phrase, spans in slowly.items() if spans}


@pytest.mark.parametrize("text", ["Antarctic", "Arctics", "Arctic2", "2Arctic", "subArctic", "Arcticø", "Arctic\u0304"])
def test_a_word_inside_a_word_is_none(text: str) -> None:
    assert found(text, "Arctic") == []


@pytest.mark.parametrize(
    "text",
    [
        "Arctic",
        "(Arctic)",
        "Arctic's",
        "“Arctic”",
        "sub-Arctic",
        "Arctic/Barents",
        "Arctic_Council",
        "Arctic.",
        "❄️Arctic",
    ],
)
def test_a_word_between_marks_is_a_whole_one(text: str) -> None:
    assert found(text, "Arctic") == ["Arctic"]


def test_a_phrase_that_ends_in_a_mark_may_be_followed_by_a_letter() -> None:
    assert found("The U.S.Arctic", "U.S.") == ["U.S."]


def test_overlapping_and_contained_phrases_are_all_found() -> None:
    queries = ("arctic sea", "sea route", "sea", "arctic sea route")
    assert found("arctic sea route", *queries) == ["arctic sea", "arctic sea route", "sea", "sea route"]


def test_a_hit_shows_the_text_as_it_was_written() -> None:
    assert found("İ Non–Proliferation", "non-proliferation") == ["Non–Proliferation"]
    assert found("Die STRASSE, die Straße", "straße") == ["STRASSE", "Straße"]
    assert found("one ﬁsh, two fish", "fish") == ["ﬁsh", "fish"]


def test_a_character_that_folds_to_two_is_found_whole_or_not_at_all() -> None:
    assert found("Straße", "stras", "se") == []
    assert found("ŉ ban", "n") == []


def test_a_paragraph_break_ends_every_phrase_and_a_line_break_none() -> None:
    assert found("arctic\n\nsea", "arctic sea") == []
    assert found("arctic\nsea", "arctic sea") == ["arctic\nsea"]


def test_an_exact_phrase_keeps_its_case_and_still_ignores_hyphens_and_quotes() -> None:
    assert found("start START New-START new-start", 'case:"New START"') == ["New-START"]
    assert found("Russia’s START", "case:Russia's") == ["Russia’s"]
    assert found("STRASSE Straße", "case:Straße") == ["Straße"]


def test_a_hyphen_at_the_edge_of_a_phrase_is_no_part_of_it() -> None:
    assert found("(pre-arctic) arctic", '"-arctic"', "pre-") == ["pre", "arctic", "arctic"]


def test_a_prefix_finds_the_whole_word_and_no_more() -> None:
    assert found("Sanctioned, sanctions-hit; unsanctioned", "sanction*") == ["Sanctioned", "sanctions"]
    assert found("Straßen und Strassen", "stras*") == ["Straßen", "Strassen"]
    assert found("their export control's end, export controls", "export control*") == [
        "export control",
        "export controls",
    ]
    assert found("START Starts STARTs", "case:START*") == ["START", "STARTs"]


def test_signs_without_blanks_are_found_wherever_they_stand_together() -> None:
    assert found("受到制裁的fish", "制裁", "裁的", "fish") == ["制裁", "裁的", "fish"]
    assert found("对俄制裁fish", "制裁*") == ["制裁"]
    assert found("คำสั่งห้าม", "สั่ง", "ส*", "สั") == ["สั่", "สั่ง"]


def test_phrases_beyond_ascii_are_found_among_others_and_no_others_in_them() -> None:
    queries = ("Tromsø", "troms", "caf*", "санкци*", "ban")
    assert found("Tromsø, café: санкций, несанкционированный ban", *queries) == ["Tromsø", "café", "санкций", "ban"]


def test_what_differs_in_letter_case_alone_is_found_side_by_side() -> None:
    matcher = Matcher([Phrase("Alert", exact=True), Phrase("alert"), Phrase("ALERT")])
    assert matcher.find("alert") == {Phrase("alert"): [(0, 5)], Phrase("ALERT"): [(0, 5)]}
    assert len(matcher.find("Alert")) == 3


def test_a_matcher_without_phrases_finds_nothing() -> None:
    assert Matcher([]).find("anything") == {}
