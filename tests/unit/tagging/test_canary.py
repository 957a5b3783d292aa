"""A canary is tagged as one and nothing else; nothing else is tagged as a canary; each is a story of its own."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace

from streams.cleaning import clean
from streams.errors import TopicFileError
from streams.model import Article, News, Rejected, Repeat, Tagged, TaggedArticle, Untagged
from streams.pipeline import tag, tell
from streams.settings import Settings
from streams.stories.desk import MOST_CANARIES, Desk
from streams.tagging.canary import SOURCE, TOPIC, canary, is_canary
from streams.tagging.tagger import Tagger
from streams.tagging.topics import CANARY, Topic, parse_topic
from streams.watchlist import Watchlist, folder_of
from streams.wire import encode
from tests.unit import nouns
from tests.unit.nouns import NOON

ONE = canary(2**128 - 1)
SEARCHERS = nouns.topic(nouns.rule("northwire*", "Arctic Council"), id="searchers")
"""A topic of an analyst's that would fire on a canary."""


@pytest.fixture(scope="module")
def tagger(shipped_topics: tuple[Topic, ...]) -> Tagger:
    return Tagger([*shipped_topics, SEARCHERS, TOPIC])


def topics_of(article: Article, tagger: Tagger) -> list[str]:
    outcome = tag(encode(article), tagger)
    assert isinstance(outcome, Tagged | Untagged)
    return [match.topic for match in outcome.matches] if isinstance(outcome, Tagged) else []


@pytest.mark.parametrize("number", [0, 1, 15, 2**64, 2**128 - 1])
def test_a_canary_is_left_as_it_is_by_cleaning_and_known_again(number: int) -> None:
    assert clean(canary(number)) == canary(number)
    assert is_canary(canary(number))
    assert canary(number).published_at is None


def test_a_canary_is_tagged_as_one_whatever_topics_would_fire_on_it(tagger: Tagger) -> None:
    assert topics_of(ONE, tagger) == [CANARY]


def test_offline_where_nobody_watches_for_canaries_they_are_about_nothing() -> None:
    assert topics_of(ONE, Tagger([SEARCHERS])) == []


@pytest.mark.parametrize(
    "change",
    [
        {"source": "Wire"},
        {"source": None},
        {"source": SOURCE.lower()},
        {"id": "a-1"},
        {"id": canary(7).id},
        {"title": f"{ONE.title} Arctic Council agrees"},
        {"title": ONE.title.upper()},
        {"body": "Arctic Council agrees."},
        {"url": "https://news.example/1"},
        {"language": "en"},
        {"published_at": NOON},
    ],
    ids=str,
)
def test_what_merely_looks_like_a_canary_is_an_article_like_any_other(change: dict[str, Any], tagger: Tagger) -> None:
    forged = replace(ONE, **change)
    assert not is_canary(forged)
    assert "searchers" in topics_of(forged, tagger)
    assert CANARY not in topics_of(forged, tagger)


def test_an_article_with_the_marker_is_told_to_those_whom_it_concerns_and_to_no_canary(tagger: Tagger) -> None:
    article = nouns.article("Arctic Council agrees first joint drill", f"{ONE.title} {ONE.id} {SOURCE}.", source=SOURCE)
    assert topics_of(article, tagger) == ["arctic", "searchers"]


def test_two_thousand_canaries_are_two_thousand_stories_of_which_few_are_remembered(tagger: Tagger) -> None:
    desk = Desk()
    arrivals = (NOON + timedelta(minutes=minutes) for minutes in count())
    stories = set()
    for number, arrival in zip(range(2_000), arrivals, strict=False):
        outcome = tag(encode(canary(number * 2**96 + number)), tagger)
        assert isinstance(outcome, Tagged)
        tagged = TaggedArticle(outcome.article, outcome.matches[0])
        told = tell(tagged, _placed(desk, tagged, arrival))
        assert isinstance(told, News)
        stories.add(told.alert.story.id)
    assert len(stories) == 2_000
    assert desk.count() == {CANARY: (MOST_CANARIES, MOST_CANARIES)}


def test_a_canary_that_is_delivered_again_is_told_once() -> None:
    desk, tagged = Desk(), TaggedArticle(ONE, nouns.match(topic=CANARY))
    assert isinstance(tell(tagged, _placed(desk, tagged, NOON)), News)
    assert isinstance(tell(tagged, _placed(desk, tagged, NOON)), Repeat)


def test_workers_watch_for_canaries_whatever_else_they_watch() -> None:
    watchlist = Watchlist(folder_of(Settings()))
    assert [topic.id for topic in watchlist.tagger().topics] == [CANARY]
    assert watchlist.versions == {}


def test_no_file_may_take_the_id_of_the_canary() -> None:
    text = "id: canary\ntitle: Birds\nversion: '1'\nrules:\n  - {id: a, weight: 1, terms: [canary]}\n"
    with pytest.raises(TopicFileError, match=r"birds\.yaml:1: the id 'canary' is reserved"):
        parse_topic(text, "birds.yaml")


def _placed(desk: Desk, tagged: TaggedArticle, arrival: Any) -> Any:
    placed = desk.place(tagged, arrival)
    assert not isinstance(placed, Rejected)
    return placed
