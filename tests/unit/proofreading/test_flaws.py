"""Flaws: what is certainly not meant in a topic file."""

import pytest
from hypothesis import given, settings, strategies as st

from streams.proofreading.flaws import flaws
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Examples, Rule, Topic
from tests.unit.nouns import article, rule, topic

PROVEN = Examples(match=("It is.",), no_match=("It is not.",))


def found(*rules: Rule, **changes: object) -> list[str]:
    return [str(flaw) for flaw in flaws(topic(*rules, **{"examples": PROVEN, **changes}))]


def test_a_topic_without_flaws_has_none() -> None:
    assert (
        found(rule("Arctic Council", "icebreaker*"), rule("Arctic", needs_context=True), exclusions=("Arctic fox",))
        == []
    )


def test_a_word_that_a_prefix_before_it_finds_never_counts() -> None:
    assert found(rule("sanction*", "sanctions")) == [
        "rule rule-1: sanctions: it never counts, since 'sanction*' (rule rule-1) finds the same or more: "
        "remove the one or the other"
    ]


def test_a_prefix_behind_one_of_its_words_counts_for_the_others() -> None:
    assert found(rule("sanctions", "sanction*")) == []


def test_a_word_behind_the_same_in_certain_letters_counts_for_the_others() -> None:
    assert found(rule("case:START", "start")) == []
    assert len(found(rule("start", "case:START"))) == 1


@pytest.mark.parametrize("exclusion", ["Arctic fox", "arctic fox*", "Arctic", "(Arctic OR polar) NEAR/2 fox"])
def test_a_term_that_an_exclusion_always_cancels_is_told_with_the_exclusion(exclusion: str) -> None:
    (flaw,) = found(rule("Arctic fox", "krill"), exclusions=(exclusion,)) or [""]
    if exclusion == "Arctic":
        assert flaw == ""
    else:
        assert flaw.startswith("rule rule-1: Arctic fox: it never counts, since the exclusion ")
        assert repr(exclusion) in flaw


def test_a_query_that_contradicts_itself_finds_nothing() -> None:
    (flaw,) = found(rule("embargo NOT embargo", "krill"))
    assert "it finds nothing" in flaw


def test_a_rule_none_of_whose_terms_counts_is_told_too() -> None:
    assert found(rule("sanction*"), rule("sanctions", "sanctioned"))[-1] == (
        "rule rule-2: none of its terms can ever count: mend its terms or remove the rule"
    )


def test_a_term_that_needs_context_and_is_alone_counts_only_in_the_title() -> None:
    assert found(rule("Arctic", needs_context=True)) == []
    assert "it needs context" in found(rule("lede:Arctic", needs_context=True))[0]


def test_a_term_that_needs_context_may_get_it_from_any_other() -> None:
    assert found(rule("lede:Arctic", needs_context=True), rule("icebreaker")) == []


def test_a_weight_that_is_rounded_to_nothing_is_told() -> None:
    assert "its weight of 0.0001 is rounded to nothing" in found(rule("krill", weight=0.0001), rule("fox"))[0]


def test_a_threshold_that_no_article_can_reach_is_told() -> None:
    (flaw,) = found(rule("Arctic"), threshold=9.0)
    assert (
        flaw == "the threshold of 9 is beyond reach: all terms together weigh at most 4: lower it, or raise the weights"
    )


def test_a_subtopic_that_no_rule_names_is_told() -> None:
    (flaw,) = found(rule("Arctic", subtopic="law"), subtopics={"law": "Law", "ice": "Ice"})
    assert flaw == "no rule names the sub-topic 'ice': name it in a rule, or remove it"


def test_examples_that_are_missing_are_told() -> None:
    assert found(rule("Arctic"), examples=Examples(match=("It is.",))) == [
        "no example says on what it does not fire: add one under `examples`, `no_match`"
    ]
    assert len(found(rule("Arctic"), examples=Examples())) == 2


TERMS = ["sanction*", "sanctions", "case:Sanctions", "sanctions package", "sanction* NEAR/3 bank", "bank NOT sanctions"]
TERMS += ["title:bank", "ATLEAST/2 bank", "package OR bank", "banks", "case:BANK", "bank ONEAR/2 sanctions"]
EXCLUSIONS = ["sanctions package", "bank*", "case:Sanctions", "sanction* NEAR/2 package", "bank"]
TEXT = st.lists(
    st.sampled_from(["sanctions", "Sanctions", "sanctioned", "package", "bank", "BANK", "banks", "."]), max_size=9
)


@st.composite
def topics(draw: st.DrawFn) -> Topic:
    terms = draw(st.lists(st.sampled_from(TERMS), min_size=2, max_size=5, unique=True))
    needing = draw(st.lists(st.booleans(), min_size=len(terms), max_size=len(terms)))
    exclusions = draw(st.lists(st.sampled_from(EXCLUSIONS), max_size=2, unique=True))
    rules = [rule(term, needs_context=needs) for term, needs in zip(terms, needing, strict=True)]
    return topic(*rules, exclusions=tuple(exclusions))


@settings(max_examples=300)
@given(topics(), TEXT, TEXT)
def test_no_term_is_called_dead_that_counts_in_any_text(watched: Topic, title: list[str], body: list[str]) -> None:
    dead = {(flaw.rule, flaw.term) for flaw in flaws(watched) if flaw.term}
    for verdict in Tagger([watched]).weigh(article(" ".join(title), " ".join(body))):
        counted = {(one.rule, one.term) for one in verdict.match.why}
        assert not counted & dead
