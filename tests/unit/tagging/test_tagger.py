"""The tagger: what counts, what it weighs, and the proof of it."""

from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from hypothesis import event, given, strategies as st
from msgspec.structs import replace

from streams.model import Article, Match
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.topics import Rule, Topic
from streams.tagging.weighing import EXCLUSIONS_SHOWN, OCCURRENCES
from tests.unit.nouns import article, rule, spans, topic
from tests.unit.tagging.agreement import agree, expected, weighed
from tests.unit.tagging.reference import verdict
from tests.unit.tagging.traps import FILLER, Case, draw_case

RANDOMS = st.randoms(use_true_random=False)
CASES = RANDOMS.map(draw_case)
FAR = "x" * 600 + " "
"""An opening that ends the lede."""


def tag(told: Article, *topics: Topic) -> tuple[Match, ...]:
    return Tagger(topics).tag(told)


def fired(told: Article, watched: Topic) -> Match:
    (match,) = tag(told, watched)
    return match


def verdict_on(told: Article, watched: Topic) -> Verdict:
    (one,) = Tagger([watched]).weigh(told)
    return one


def texts(match: Match) -> list[str]:
    return [evidence.text for evidence in match.why]


def weights(match: Match) -> list[float]:
    return [evidence.weight for evidence in match.why]


@given(CASES)
def test_the_tagger_says_what_the_slow_reference_says(case: Case) -> None:
    slow = expected(case)
    event("fires" if slow and slow.fires else "says something" if slow else "is silent")
    assert agree(weighed(case), slow)


@given(CASES)
def test_to_tag_is_to_weigh_and_keep_what_fires(case: Case) -> None:
    tagger = Tagger([case.topic])
    assert tagger.tag(case.article) == tuple(one.match for one in tagger.weigh(case.article) if one.fires)


def _evidence(case: Case) -> list[Match]:
    slow = verdict(case.topic, case.article)
    return [slow.match] if slow.fires else []


SITUATIONS: dict[str, Callable[[Case], bool]] = {
    "a match without any exclusion": lambda case: any(not match.excluded for match in _evidence(case)),
    "a match in which something was excluded": lambda case: any(match.excluded for match in _evidence(case)),
    "a match that an exclusion prevents": lambda case: (
        bool(case.topic.exclusions)
        and not _evidence(case)
        and bool(_evidence(Case(replace(case.topic, exclusions=()), case.article)))
    ),
    "a match that missing context prevents": lambda case: (
        not _evidence(case) and bool(_evidence(Case(replace(case.topic, context_within=200), case.article)))
    ),
    "a match that context brings about": lambda case: any(
        evidence.field == "body" and evidence.weight and _rule(case, evidence.rule).needs_context
        for match in _evidence(case)
        for evidence in match.why
    ),
    "a match with something out of context": lambda case: (
        verdict(case.topic, case.article).fires and bool(verdict(case.topic, case.article).out_of_context)
    ),
    "evidence that overlaps other evidence": lambda case: any(
        one.field == other.field and one.start < other.start < one.end
        for match in _evidence(case)
        for one in match.why
        for other in match.why
    ),
    "more occurrences than are shown": lambda case: any(
        sum(one.term == other.term for other in match.why) == OCCURRENCES
        for match in _evidence(case)
        for one in match.why
    ),
    "a match by its title alone": lambda case: any(
        all(one.field == "title" for one in match.why) for match in _evidence(case)
    ),
    "a match by NEAR": lambda case: any(
        "NEAR" in one.term and " " in one.text for match in _evidence(case) for one in match.why
    ),
    "a match that is damped": lambda case: any(match.damping < 1 for match in _evidence(case)),
    "a match beyond the lede": lambda case: any(
        one.field == "body" and one.start > len(FILLER) * 8 for match in _evidence(case) for one in match.why
    ),
}


@cache
def _drawn(number: int) -> Case:
    return draw_case(Random(number))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_cases_held_against_the_reference_include(situation: str) -> None:
    assert any(SITUATIONS[situation](_drawn(number)) for number in range(2_000))


@given(CASES)
def test_every_span_is_the_text_it_points_at_and_the_weights_add_up_to_the_score(case: Case) -> None:
    for match, fires, out_of_context in Tagger([case.topic]).weigh(case.article):
        for span in (*spans(match), *out_of_context):
            assert getattr(case.article, span.field)[span.start : span.end] == span.text
        for one in match.why:
            assert one.weight == round(one.rule_weight * one.boost * match.damping, 3)
        assert sum(weights(match)) == pytest.approx(match.score, abs=0.0005)
        assert fires == (match.score >= match.threshold)
        assert all(one.weight == 0 for one in out_of_context)


