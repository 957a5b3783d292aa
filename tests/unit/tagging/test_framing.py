"""Framing: words between blanks, each at a place that leads back to where it stands in the text."""

import pytest
from hypothesis import given, strategies as st

from streams.tagging.framing import frame_words, unframe

TEXTS = st.text(st.sampled_from("ab7 ,.'\n\u0301é制裁ス—я❄\ufe0f½") | st.characters(), max_size=30)


@pytest.mark.parametrize(
    ("text", "framed"),
    [
        ("the arctic's end.", "the arctic s end "),
        ("new_start/inf", "new start inf"),
        ("café, санкции", "café  санкции"),
        ("“no” – 2nd…", " no    2nd "),
        ("对俄ban", " 对  俄 ban"),
        ("cafe\u0301s", "cafe s"),
    ],
)
def test_what_is_no_word_is_blank_and_signs_without_blanks_get_some(text: str, framed: str) -> None:
    assert frame_words(text) == framed


@given(TEXTS, TEXTS)
def test_what_a_text_looks_like_does_not_depend_on_what_surrounds_it(one: str, other: str) -> None:
    assert frame_words(one + other) == frame_words(one) + frame_words(other)


@given(TEXTS | st.text(st.sampled_from("".join(map(chr, range(0x4E00, 0x4E40))) + "ab ,"), min_size=50))
def test_every_place_leads_back_to_its_character(text: str) -> None:
    framed = frame_words(text)
    place = unframe(text, framed) or int
    starts = [len(frame_words(text[:start])) for start in range(len(text))]
    assert [place(start) for start in starts] == list(range(len(text)))


def test_half_a_character_is_framed_like_any_other() -> None:
    assert frame_words("sea \ud83d, ban") == "sea    ban"
