"""Folding: what makes no difference, and that it never moves a character."""

import sys

import pytest
from hypothesis import given, strategies as st

from streams.tagging.folding import fold, fold_marks

ALL_OF_UNICODE = "".join(map(chr, range(sys.maxunicode + 1)))


def test_every_character_of_unicode_folds_to_exactly_one() -> None:
    widened = [hex(ord(character)) for character in ALL_OF_UNICODE if len(fold(character)) != 1]
    assert widened == []


def test_all_of_unicode_in_one_text_keeps_its_length_also_with_the_letter_that_lowers_to_two() -> None:
    assert "İ" in ALL_OF_UNICODE
    assert len(fold(ALL_OF_UNICODE)) == len(ALL_OF_UNICODE)


@given(st.text(st.characters() | st.sampled_from("İIıiΣσς’-–\n"), max_size=50))
def test_a_character_of_the_folded_text_stands_for_the_one_at_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    for place, character in enumerate(text):
        assert fold(text)[place] in {fold(character), "ς", "σ"}


@given(st.text(st.characters() | st.sampled_from("İΣ’-\n"), max_size=50))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Arctic Council", "ARCTIC COUNCIL"),
        ("non-proliferation", "non proliferation"),
        ("non‑proliferation", "non–proliferation"),
        ("Russia’s Arctic", "Russia's Arctic"),
        ("“killer”", '"killer"'),
        ("Arctic\nCouncil", "Arctic Council"),
        ("İstanbul", "istanbul"),
        ("TROMSØ", "tromsø"),
    ],
)
def test_case_hyphens_quotes_and_line_breaks_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Tromsø", "Tromso"), ("arms control", "armscontrol"), ("a\n\nb", "a b")])
def test_letters_blanks_and_paragraphs_do_make_a_difference(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_folding_marks_alone_keeps_the_case() -> None:
    assert fold_marks("New–START’s") == "New START's"