@given(CASES, RANDOMS)
def test_topics_do_not_disturb_each_other(one: Case, random: Random) -> None:
    other = draw_case(random)
    first, second = replace(one.topic, id="first"), replace(other.topic, id="second")
    together = tag(one.article, second, first)
    assert together == (*tag(one.article, first), *tag(one.article, second))


# ---------------------------------------------------------------- weights


def test_the_first_time_a_term_adds_its_whole_weight_each_further_time_a_quarter_four_times() -> None:
    match = fired(article("", FAR + "ban, ban, ban, ban, ban, ban and ban"), topic(rule("ban")))
    assert weights(match) == [1.0, 0.25, 0.25, 0.25, 0.25]
    assert [evidence.boost for evidence in match.why] == [1.0, 0.25, 0.25, 0.25, 0.25]
    assert match.score == 2.0


def test_a_finding_in_the_title_is_worth_twice_in_the_lede_one_and_a_half_times() -> None:
    watched = topic(rule("ban", weight=0.6), threshold=0.1)
    assert weights(fired(article("ban", ""), watched)) == [1.2]
    assert weights(fired(article("", "ban"), watched)) == [0.9]
    assert weights(fired(article("", FAR + "ban"), watched)) == [0.6]


def test_a_quarter_in_the_lede_is_a_quarter_of_what_the_lede_is_worth() -> None:
    match = fired(article("ban", "ban " + FAR + "ban"), topic(rule("ban", weight=0.4), threshold=0.1))
    assert weights(match) == [0.8, 0.15, 0.1]


def test_the_topic_says_what_places_are_worth() -> None:
    watched = topic(rule("ban"), title_boost=3.0, lede_boost=1.0)
    assert weights(fired(article("ban", "ban"), watched)) == [3.0, 0.25]


def test_the_lede_ends_after_six_hundred_characters_of_the_body() -> None:
    watched = topic(rule("ban"))
    assert weights(fired(article("A title", "x" * 596 + " ban"), watched)) == [1.5]
    assert weights(fired(article("A title", "x" * 597 + " ban"), watched)) == [1.0]


def test_beyond_three_thousand_characters_everything_is_damped() -> None:
    watched = topic(rule("ban"), threshold=0.1)
    assert fired(article("", "ban " + "x" * 2_996), watched).damping == 1.0
    match = fired(article("xx", "ban " + "x" * 5_994), watched)
    assert match.damping == round(1 / 1.35, 4) == 0.7407
    assert weights(match) == [1.111]
    assert fired(article("", "ban " + "x" * 9_000), topic(rule("ban"), damping=0.0)).damping == 1.0


def test_the_terms_of_a_rule_each_add_its_weight() -> None:
    assert fired(article("", FAR + "a ban at sea"), topic(rule("ban", "sea", weight=0.5))).score == 1.0


def test_below_the_threshold_nothing_fires_and_at_it_it_does() -> None:
    weak = topic(rule("ban", weight=0.4), rule("sea", weight=0.6))
    assert tag(article("", FAR + "a ban"), weak) == ()
    assert fired(article("", FAR + "a ban at sea"), weak).score == weak.threshold


def test_tenths_that_binary_fractions_cannot_hold_still_reach_the_threshold() -> None:
    watched = topic(rule("one", "two", "three", weight=0.1), threshold=0.3)
    assert fired(article("", FAR + "one two three"), watched).score == 0.3


def test_what_reaches_the_threshold_for_having_been_rounded_up_fires() -> None:
    told = article("", FAR + "ban " * 5 + "x" * 5_379)
    match = fired(told, topic(rule("ban", weight=0.0264), damping=10.0, threshold=0.006))
    assert weights(match) == [0.002, 0.001, 0.001, 0.001, 0.001]


def test_one_word_may_lead_to_many_findings_of_a_term() -> None:
    term = "(ban NEAR/5 sea) OR (ban NEAR/5 ice) OR (ban NEAR/5 fog) OR (ban NEAR/5 war)"
    match = fired(article("", FAR + "sea ice ban fog war"), topic(rule(term), threshold=1.75))
    assert weights(match) == [1.0, 0.25, 0.25, 0.25]


# ---------------------------------------------------------------- phrases within phrases


def test_a_phrase_within_a_longer_one_is_part_of_it() -> None:
    match = fired(article("", "new sea route"), topic(rule("sea route"), rule("sea"), rule("route")))
    assert texts(match) == ["sea route"]


