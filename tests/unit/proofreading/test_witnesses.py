"""Witnesses: short texts in which a query finds something."""

import pytest
from hypothesis import given, strategies as st

from streams.proofreading.witnesses import MOST, witnesses
from streams.tagging.language import parse
from streams.tagging.tagger import Tagger
from tests.unit.nouns import rule, topic

WORDS = st.sampled_from(["alpha", "Beta", "gamma delta", "eps*", "case:Zeta", '"eta theta" ', '"iota* kappa"', "制裁"])
PLACED = st.recursive(
    WORDS,
    lambda parts: st.one_of(
        st.builds("({}) OR ({})".format, parts, parts),
        st.builds("({}) NEAR/{} ({})".format, parts, st.integers(1, 9), parts),
        st.builds("({}) ONEAR/{} ({})".format, parts, st.integers(1, 9), parts),
    ),
    max_leaves=6,
)
QUERIES = st.recursive(
    PLACED,
    lambda parts: st.one_of(
        st.builds("({}) AND ({})".format, parts, parts),
        st.builds("({}) NOT omega".format, parts),
        st.builds("ATLEAST/{} ({})".format, st.integers(2, 4), parts),
    ),
    max_leaves=4,
)


def first(query: str) -> str:
    return next(witnesses(parse(query))).body


@given(st.one_of(QUERIES, QUERIES.map("title:({})".format), PLACED.map("lede:({})".format)))
def test_every_query_that_can_be_satisfied_has_a_witness(query: str) -> None:
    tagger = Tagger([topic(rule(query))])
    assert any(verdict.match.why for witness in witnesses(parse(query)) for verdict in tagger.weigh(witness))


@given(QUERIES)
def test_there_are_never_more_than_are_worth_weighing(query: str) -> None:
    found = list(witnesses(parse(query)))
    assert 0 < len(found) <= MOST
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("icebreaker", "icebreaker"),
        ("Northern Sea Route", "Northern Sea Route"),
        ("sanction*", "sanction"),
        ("tanker NEAR/8 seized", "tanker seized"),
        ("tanker AND Murmansk", "tanker. Murmansk"),
        ("ATLEAST/3 warhead*", "warhead. warhead. warhead"),
        ("embargo NOT press", "embargo"),
    ],
)
def test_the_plainest_comes_first(query: str, text: str) -> None:
    assert first(query) == text


def test_what_is_asked_for_often_within_often_is_no_flood() -> None:
    query = "ATLEAST/100 " * 12 + "(warhead OR missile)"
    tagger = Tagger([topic(rule(query))])
    assert any(verdict.match.why for witness in witnesses(parse(query)) for verdict in tagger.weigh(witness))
    assert max(len(witness.body) for witness in witnesses(parse(query))) < 20_000


def test_each_alternative_has_its_turn() -> None:
    texts = [witness.body for witness in witnesses(parse("tanker OR vessel OR ship"))]
    assert [text for text in texts if text][:3] == ["tanker", "vessel", "ship"]


def test_what_asks_for_the_impossible_has_none() -> None:
    assert list(witnesses(parse("title:(lede:Greenland)"))) == []
    assert list(witnesses(parse("title:Greenland NEAR/5 lede:Nuuk"))) == []
