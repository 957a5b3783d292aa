"""Words: where one begins and ends, and how far two places are apart."""

import pytest
from hypothesis import example, given, strategies as st

from streams.tagging.words import end_of_word, goes_on, is_unspaced, within_steps
from tests.unit.tagging.reference import Text

CHARACTERS = st.sampled_from("ab7 ,.'\n\u0301\u0304制裁スーคำอั한я\u0903❄\ufe0f\u20e3½²") | st.characters()
TEXTS = st.text(CHARACTERS, max_size=30)


def words(text: str) -> list[str]:
    """The words of a text as the engine sees them: cut wherever none goes on."""
    cuts = [place for place in range(1, len(text)) if not goes_on(text, place)]
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [piece for piece in pieces if any(character.isalnum() for character in piece)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Arctic's ice-breaker", ["the", "Arctic", "s", "ice", "breaker"]),
        ("New START/INF_2 (2026)", ["New", "START", "INF", "2", "2026"]),
        ("2nd m² ½", ["2nd", "m²", "½"]),
        ("cafe\u0301s x\u0304y", ["cafe\u0301s", "x\u0304y"]),
        ("対ロ制裁 スーパー", ["対", "ロ", "制", "裁", "ス", "ー", "パ", "ー"]),
        ("制裁ban7制", ["制", "裁", "ban7", "制"]),
        ("คำสั่ง", ["ค", "ำ", "สั่", "ง"]),
        ("한국 санкции", ["한국", "санкции"]),
        ("❄️Arctic 👩‍🚀sea", ["Arctic", "sea"]),
        ("प्रतिबंधों", ["प्रतिबंधों"]),
    ],
)
def test_a_word_is_a_run_of_letters_and_digits_with_their_marks_or_one_sign(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert [text[start:end] for start, end in Text(text, "").words] == expected


@given(TEXTS)
@example("❄️Arctic")
@example("\u0301a")
def test_a_word_goes_on_where_the_reference_says_so(text: str) -> None:
    other = Text(text, "")
    for place in range(1, len(text)):
        assert goes_on(text, place) == other.goes_on(place)


@given(TEXTS)
@example("制裁fish")
@example("สิx")
def test_a_word_ends_where_the_reference_says_so(text: str) -> None:
    other = Text(text, "")
    for word in other.words:
        for place in range(word.start + 1, word.end + 1):
            if place == word.end or goes_on(text, place):
                assert end_of_word(text, place) == word.end


@given(TEXTS | st.text(st.sampled_from("ab ,制"), max_size=200), st.integers(1, 50), st.data())
@example("a" * 900 + " b c d", 3, None)
def test_steps_are_words_between_and_one(text: str, steps: int, data: st.DataObject | None) -> None:
    other = Text(text, "")
    cuts = [place for place in range(len(text) + 1) if not other.goes_on(place)]
    end, start = (0, len(text)) if data is None else sorted(data.draw(st.sampled_from(cuts)) for _ in range(2))
    between = sum(end <= word.start and word.end <= start for word in other.words)
    assert within_steps(text, end, start, steps) == (between < steps)


def test_neighbours_are_one_step_apart_whatever_stands_between() -> None:
    for between in (" ", "-", ", ", "\n\n", " -- “", "…"):
        assert within_steps(f"tanker{between}seized", 6, 6 + len(between), 1)
    assert not within_steps("tanker was seized", 6, 11, 1)
    assert within_steps("tanker was seized", 6, 11, 2)


@pytest.mark.parametrize("character", "制々〇あアｱーｰกลកမ")
def test_scripts_without_blanks(character: str) -> None:
    assert is_unspaced(character)


@pytest.mark.parametrize("character", "aßяאعक한7 .’")
def test_scripts_with_blanks(character: str) -> None:
    assert not is_unspaced(character)