def test_a_phrase_within_a_longer_one_that_lacks_context_is_still_part_of_it() -> None:
    watched = topic(rule("sea route", needs_context=True), rule("sea"))
    assert tag(article("", "new sea route"), watched) == ()


def test_phrases_that_overlap_in_part_count_both() -> None:
    match = fired(article("", FAR + "new sea route"), topic(rule("new sea"), rule("sea route")))
    assert texts(match) == ["new sea", "sea route"]
    assert match.score == 2.0


def test_of_two_terms_on_one_span_the_first_in_the_file_counts() -> None:
    exact, loose = rule("case:START", weight=2.0), rule("start", weight=1.0)
    assert fired(article("", FAR + "START"), topic(exact, loose)).score == 2.0
    assert fired(article("", FAR + "START"), topic(loose, exact)).score == 1.0
    assert fired(article("", FAR + "start"), topic(exact, loose)).score == 1.0


def test_what_an_operator_finds_neither_swallows_nor_is_swallowed() -> None:
    watched = topic(rule("ban NEAR/3 sea"), rule("sea"), rule("a ban at sea today"))
    assert texts(fired(article("", "a ban at sea today"), watched)) == ["a ban at sea today", "ban at sea"]
    assert texts(fired(article("", "a ban at sea"), watched)) == ["ban at sea", "sea"]


def test_evidence_comes_in_reading_order_longer_spans_first() -> None:
    watched = topic(rule("ban"), rule("ban NEAR/3 sea"), rule("title:oil OR sea OR ban"))
    match = fired(article("oil", "ban at sea"), watched)
    assert [(evidence.rule, evidence.text) for evidence in match.why] == [
        ("rule-3", "oil"),
        ("rule-2", "ban at sea"),
        ("rule-1", "ban"),
        ("rule-3", "ban"),
        ("rule-3", "sea"),
    ]


def test_evidence_names_the_rule_the_term_as_written_and_its_weight() -> None:
    (evidence,) = fired(article("", "a BAN at sea"), topic(rule("ban   NEAR/3 sea", weight=1.2))).why
    assert (evidence.rule, evidence.term, evidence.rule_weight) == ("rule-1", "ban   NEAR/3 sea", 1.2)


# ---------------------------------------------------------------- context


def test_a_term_that_needs_context_counts_only_near_another_term() -> None:
    watched = topic(rule("fleet"), rule("kola", needs_context=True), context_within=3)
    assert texts(fired(article("", "fleet one two kola"), watched)) == ["fleet", "kola"]
    assert texts(fired(article("", "kola one two fleet"), watched)) == ["kola", "fleet"]
    assert texts(fired(article("", "fleet one two three kola"), watched)) == ["fleet"]


def test_what_lacks_context_is_told_and_weighs_nothing() -> None:
    watched = topic(rule("fleet"), rule("kola", needs_context=True), context_within=3)
    one = verdict_on(article("", "fleet one two three kola"), watched)
    assert [(lone.text, lone.term, lone.rule_weight, lone.weight) for lone in one.out_of_context] == [
        ("kola", "kola", 1.0, 0.0)
    ]


def test_a_term_that_needs_context_counts_in_the_title_by_itself() -> None:
    assert texts(fired(article("On Kola", ""), topic(rule("kola", needs_context=True)))) == ["Kola"]


def test_the_title_is_no_context_to_the_body() -> None:
    watched = topic(rule("fleet"), rule("kola", needs_context=True))
    assert texts(fired(article("The fleet", "Kola"), watched)) == ["fleet"]


def test_a_term_is_no_context_to_itself_and_its_rule_is() -> None:
    assert tag(article("", "kola kola kola"), topic(rule("kola", needs_context=True))) == ()
    assert texts(fired(article("", "from kola to norilsk"), topic(rule("kola", "norilsk", needs_context=True)))) == [
        "kola",
        "norilsk",
    ]


def test_what_an_operator_finds_around_a_term_is_context_to_it() -> None:
    watched = topic(rule("kola", needs_context=True), rule("kola NEAR/2 fleet", weight=0.1), context_within=1)
    assert texts(fired(article("", "kola fleet"), watched)) == ["kola fleet", "kola"]


def test_what_an_exclusion_cancelled_is_context_to_nothing() -> None:
    watched = topic(rule("arctic"), rule("kola", needs_context=True), exclusions=("arctic monkeys",))
    assert tag(article("", "arctic monkeys in kola"), watched) == ()


def test_what_is_part_of_a_longer_phrase_is_context_to_nothing() -> None:
    watched = topic(rule("kola peninsula", needs_context=True), rule("kola"))
    assert tag(article("", "the kola peninsula"), watched) == ()


# ---------------------------------------------------------------- exclusions


