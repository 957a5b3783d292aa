"""Folding: what makes no difference, and where in the text each folded character comes from."""

import sys

import pytest
from hypothesis import example, given, strategies as st

from streams.tagging.folding import fold, fold_case, fold_marks, unfold

ALL_OF_UNICODE = "".join(map(chr, range(sys.maxunicode + 1)))
TEXTS = st.text(st.sampled_from("ßẞİIıiΣσς’ʼ-–\nﬁﬄŉΐǰև\u0301K制") | st.characters(), max_size=50)


def origins(text: str) -> list[int]:
    """For each folded character the place it comes from, character by character; at last the end."""
    return [*(place for place, character in enumerate(text) for _ in fold_case(character)), len(text)]


def test_all_of_unicode_folds_as_unicode_says_but_for_one_letter() -> None:
    """The dotted capital I folds to i and a mark: a place-name would lose its plain spelling."""
    different = [one for one in ALL_OF_UNICODE if fold_case(one) != one.casefold()]
    assert different == ["İ"]
    assert fold("İstanbul") == "istanbul"


def test_every_character_of_unicode_is_found_again_where_it_was() -> None:
    place = unfold(ALL_OF_UNICODE, fold_case(ALL_OF_UNICODE))
    assert place
    assert [place(offset) for offset in range(len(fold_case(ALL_OF_UNICODE)) + 1)] == origins(ALL_OF_UNICODE)


@given(TEXTS)
@example("ßßaßﬃ")
def test_a_folded_text_leads_back_to_the_characters_it_came_from(text: str) -> None:
    folded = fold_case(text)
    place = unfold(text, folded) or int
    assert [place(offset) for offset in range(len(folded) + 1)] == origins(text)


@given(TEXTS)
def test_a_text_folds_one_character_at_a_time(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


@given(TEXTS)
def test_folding_marks_moves_nothing_and_changes_no_letter(text: str) -> None:
    even = fold_marks(text)
    assert len(even) == len(text)
    assert all(one == other or not other.isalpha() for one, other in zip(text, even, strict=True))


@given(TEXTS.filter(lambda text: "ŉ" not in text))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Arctic Council", "ARCTIC COUNCIL"),
        ("non-proliferation", "non proliferation"),
        ("non‑proliferation", "non–proliferation"),
        ("ice‐free ice‒free ice—free", "ice free ice free ice free"),
        ("Russia’s Arctic", "Russia's Arctic"),
        ("Russiaʼs ‘Arctic", "Russia's 'Arctic"),
        ("“killer”", '"killer"'),
        ("Arctic\nCouncil", "Arctic Council"),
        ("İstanbul", "istanbul"),
        ("TROMSØ", "tromsø"),
        ("Straße", "STRASSE"),
        ("STRAẞE", "strasse"),
        ("ﬁshing oﬃce", "FISHING OFFICE"),
        ("САНКЦИИ", "санкции"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_case_hyphens_quotes_and_line_breaks_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Tromsø", "Tromso"), ("Sámi", "Sami"), ("arms control", "armscontrol"), ("a\n\nb", "a b"), ("ı", "i")],
)
def test_letters_accents_blanks_and_paragraphs_do_make_a_difference(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_folding_marks_alone_keeps_the_case() -> None:
    assert fold_marks("New–START’s") == "New START's"
