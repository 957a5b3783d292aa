"""Figures are facts that change; designations are names that do not."""

import re

import pytest
from hypothesis import given, strategies as st

from streams.stories.figures import MOST_FIGURES, Facts, clash, facts_of, is_about, new_figure


def facts(text: str) -> Facts:
    lowered = text.lower()
    return facts_of(lowered, set(re.findall(r"[^\W_]+", lowered)))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("14 dead and 1,200 hurt", (14, 1200)),
        ("a deal worth 3.5 billion dollars", (3.5e9,)),
        ("a deal worth 3,5 million euros", (3.5e6,)),
        ("12.500.000", ()),
        ("two dozen ships, eleven tankers, sixty men", (11, 12, 60)),
        ("it cost 320 million; 320,000,000 in all", (320e6,)),
        ("one ship, 2 boats", ()),
        ("in 2026, on 9 November, on May 5, at 10:45, at 7 a.m., by 5 pm", ()),
        ("a 45-year-old, aged 46, 47 years old", ()),
        ("the S-400, a MiG-29, COVID-19, G7, 24/7", ()),
        ("won by 3-2, 10–12 ships", ()),
        ("the 14th package, the 3rd round", ()),
        ("2,000 people", (2000,)),
        ("20 m dollars", (20e6,)),
    ],
)
def test_what_is_a_figure_and_what_is_none(text: str, figures: tuple[float, ...]) -> None:
    assert facts(text).figures == figures


@pytest.mark.parametrize(
    ("text", "thing", "numbers"),
    [
        ("the 14th package of sanctions", "package", ("14",)),
        ("the fourteenth sanctions package", "package", ("14",)),
        ("Resolution 2231 and resolution 1929", "resolution", ("1929", "2231")),
        ("executive order 14024", "order", ("14024",)),
        ("a second round of talks", "round", ("2",)),
        ("Council Regulation (EU) No 833/2014", "regulation", ()),
        ("regulation no. 833/2014", "regulation", ("833/2014",)),
    ],
)
def test_what_goes_by_a_number(text: str, thing: str, numbers: tuple[str, ...]) -> None:
    assert facts(text).designations.get(thing, ()) == numbers


def test_things_clash_where_no_number_is_in_common() -> None:
    assert clash({"package": ("14",)}, {"package": ("15",), "round": ("2",)}) == ("package", "14", "15")
    assert clash({"package": ("14", "15")}, {"package": ("15",)}) is None
    assert clash({"package": ("14",)}, {"round": ("2",)}) is None


def test_a_figure_is_new_where_it_opens_an_article_and_nobody_gave_it_before() -> None:
    body = "Rescuers found 18 sailors. " + "They sailed on. " * 30 + "A crew of 99 waits."
    assert new_figure("", body, {14.0}) == "18 sailors"
    assert new_figure("", body, {18.4}) is None
    assert new_figure("", "A deal of $2.4 billion, nine of it soon", {9.0}) == "2,400,000,000"
    assert new_figure("", "A deal of 2.4 billion dollars", set()) == "2,400,000,000 dollars"
    assert new_figure("", "Nine of the crew wait forty minutes and 5 days", {9.0}) is None
    assert new_figure("Eighteen found, 57 missing", body, {18.0}) == "57 missing"


def test_a_rounded_figure_is_the_same() -> None:
    assert is_about(1200, 1234)
    assert not is_about(14, 15)


@given(st.text(st.sampled_from("0123456789.,:/- abmnthdryuovers"), max_size=200))
def test_no_text_is_too_odd_for_figures(text: str) -> None:
    found = facts(text).figures
    assert len(found) <= MOST_FIGURES
    assert list(found) == sorted(set(found))
