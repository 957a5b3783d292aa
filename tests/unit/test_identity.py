"""Identity: derived, pinned, and unambiguous."""

from hypothesis import given, strategies as st

from streams.identity import derive

PARTS = st.lists(st.text(max_size=8), max_size=4)


def test_ids_are_what_they_have_always_been() -> None:
    """Golden values: a change here means that every consumer sees every alert a second time."""
    assert derive() == "4f53cda18c2baa0c0354bb5f9a3ecbe5"
    assert derive("alert", "arctic", "s-1", "new", "a-1") == "45221d81d44c505caca3c456fdb8cbba"
    assert derive("article", "Tromsø – “Nord”") == "c262e77a8bba48fd392cef6f22480a17"


@given(PARTS, PARTS)
def test_different_parts_give_different_ids_however_they_are_cut(one: list[str], other: list[str]) -> None:
    assert (derive(*one) == derive(*other)) == (one == other)


def test_moving_a_border_between_parts_changes_the_id() -> None:
    assert len({derive("ab", "c"), derive("a", "bc"), derive("abc"), derive("abc", ""), derive("", "abc")}) == 5


@given(PARTS)
def test_an_id_is_32_hexadecimal_digits(parts: list[str]) -> None:
    assert len(derive(*parts)) == 32
    assert set(derive(*parts)) <= set("0123456789abcdef")
