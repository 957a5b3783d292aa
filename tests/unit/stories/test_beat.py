"""The memory of a topic: found by what is rare, bounded, and forgotten in order."""

from datetime import timedelta

from msgspec.structs import replace

from streams.stories.beat import Beat
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from tests.unit.nouns import NOON
from tests.unit.stories.pages import PARAPHRASE, WIRE, page, tagged

DAY = timedelta(days=1)


def placements(count: int, every: timedelta = DAY) -> list[Placement]:
    return [Desk().place(tagged(page(n), published_at=None), NOON + n * every) for n in range(count)]


def told(*kept: Placement, most: int = 1000) -> Beat:
    beat = Beat(most)
    for placement in kept:
        beat.keep(placement)
    return beat


def test_what_shares_rare_terms_is_found_among_all_the_rest() -> None:
    wire, paraphrase = (Desk().place(tagged(each), NOON) for each in (WIRE, PARAPHRASE))
    beat = told(*placements(50), wire)
    assert beat.candidates(paraphrase.portrait.keys)[0].article_id == "wire"
    assert beat.candidates(placements(60)[55].portrait.keys) == []


def test_an_article_is_known_by_its_id_and_by_its_text() -> None:
    one, two = placements(2)
    beat = told(one, two)
    for found in (beat.article(one.article_id), beat.text(one.portrait.text)):
        assert found
        assert found.story_id == one.story.id
    assert beat.article("nobody") is beat.text("nothing") is None


def test_a_revision_takes_the_place_of_what_it_revises() -> None:
    one, other = placements(2)
    beat = told(one, replace(other, article_id=one.article_id, story=one.story))
    assert len(beat) == 1
    assert beat.text(one.portrait.text) is None
    assert beat.candidates(one.portrait.keys) == []


def test_what_came_before_a_moment_is_forgotten_without_a_trace() -> None:
    beat = told(*placements(10))
    beat.forget_before(NOON + 4 * DAY)
    assert len(beat) == len(beat.stories) == 6
    assert beat.article("page-3") is None
    beat.forget_before(NOON + 400 * DAY)
    assert vars(beat) == {**vars(Beat(1000)), "rarity": beat.rarity, "_next": 10}
    assert not beat.rarity._counts


def test_of_too_many_the_first_are_forgotten() -> None:
    kept = placements(10)
    beat = told(*kept, most=4)
    assert len(beat) == 4
    assert [bool(beat.article(each.article_id)) for each in kept] == [False] * 6 + [True] * 4