def test_an_exclusion_cancels_the_span_it_overlaps_and_no_other() -> None:
    body = "Arctic Monkeys played where the Arctic begins"
    match = fired(article("", body), topic(rule("arctic"), exclusions=("arctic monkeys",)))
    assert [(evidence.start, evidence.weight) for evidence in match.why] == [(body.rindex("Arctic"), 1.5)]
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


def test_exclusions_cancel_words_before_any_query_looks_at_them() -> None:
    watched = topic(rule("arctic NEAR/3 tour"), rule("ban NOT arctic"), exclusions=("arctic monkeys",))
    assert texts(fired(article("", "arctic monkeys on tour, a ban"), watched)) == ["ban"]
    assert texts(fired(article("", "arctic monkeys on arctic tour"), watched)) == ["arctic tour"]


def test_a_word_that_an_exclusion_cancelled_swallows_nothing() -> None:
    watched = topic(rule("sea ban"), rule("ban"), exclusions=("the sea",))
    match = fired(article("", "the sea ban"), watched)
    assert texts(match) == ["ban"]
    assert [exclusion.text for exclusion in match.excluded] == ["sea ban"]


def test_exclusions_may_be_queries_and_look_at_what_is_written() -> None:
    watched = topic(rule("lithium"), rule("ban"), exclusions=("lithium NEAR/6 (bipolar OR psychiatr*)", "bipolar"))
    match = fired(article("", "lithium for bipolar disorder, a ban"), watched)
    assert texts(match) == ["ban"]
    (exclusion,) = match.excluded
    assert (exclusion.term, exclusion.text) == ("lithium", "lithium")
    assert exclusion.excluded_by == "lithium NEAR/6 (bipolar OR psychiatr*)"


def test_a_cancelled_word_is_shown_once_for_each_term_it_belongs_to_with_the_first_exclusion() -> None:
    watched = topic(
        *(rule("sea"), rule("sea NEAR/2 ice"), rule("ban")), exclusions=("sea trials", "the sea", "sea", "SEA")
    )
    match = fired(article("", "the sea, a ban"), watched)
    assert [(one.rule, one.term, one.text, one.excluded_by) for one in match.excluded] == [
        ("rule-1", "sea", "sea", "the sea"),
        ("rule-2", "sea NEAR/2 ice", "sea", "the sea"),
    ]


def test_of_exclusions_on_one_span_the_first_in_the_file_is_named() -> None:
    watched = topic(rule("sea"), rule("ban"), exclusions=("Sea", '"sea"', "sea", "sea OR ice"))
    (exclusion,) = fired(article("", "sea, ban"), watched).excluded
    assert exclusion.excluded_by == "Sea"
    (exclusion,) = fired(article("", "sea, ban"), replace(watched, exclusions=("sea", '"sea"'))).excluded
    assert exclusion.excluded_by == "sea"


def test_a_repeated_term_shows_its_first_places_only() -> None:
    match = fired(article("", "ban " * 50), topic(rule("ban")))
    assert [evidence.start for evidence in match.why] == [4 * number for number in range(OCCURRENCES)]


def test_a_flood_of_cancelled_spans_is_shown_in_part() -> None:
    match = fired(article("", "gun control " * 50 + "control"), topic(rule("control"), exclusions=("gun control",)))
    assert len(match.excluded) == EXCLUSIONS_SHOWN


def test_subtopics_come_by_weight_and_then_by_name() -> None:
    watched = topic(
        rule("ban", subtopic="law"), rule("sea", subtopic="east"), rule("ice", subtopic="west"), rule("oil", weight=2)
    )
    assert fired(article("ice", "a ban at sea for oil"), watched).subtopics == ("west", "east", "law")


def test_subtopics_that_weigh_the_same_in_decimals_come_by_name() -> None:
    watched = topic(
        *(rule("ban", subtopic="west", weight=0.1), rule("sea", subtopic="west", weight=0.2)),
        rule("ice", subtopic="east", weight=0.3),
        threshold=0.1,
    )
    assert fired(article("", FAR + "a ban at sea, ice"), watched).subtopics == ("east", "west")


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
    match = fired(
        article("", body), topic(rule("arctic"), rule("control", "gun"), damping=0.0, exclusions=("gun control",))
    )
    assert len(match.why) == OCCURRENCES


def test_a_topic_without_anything_to_say_is_not_weighed() -> None:
    assert Tagger([topic(rule("ban"))]).weigh(article("", "nothing of note")) == ()


def _rule(case: Case, name: str) -> Rule:
    return next(rule for rule in case.topic.rules if rule.id == name)
