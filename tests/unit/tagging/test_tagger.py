"""The tagger: what counts, what it weighs, and the proof of it."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import Phase, event, find, given, settings, strategies as st
from msgspec.structs import replace

from streams.model import Article, Match
from streams.tagging.tagger import EXCLUSIONS_SHOWN, SPANS_SHOWN, Tagger
from streams.tagging.topics import Rule, Topic
from tests.unit.nouns import article, rule, spans, topic
from tests.unit.tagging.reference import verdict

WORDS = st.sampled_from(["arctic", "sea", "START", "start"])
JOINTS = st.sampled_from([" ", " ", " ", " ", "-", "\n", ", ", "\n\n", "’s "])
TEXTS = st.lists(st.tuples(WORDS, JOINTS), max_size=25).map(lambda parts: "".join(map("".join, parts)))
TERMS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


class Case(NamedTuple):
    topic: Topic
    article: Article


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A topic and an article over so few words that terms overlap, crowd and cancel each other."""
    terms = draw(st.lists(TERMS, min_size=1, max_size=7, unique=True))
    rules = [
        Rule(
            id=f"rule-{number}",
            terms=(term,),
            weight=draw(st.sampled_from([0.1, 0.3, 0.7, 1.2])),
            subtopic=draw(st.sampled_from([None, "east", "west"])),
            needs_context=draw(st.booleans()),
            case_sensitive=draw(st.booleans()),
        )
        for number, term in enumerate(terms)
    ]
    watched = topic(
        *rules,
        threshold=draw(st.sampled_from([0.1, 0.5, 1.0])),
        context_within=draw(st.integers(1, 5)),
        exclusions=tuple(draw(st.lists(TERMS, max_size=3))),
    )
    return Case(watched, article(draw(TEXTS), draw(TEXTS)))


def tag(told: Article, *topics: Topic) -> tuple[Match, ...]:
    return Tagger(topics).tag(told)


def fired(told: Article, watched: Topic) -> Match:
    (match,) = tag(told, watched)
    return match


def texts(match: Match) -> list[str]:
    return [evidence.text for evidence in match.why]


@settings(max_examples=400)
@given(cases())
def test_the_tagger_says_what_the_slow_reference_says(case: Case) -> None:
    expected = verdict(case.topic, case.article)
    event("fires" if expected else "does not fire")
    assert tag(case.article, case.topic) == ((expected,) if expected else ())


def _evidence(case: Case) -> list[Match]:
    return [match] if (match := verdict(case.topic, case.article)) else []


