"""The desk: what is one story, and who hears of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from streams import wire
from streams.model import Article, Cause, Kind, Severity, TaggedArticle
from streams.stories.desk import HEADLINE_LENGTH, MOST_SOURCES, MOST_VOICES, WINDOW, Desk
from streams.stories.placement import Placement, decode_placement
from tests.unit.nouns import NOON, article, match
from tests.unit.stories.pages import LISTING, OTHER, PACKAGE, PARAPHRASE, WAIVER, WIRE, page, tagged

HOUR = timedelta(hours=1)
SEEDS = Path(__file__).parents[4] / "shared" / "seeds"


def place(desk: Desk, *articles: TaggedArticle, arrival: datetime | None = NOON) -> list[Placement]:
    return [desk.place(each, arrival) for each in articles]


def decisions(*articles: TaggedArticle, arrival: datetime | None = NOON) -> list[tuple[Kind | None, Cause]]:
    return [(placed.kind, placed.cause) for placed in place(Desk(), *articles, arrival=arrival)]


NEW = (Kind.NEW, Cause.FIRST)


def test_the_first_article_of_a_story_is_news() -> None:
    (placed,) = place(Desk(), tagged(WIRE))
    assert (placed.kind, placed.cause, placed.likeness) == (Kind.NEW, Cause.FIRST, None)
    assert placed.story.headline == WIRE.title
    assert (placed.story.articles, placed.story.outlets, placed.story.sources) == (1, 1, ("Harbour Wire",))


def test_a_paraphrase_is_the_same_story_and_wakes_nobody() -> None:
    first, second = place(Desk(), tagged(WIRE), tagged(PARAPHRASE))
    assert second.story.id == first.story.id
    assert (second.kind, second.cause) == (None, Cause.REPEAT)
    assert (second.story.articles, second.story.outlets) == (2, 2)
    assert second.story.headline == WIRE.title


def test_why_two_articles_are_one_story_is_told_in_parts_that_add_up() -> None:
    _, second = place(Desk(), tagged(WIRE), tagged(PARAPHRASE))
    likeness = second.likeness
    assert likeness
    assert likeness.article_id == "wire"
    assert likeness.score == pytest.approx(sum(part.points for part in likeness.parts), abs=0.01)
    assert likeness.score >= likeness.threshold
    assert [part.part for part in likeness.parts] == ["words", "names", "lede", "title", "time"]
    names = next(part for part in likeness.parts if part.part == "names")
    assert {"fournier", "solberg"} & set(names.shared)


@pytest.mark.parametrize("order", [(WIRE, OTHER), (OTHER, WIRE), (PARAPHRASE, OTHER), (OTHER, PARAPHRASE)])
def test_the_same_people_on_the_same_day_are_another_story(order: tuple[Article, Article]) -> None:
    assert decisions(*map(tagged, order)) == [NEW, NEW]


def test_events_of_one_kind_that_name_nobody_in_common_are_two_stories() -> None:
    assert decisions(tagged(PACKAGE), tagged(LISTING)) == [NEW, NEW]
    assert decisions(tagged(LISTING), tagged(PACKAGE)) == [NEW, NEW]


def test_the_same_article_again_is_not_told_again() -> None:
    assert decisions(tagged(WIRE), tagged(WIRE)) == [NEW, (None, Cause.SEEN)]
    (_, again) = place(Desk(), tagged(WIRE), tagged(WIRE))
    assert again.story.articles == 1


def test_the_same_text_under_another_id_is_a_copy_in_its_originals_voice() -> None:
    copies = [tagged(WIRE, id=f"copy-{n}", source=f"Paper {n}", url=f"https://paper{n}.example/") for n in range(12)]
    _, *placed = place(Desk(), tagged(WIRE), *copies)
    assert {(each.kind, each.cause) for each in placed} == {(None, Cause.COPY)}
    assert placed[-1].story.articles == 13
    assert placed[-1].story.outlets == 1


def test_letter_case_hyphens_and_quotes_do_not_make_a_text_another() -> None:
    shouted = tagged(WIRE, id="b", title=WIRE.title.upper(), body=WIRE.body.replace("“", '"').replace("”", '"'))
    assert decisions(tagged(WIRE), shouted) == [NEW, (None, Cause.COPY)]


def test_each_topic_tells_its_own_story_of_an_article() -> None:
    placed = place(Desk(), tagged(WIRE), tagged(WIRE, topic="arms-control"))
    assert [each.kind for each in placed] == [Kind.NEW, Kind.NEW]
    assert placed[0].story.id != placed[1].story.id


def test_a_story_that_becomes_more_severe_is_told_again_once() -> None:
    desk = Desk()
    place(desk, tagged(WIRE, score=2.5))
    louder, repeat = place(desk, tagged(PARAPHRASE, score=9.0), tagged(PARAPHRASE, id="c", score=8.5))
    assert (louder.kind, louder.cause, louder.severity) == (Kind.ESCALATED, Cause.SEVERITY, Severity.CRITICAL)
    assert louder.because == "Severity rose from medium to critical."
    assert repeat.kind is None


def outlets(count: int) -> list[TaggedArticle]:
    """Outlets that tell the story each in words of its own."""
    own = [f"{PARAPHRASE.body}\n\n{page(number, 12).body.capitalize()}." for number in range(count)]
    return [tagged(PARAPHRASE, id=f"o-{n}", body=own[n], source=f"Paper {n}", url=None) for n in range(count)]


def test_the_third_the_tenth_and_the_thirtieth_outlet_are_worth_a_word() -> None:
    placed = place(Desk(), *outlets(32))
    told = {number: each.because for number, each in enumerate(placed, 1) if each.cause is Cause.OUTLETS}
    assert told == {number: f"{number} outlets tell it now." for number in (3, 10, 30)}
    assert [each.kind for each in placed if each.kind] == [Kind.NEW, Kind.UPDATE, Kind.UPDATE, Kind.UPDATE]


def test_a_new_figure_is_told_and_the_same_figure_rounded_is_not() -> None:
    opening = "Rescuers found 57 sailors of the escorted tankers alive. "
    found = tagged(PARAPHRASE, id="b", body=opening + PARAPHRASE.body, url="https://b.example/")
    later = tagged(PARAPHRASE, id="c", body="Some 58 sailors were found. " + PARAPHRASE.body, url="https://c.example/")
    _, update, repeat = place(Desk(), tagged(WIRE), found, later)
    assert (update.kind, update.cause) == (Kind.UPDATE, Cause.FIGURES)
    assert "57 sailors" in update.because
    assert repeat.cause is not Cause.FIGURES


def test_a_package_of_another_number_is_another_story() -> None:
    one = tagged(WIRE, id="14", title="EU adopts 14th package of sanctions", body="The 14th package bans tankers.")
    two = tagged(WIRE, id="15", title="EU adopts 15th package of sanctions", body="The 15th package bans tankers.")
    assert decisions(one, two) == [NEW, NEW]


def test_a_revision_that_adds_is_an_update_one_that_takes_back_a_correction_and_a_typo_nothing() -> None:
    desk = Desk()
    place(desk, tagged(WIRE))
    typo = tagged(WIRE, body=WIRE.body.replace("called the plan", "callled the plan"))
    fuller = tagged(WIRE, body=WIRE.body + " The first ship sails in June. It carries 90 sailors.")
    fewer = tagged(WIRE, body=WIRE.body.replace("14 tankers", "11 tankers"))
    notice = tagged(WIRE, body=WIRE.body + "\n\nCorrection: the yard lies in Halifax.")
    verdicts = [(each.kind, each.cause) for each in place(desk, typo, fuller)]
    assert verdicts == [(None, Cause.REVISION), (Kind.UPDATE, Cause.REVISION)]
    for revision in (fewer, notice):
        other = Desk()
        place(other, tagged(WIRE))
        (corrected,) = place(other, revision)
        assert (corrected.kind, corrected.cause) == (Kind.CORRECTED, Cause.REVISION)
        assert corrected.story.articles == 1


def test_old_news_is_counted_and_not_told() -> None:
    old = tagged(WIRE, published_at=NOON - WINDOW - HOUR)
    (placed,) = place(Desk(), old)
    assert (placed.kind, placed.cause, placed.told) == (None, Cause.OLD, None)
    assert placed.because == "It was published on 2026-10-26, before the window."


def test_a_fresh_article_of_a_story_that_only_old_news_told_is_news() -> None:
    old = tagged(WIRE, published_at=NOON - WINDOW - HOUR)
    assert decisions(old, tagged(PARAPHRASE)) == [(None, Cause.OLD), NEW]


def test_news_that_claims_to_be_from_the_future_is_news_and_moves_no_clock() -> None:
    desk = Desk()
    place(desk, tagged(WIRE))
    tomorrow = tagged(page(1), published_at=NOON + timedelta(days=9000))
    (placed,) = place(desk, tomorrow)
    assert placed.kind is Kind.NEW
    assert placed.time == NOON
    assert place(desk, tagged(PARAPHRASE))[0].kind is None


def test_a_story_closes_a_window_after_its_last_article() -> None:
    desk = Desk()
    place(desk, tagged(WIRE))
    later, last = NOON + WINDOW, NOON + WINDOW + WINDOW + HOUR
    (held,) = place(desk, tagged(PARAPHRASE, published_at=None), arrival=later)
    assert held.kind is None
    (anew,) = place(desk, tagged(PARAPHRASE, id="third", published_at=None), arrival=last)
    assert anew.kind is Kind.NEW
    assert desk.count() == {"arctic": (1, 1)}


def test_an_article_that_is_seen_again_and_again_stays_known() -> None:
    desk = Desk()
    undated = tagged(WIRE, published_at=None)
    for day in range(40):
        (placed,) = place(desk, undated, arrival=NOON + timedelta(days=day))
        assert placed.cause is (Cause.SEEN if day else Cause.FIRST)


def test_time_does_not_go_back() -> None:
    desk = Desk()
    place(desk, tagged(WIRE), arrival=NOON)
    (placed,) = place(desk, tagged(PARAPHRASE), arrival=NOON - 3 * WINDOW)
    assert placed.arrival == NOON
    assert placed.kind is None


def test_quiet_topics_are_forgotten_while_others_are_told_of() -> None:
    desk = Desk()
    place(desk, tagged(WIRE))
    place(desk, tagged(WIRE, topic="sanctions", published_at=None), arrival=NOON + WINDOW + HOUR)
    desk.forget_expired()
    assert desk.count() == {"sanctions": (1, 1)}


def test_without_any_time_nothing_expires_and_nothing_is_old() -> None:
    placed = place(Desk(), *(tagged(page(n), published_at=None) for n in range(5)), arrival=None)
    assert {each.arrival for each in placed} == {None}
    assert {each.kind for each in placed} == {Kind.NEW}


def test_a_story_names_thirty_sources_and_counts_sixty_four_voices_at_most() -> None:
    (*_, last) = place(Desk(), *outlets(80))
    assert len(last.story.sources) == MOST_SOURCES
    assert last.story.outlets == MOST_VOICES
    assert last.story.articles == 80


def test_without_a_title_the_first_words_of_the_body_are_the_headline() -> None:
    (placed,) = place(Desk(), TaggedArticle(article("", "Ministers met.\n\nThey parted."), match()))
    assert placed.story.headline == placed.title == "Ministers met."
    (cut,) = place(Desk(), TaggedArticle(article("", "council " * 50), match()))
    assert cut.story.headline == ("council " * 50)[:HEADLINE_LENGTH].rsplit(" ", 1)[0] + "…"
    (endless,) = place(Desk(), TaggedArticle(article("", "a" * 5_000), match()))
    assert len(endless.story.headline) == HEADLINE_LENGTH + 1


def test_first_and_last_seen_are_times_that_articles_claim() -> None:
    fetched = tagged(PARAPHRASE, published_at=None, fetched_at=NOON + HOUR)
    placed = place(Desk(), tagged(WIRE), fetched, tagged(WIRE, id="c", published_at=NOON - HOUR), arrival=NOON + HOUR)
    assert (placed[1].story.first_seen, placed[1].story.last_seen) == (NOON, NOON + HOUR)
    assert (placed[2].story.first_seen, placed[2].story.last_seen) == (NOON - HOUR, NOON + HOUR)
    (unknown,) = place(Desk(), tagged(WIRE, published_at=None))
    assert unknown.story.first_seen is None


def test_a_new_alert_depends_on_its_article_and_match_alone() -> None:
    crowded = Desk()
    place(crowded, *(tagged(page(n)) for n in range(30)), tagged(OTHER))
    (here,), (there,) = place(crowded, tagged(WIRE)), place(Desk(), tagged(WIRE))
    assert replace(here, portrait=there.portrait) == there


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds lie beside the project only where it is developed")
def test_the_two_texts_of_the_first_input_are_one_story_in_any_topic() -> None:
    seeds = sorted(SEEDS.glob("*.txt"))
    one, two = (article("", path.read_text(encoding="utf-8"), id=path.name) for path in seeds)
    for order in ((one, two), (two, one)):
        first, second = place(Desk(), *map(tagged, order))
        assert first.kind is Kind.NEW
        assert (second.kind, second.story.id) == (None, first.story.id)
    for seed in (one, two):
        assert decisions(tagged(seed), tagged(WAIVER)) == [NEW, NEW]
        assert decisions(tagged(WAIVER), tagged(seed)) == [NEW, NEW]


class Telling(NamedTuple):
    """An article on its way to a desk."""

    article: TaggedArticle
    arrival: datetime | None


@st.composite
def tellings(draw: st.DrawFn) -> list[Telling]:
    """Articles of a few stories, some of them copies, revisions or the same again, as time goes on."""
    told = []
    moment = NOON if draw(st.booleans()) else None
    for number in range(draw(st.integers(0, 9))):
        told_by = draw(st.sampled_from([WIRE, PARAPHRASE, OTHER, page(1), page(2)]))
        changes = {
            "id": draw(st.sampled_from([told_by.id, f"{told_by.id}-{number % 3}"])),
            "body": told_by.body
            + draw(st.sampled_from(["", "", " Some 77 seals were counted.", " Correction: none."])),
            "source": draw(st.sampled_from([told_by.source, "Other Paper", None])),
            "published_at": draw(st.sampled_from([NOON, None, NOON - 2 * WINDOW])),
        }
        topic, score = draw(st.sampled_from(["arctic", "arctic", "sanctions"])), draw(st.sampled_from([1.0, 3.0, 9.0]))
        told.append(Telling(tagged(told_by, score=score, topic=topic, **changes), moment))
        if moment:
            moment += draw(st.sampled_from([timedelta(0), HOUR, WINDOW / 2, WINDOW + HOUR, -HOUR]))
    return told


def journalled(desk: Desk, told: list[Telling]) -> Iterator[bytes]:
    return (wire.encode(desk.place(*each)) for each in told)


@settings(max_examples=60, deadline=None)
@given(tellings(), st.integers(0, 9))
def test_a_desk_that_read_the_journal_goes_on_as_the_one_that_wrote_it(told: list[Telling], cut: int) -> None:
    desk, restored = Desk(), Desk()
    for entry in journalled(desk, told[:cut]):
        restored.keep(decode_placement(entry))
    assert restored.count() == desk.count()
    assert list(journalled(restored, told[cut:])) == list(journalled(desk, told[cut:]))


@settings(max_examples=40, deadline=None)
@given(tellings())
def test_equal_articles_in_equal_order_give_equal_placements(told: list[Telling]) -> None:
    assert list(journalled(Desk(), told)) == list(journalled(Desk(), told))


@settings(max_examples=40, deadline=None)
@given(tellings())
def test_a_second_telling_of_everything_at_once_tells_nobody_of_a_new_story(told: list[Telling]) -> None:
    desk = Desk()
    timeless = [each._replace(arrival=None) for each in told]
    for each in timeless:
        desk.place(*each)
    assert not [again.kind for again in (desk.place(*each) for each in timeless) if again.kind is Kind.NEW]


@settings(max_examples=40, deadline=None)
@given(tellings())
def test_a_story_is_told_as_new_once_while_it_is_live(told: list[Telling]) -> None:
    desk = Desk()
    new = [placed.story.id for each in told if (placed := desk.place(*each._replace(arrival=NOON))).kind is Kind.NEW]
    assert len(new) == len(set(new))
