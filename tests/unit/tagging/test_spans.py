"""Spans: what each operator finds, sentence by sentence of docs/topics.md, and at random against the reference."""

from random import Random

import pytest
from hypothesis import given, strategies as st

from streams.tagging.language import parse
from tests.unit.tagging.agreement import disagreements, found
from tests.unit.tagging.reference import GAP, spans_of
from tests.unit.tagging.traps import draw_query, draw_text

PAIRS = 1_000
"""What the suite draws of `python -m tests.unit.tagging.agreement`."""


def texts(query: str, body: str, title: str = "") -> list[str]:
    """The texts of the spans found, in order."""
    whole = title + GAP + body
    return [whole[start:end] for start, end in found(query, title, body)]


@given(st.randoms(use_true_random=False))
def test_a_query_finds_what_the_slow_reference_finds(random: Random) -> None:
    query = draw_query(random, 3)
    title, body = draw_text(random, [query], 6), draw_text(random, [query])
    assert found(query, title, body) == spans_of(parse(query), title, body)


def test_a_sample_of_the_long_run_agrees() -> None:
    assert [*map(str, disagreements(PAIRS, seed=0))] == []


@pytest.mark.parametrize(
    ("query", "body", "spans"),
    [
        ("icebreaker", "An ICEBREAKER, two icebreakers", ["ICEBREAKER"]),
        ("Northern Sea Route", "the Northern-Sea route", ["Northern-Sea route"]),
        ('"search AND rescue"', "search and rescue, search rescue", ["search and rescue"]),
        ("sanction*", "Sanctions, sanctioned", ["Sanctions", "sanctioned"]),
        (
            '"export control* on"',
            "export controls on chips, export controls, on",
            ["export controls on"] * 1 + ["export controls, on"],
        ),
        ("case:START", "a START, a start", ["START"]),
        ("case:(SALT OR START)", "salt SALT START start", ["SALT", "START"]),
        ("tanker AND Murmansk", "A tanker near Murmansk, a tanker", ["tanker", "Murmansk", "tanker"]),
        ("tanker AND Murmansk", "A tanker", []),
        ("tanker OR vessel", "A vessel", ["vessel"]),
        ("embargo NOT press", "an embargo, an embargo", ["embargo", "embargo"]),
        ("embargo NOT press", "an embargo on the press", []),
        ("embargo AND NOT press", "an embargo on the press", []),
        ("sanction* ONEAR/4 Russia*", "sanctions against Russia", ["sanctions against Russia"]),
        ("sanction* ONEAR/4 Russia*", "Russia under sanctions", []),
        ("(tanker* OR vessel*) NEAR/8 (seiz* OR board*)", "boarded two vessels", ["boarded two vessels"]),
        ("ATLEAST/3 warhead*", "a warhead, warheads", []),
        ("ATLEAST/3 warhead*", "a warhead, warheads, warhead", ["warhead", "warheads", "warhead"]),
    ],
)
def test_every_form_finds_what_the_table_says(query: str, body: str, spans: list[str]) -> None:
    assert texts(query, body) == spans


def test_near_counts_steps_from_word_to_word_in_either_order() -> None:
    assert texts("tanker NEAR/1 seized", "tanker seized") == ["tanker seized"]
    assert texts("tanker NEAR/1 seized", "seized tanker") == ["seized tanker"]
    assert texts("tanker NEAR/3 seized", "tanker that was seized") == ["tanker that was seized"]
    assert texts("tanker NEAR/2 seized", "tanker that was seized") == []


def test_punctuation_and_paragraphs_are_no_steps() -> None:
    assert texts("tanker NEAR/1 seized", "tanker --\n\n“seized”") == ["tanker --\n\n“seized"]
    assert texts("tanker NEAR/2 seized", "tanker-class seized") == ["tanker-class seized"]


def test_near_goes_from_the_first_letter_of_the_one_to_the_last_of_the_other() -> None:
    assert texts('"oil tanker" NEAR/3 seiz*', "an oil tanker was seized.") == ["oil tanker was seized"]


def test_of_spans_that_contain_one_another_the_smallest_counts() -> None:
    assert texts("tanker NEAR/8 seized", "tanker, tanker seized, seized") == ["tanker seized"]
    assert texts("tanker NEAR/8 seized", "tanker seized tanker") == ["tanker seized", "seized tanker"]
    assert texts('(tanker OR "oil tanker") NEAR/3 seized', "oil tanker seized") == ["tanker seized"]


def test_a_word_within_a_longer_operand_of_near_may_be_farther_from_the_other() -> None:
    either = "(sea OR joint sea drill)"
    assert texts(f"{either} NEAR/1 ban", "joint sea drill ban") == ["joint sea drill ban"]
    assert texts(f"{either} NEAR/2 ban", "joint sea drill ban") == ["sea drill ban"]


def test_the_two_sides_of_near_do_not_overlap() -> None:
    assert texts("sea NEAR/5 (sea ban)", "a sea ban") == []
    assert texts("sea NEAR/5 (sea ban)", "sea, a sea ban") == ["sea, a sea ban"]
    assert texts("sea NEAR/5 sea", "sea") == []


def test_both_sides_of_near_stand_in_the_title_or_both_in_the_body() -> None:
    assert texts("tanker NEAR/5 seized", "seized", title="tanker") == []
    assert texts("tanker NEAR/5 seized", "", title="tanker seized") == ["tanker seized"]


def test_and_or_and_not_look_at_title_and_body_together() -> None:
    assert texts("tanker AND seized", "seized", title="tanker") == ["tanker", "seized"]
    assert texts("tanker NOT seized", "seized", title="tanker") == []


def test_a_near_of_nears_goes_from_end_to_end() -> None:
    assert texts("(a NEAR/1 b) NEAR/2 c", "a b x c") == ["a b x c"]
    assert texts("a NEAR/1 b NEAR/1 c", "a c b") == []
    assert texts("a NEAR/1 b NEAR/1 c", "c a b") == ["c a b"]


def test_title_and_lede_find_what_lies_wholly_in_them() -> None:
    lede = "x" * 594
    assert texts("title:Nuuk", "Nuuk", title="In Nuuk") == ["Nuuk"]
    assert texts("lede:Nuuk", f"{lede}, Nuuk", title="Nuuk") == ["Nuuk"]
    assert texts("lede:Nuuk", f"{lede}x, Nuuk") == []
    assert texts("lede:Nuu*", f"{lede}, Nuuks") == []
    assert texts("title:lede:Nuuk", "Nuuk", title="Nuuk") == []
    assert texts("title:Nuuk NEAR/3 seized", "", title="Nuuk is seized") == ["Nuuk is seized"]


def test_spans_that_overlap_count_once_for_atleast() -> None:
    assert texts("ATLEAST/2 (sea ban OR ban sea)", "sea ban sea") == []
    assert texts("ATLEAST/2 (sea ban OR ban sea)", "sea ban sea ban") == ["sea ban", "ban sea", "sea ban"]


def test_in_scripts_without_blanks_each_character_is_a_step() -> None:
    assert texts("制裁 NEAR/3 俄", "制裁措俄") == ["制裁措俄"]
    assert texts("制裁 NEAR/1 俄", "制裁措俄") == []
    assert texts("制裁 NEAR/2 ban", "制裁俄ban") == ["制裁俄ban"]