SITUATIONS: dict[str, Callable[[Case], bool]] = {
    "a match without any exclusion": lambda case: any(not match.excluded for match in _evidence(case)),
    "a match in which something was excluded": lambda case: any(match.excluded for match in _evidence(case)),
    "a match that an exclusion prevents": lambda case: (
        not _evidence(case) and bool(_evidence(Case(replace(case.topic, exclusions=()), case.article)))
    ),
    "a match that missing context prevents": lambda case: (
        not _evidence(case) and bool(_evidence(Case(replace(case.topic, context_within=200), case.article)))
    ),
    "a match that context brings about": lambda case: any(
        evidence.field == "body" and evidence.weight and _rule(case, evidence.rule).needs_context
        for match in _evidence(case)
        for evidence in match.why
    ),
    "evidence that overlaps other evidence": lambda case: any(
        one.field == other.field and one.start < other.start < one.end
        for match in _evidence(case)
        for one in match.why
        for other in match.why
    ),
    "more occurrences than are shown": lambda case: any(
        sum(one.text == other.text for other in match.why) == SPANS_SHOWN
        for match in _evidence(case)
        for one in match.why
    ),
    "a match by its title alone": lambda case: any(
        all(one.field == "title" for one in match.why) for match in _evidence(case)
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_cases_held_against_the_reference_include(situation: str) -> None:
    drawing = settings(max_examples=2_000, phases=[Phase.generate])
    find(cases(), SITUATIONS[situation], settings=drawing)


@given(cases())
def test_every_span_is_the_text_it_points_at_and_the_weights_add_up_to_the_score(case: Case) -> None:
    for match in tag(case.article, case.topic):
        for span in spans(match):
            assert getattr(case.article, span.field)[span.start : span.end] == span.text
        assert sum(evidence.weight for evidence in match.why) == pytest.approx(match.score, abs=0.0005)
        assert match.score >= match.threshold


@given(cases(), cases())
def test_topics_do_not_disturb_each_other(one: Case, other: Case) -> None:
    first, second = replace(one.topic, id="first"), replace(other.topic, id="second")
    together = tag(one.article, second, first)
    assert together == (*tag(one.article, first), *tag(one.article, second))


def test_a_term_counts_once_however_often_it_stands() -> None:
    match = fired(article("", "ban, ban and ban"), topic(rule("ban")))
    assert [(evidence.start, evidence.weight) for evidence in match.why] == [(0, 1.0), (5, 0.0), (13, 0.0)]
    assert match.score == 1.0


def test_the_title_counts_double_and_the_body_adds_nothing_to_the_same_term() -> None:
    match = fired(article("The ban", "A ban."), topic(rule("ban", weight=0.6)))
    assert [(evidence.field, evidence.weight) for evidence in match.why] == [("title", 1.2), ("body", 0.0)]


def test_the_terms_of_a_rule_each_add_its_weight() -> None:
    assert fired(article("", "a ban at sea"), topic(rule("ban", "sea", weight=0.5))).score == 1.0


def test_below_the_threshold_nothing_fires_and_at_it_it_does() -> None:
    weak = topic(rule("ban", weight=0.4), rule("sea", weight=0.6))
    assert tag(article("", "a ban"), weak) == ()
    assert fired(article("", "a ban at sea"), weak).score == weak.threshold


def test_tenths_that_binary_fractions_cannot_hold_still_reach_the_threshold() -> None:
    assert (
        fired(article("", "one two three"), topic(rule("one", "two", "three", weight=0.1), threshold=0.3)).score == 0.3
    )


def test_a_term_within_a_longer_one_is_part_of_it() -> None:
    match = fired(article("", "new sea route"), topic(rule("sea route"), rule("sea"), rule("route")))
    assert texts(match) == ["sea route"]


def test_terms_that_overlap_in_part_count_both() -> None:
    match = fired(article("", "new sea route"), topic(rule("new sea"), rule("sea route")))
    assert texts(match) == ["new sea", "sea route"]
    assert match.score == 2.0


def test_of_two_terms_on_one_span_the_first_in_the_file_counts() -> None:
    exact, loose = rule("START", case_sensitive=True, weight=2.0), rule("start", weight=1.0)
    assert fired(article("", "START"), topic(exact, loose)).score == 2.0
    assert fired(article("", "START"), topic(loose, exact)).score == 1.0
    assert fired(article("", "start"), topic(exact, loose)).score == 1.0


def test_case_is_kept_only_where_the_rule_says_so() -> None:
    exact = topic(rule("START", case_sensitive=True))
    assert texts(fired(article("", "on START"), exact)) == ["START"]
    assert tag(article("", "on Start, at the start"), exact) == ()


def test_a_term_that_needs_context_counts_only_near_another_term() -> None:
    watched = topic(rule("fleet"), rule("kola", needs_context=True), context_within=3)
    assert texts(fired(article("", "fleet one two kola"), watched)) == ["fleet", "kola"]
    assert texts(fired(article("", "kola one two fleet"), watched)) == ["kola", "fleet"]
    assert texts(fired(article("", "fleet one two three kola"), watched)) == ["fleet"]


def test_a_term_that_needs_context_counts_in_the_title_by_itself() -> None:
    assert texts(fired(article("On Kola", ""), topic(rule("kola", needs_context=True)))) == ["Kola"]


def test_a_term_is_no_context_to_itself() -> None:
    assert tag(article("", "kola kola kola"), topic(rule("kola", needs_context=True))) == ()


def test_two_terms_that_need_context_give_it_to_each_other() -> None:
    watched = topic(rule("kola", "norilsk", needs_context=True, weight=0.5))
    assert texts(fired(article("", "from kola to norilsk"), watched)) == ["kola", "norilsk"]


def test_what_an_exclusion_cancelled_is_context_to_nothing() -> None:
    watched = topic(rule("arctic"), rule("kola", needs_context=True), exclusions=("arctic monkeys",))
    assert tag(article("", "arctic monkeys in kola"), watched) == ()


def test_an_exclusion_cancels_the_span_it_overlaps_and_no_other() -> None:
    body = "Arctic Monkeys played where the Arctic begins"
    match = fired(article("", body), topic(rule("arctic"), exclusions=("arctic monkeys",)))
    assert [(evidence.start, evidence.weight) for evidence in match.why] == [(body.rindex("Arctic"), 1.0)]
    (exclusion,) = match.excluded
    assert (exclusion.start, exclusion.text, exclusion.excluded_by) == (0, "Arctic", "arctic monkeys")


def test_an_exclusion_that_overlaps_in_part_cancels() -> None:
    assert (
        tag(article("", "state and court sanctions"), topic(rule("court sanctions"), exclusions=("and court",))) == ()
    )


def test_a_term_that_says_more_than_the_exclusion_within_it_stands() -> None:
    watched = topic(rule("nuclear power talks"), exclusions=("nuclear power",))
    match = fired(article("", "nuclear power talks"), watched)
    assert texts(match) == ["nuclear power talks"]
    assert match.excluded == ()


def test_an_exclusion_that_equals_a_term_cancels_it() -> None:
    assert tag(article("", "gun control"), topic(rule("gun control"), exclusions=("Gun Control",))) == ()


def test_an_exclusion_does_not_fire_a_topic_or_show_without_a_match() -> None:
    assert tag(article("Arctic Monkeys", "Arctic Monkeys"), topic(rule("arctic"), exclusions=("arctic monkeys",))) == ()


def test_exclusions_overlap_each_other_and_each_is_seen() -> None:
    watched = topic(rule("sea"), rule("ban"), exclusions=("the sea and the", "sea", "the ban"))
    assert tag(article("", "the sea and the ban"), watched) == ()


def test_a_repeated_term_shows_its_first_places_only() -> None:
    match = fired(article("", "ban " * 50), topic(rule("ban")))
    assert [evidence.start for evidence in match.why] == [4 * number for number in range(SPANS_SHOWN)]


def test_a_flood_of_cancelled_spans_is_shown_in_part() -> None:
    match = fired(article("", "gun control " * 50 + "control"), topic(rule("control"), exclusions=("gun control",)))
    assert len(match.excluded) == EXCLUSIONS_SHOWN


def test_subtopics_come_by_weight_and_then_by_name() -> None:
    watched = topic(
        rule("ban", subtopic="law"), rule("sea", subtopic="east"), rule("ice", subtopic="west"), rule("oil", weight=2)
    )
    assert fired(article("ice", "a ban at sea for oil"), watched).subtopics == ("west", "east", "law")


def test_matches_come_by_topic_whatever_the_order_of_the_topics() -> None:
    watched = [topic(rule("ban"), id=name) for name in ("sanctions", "arctic", "minerals")]
    assert [match.topic for match in tag(article("", "ban"), *watched)] == ["arctic", "minerals", "sanctions"]


def test_a_term_does_not_reach_from_the_title_into_the_body() -> None:
    assert tag(article("Arctic", "council"), topic(rule("arctic council"))) == ()


def test_an_article_without_title_or_without_body_is_tagged_all_the_same() -> None:
    assert fired(article("", "ban"), topic(rule("ban"))).why[0].start == 0
    assert fired(article("ban", ""), topic(rule("ban"))).why[0].field == "title"


def test_a_match_names_the_topics_version_and_threshold() -> None:
    match = fired(article("ban"), topic(rule("ban"), version="2026-11", threshold=0.5))
    assert (match.topic, match.topic_version, match.threshold) == ("watched", "2026-11", 0.5)


def test_a_megabyte_of_terms_and_exclusions_is_judged_without_ado() -> None:
    body = "gun control arctic sea " * 45_000
    match = fired(article("", body), topic(rule("arctic"), rule("control", "gun"), exclusions=("gun control",)))
    assert len(match.why) == SPANS_SHOWN


def _rule(case: Case, name: str) -> Rule:
    return next(rule for rule in case.topic.rules if rule.id == name)
