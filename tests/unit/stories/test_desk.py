"""The desk: what opens a story, what repeats one, and that it answers the same way twice."""

from hypothesis import given, strategies as st

from streams.model import Article
from streams.stories.desk import HEADLINE_LENGTH, Desk, Opened, Repeated
from tests.unit.nouns import NOON, article

FEW = st.sampled_from(["one", "two", "three"])
TOLD = st.lists(
    st.tuples(st.builds(Article, id=FEW, title=FEW, body=FEW), st.sampled_from(["arctic", "sanctions"])), max_size=15
)


def opened(told: Article, desk: Desk | None = None) -> Opened:
    placed = (desk or Desk()).place(told, "arctic")
    assert isinstance(placed, Opened)
    return placed


def test_the_first_article_opens_a_story_that_is_named_for_it() -> None:
    placed = opened(article("Council meets", published_at=NOON, source="Wire"))
    assert placed.story_id == placed.story.id == "705f69cc3ccb028a140e24a8b081707a"
    assert placed.story.headline == "Council meets"
    assert placed.story.first_seen == NOON
    assert placed.story.articles == 1
    assert placed.story.sources == ("Wire",)


def test_the_same_id_again_is_a_repeat_whatever_it_says_now() -> None:
    desk = Desk()
    first = opened(article("Council meets"), desk)
    assert desk.place(article("Council adjourns", "Quite another text."), "arctic") == Repeated(first.story_id)


def test_the_same_text_under_another_id_is_a_repeat() -> None:
    desk = Desk()
    first = opened(article(id="a-1", url="https://wire.example/1"), desk)
    assert desk.place(article(id="a-2", url="https://other.example/1"), "arctic") == Repeated(first.story_id)


def test_typography_makes_no_new_story() -> None:
    desk = Desk()
    first = opened(article("Russia’s Sub–Arctic Fleet", "It sails."), desk)
    assert desk.place(article("RUSSIA'S SUB-ARCTIC FLEET", "it sails.", id="a-2"), "arctic") == Repeated(first.story_id)


def test_another_text_under_another_id_opens_another_story() -> None:
    desk = Desk()
    first = opened(article(), desk)
    assert opened(article(body="The council met on Tuesday.", id="a-2"), desk).story_id != first.story_id


def test_a_title_that_moved_into_the_body_is_another_text() -> None:
    desk = Desk()
    opened(article("Council", "meets"), desk)
    assert isinstance(desk.place(article("", "Council meets", id="a-2"), "arctic"), Opened)


def test_a_repeat_of_a_repeat_belongs_to_the_first_story() -> None:
    desk = Desk()
    first = opened(article("One", id="a-1"), desk)
    desk.place(article("One", id="a-2"), "arctic")
    assert desk.place(article("Two", id="a-2"), "arctic") == Repeated(first.story_id)
    assert desk.place(article("Two", id="a-3"), "arctic") == Repeated(first.story_id)


def test_each_topic_tells_its_own_story_of_an_article() -> None:
    desk = Desk()
    placed = [desk.place(article(), topic) for topic in ("arctic", "sanctions")]
    assert all(isinstance(one, Opened) for one in placed)
    assert len({one.story_id for one in placed}) == 2


@given(TOLD)
def test_a_desk_that_was_told_the_same_answers_the_same_after_any_prefix(told: list[tuple[Article, str]]) -> None:
    desk = Desk()
    answers = [desk.place(*one) for one in told]
    for length in range(len(told) + 1):
        rebuilt = Desk()
        assert [rebuilt.place(*one) for one in told[:length]] == answers[:length]
        assert [rebuilt.place(*one) for one in told[length:]] == answers[length:]


@given(TOLD)
def test_a_second_telling_of_everything_opens_nothing(told: list[tuple[Article, str]]) -> None:
    desk = Desk()
    first = [desk.place(*one).story_id for one in told]
    assert [desk.place(*one) for one in told] == [Repeated(story_id) for story_id in first]


@given(TOLD)
def test_a_story_is_opened_once_and_repeated_only_after(told: list[tuple[Article, str]]) -> None:
    desk = Desk()
    known: set[str] = set()
    for one in told:
        placed = desk.place(*one)
        assert isinstance(placed, Repeated) == (placed.story_id in known)
        known.add(placed.story_id)


def test_without_a_title_the_first_words_of_the_body_are_the_headline() -> None:
    assert opened(article("", "Ministers met.\n\nThey parted.")).story.headline == "Ministers met."


def test_a_long_first_line_is_cut_between_words() -> None:
    headline = opened(article("", "council " * 50)).story.headline
    assert headline == ("council " * 50)[:HEADLINE_LENGTH].rsplit(" ", 1)[0] + "…"
    assert len(headline) <= HEADLINE_LENGTH + 1


def test_a_first_line_without_blanks_is_cut_all_the_same() -> None:
    assert len(opened(article("", "a" * 5_000)).story.headline) == HEADLINE_LENGTH + 1


def test_a_story_is_first_seen_when_published_else_when_fetched_else_at_no_known_time() -> None:
    assert opened(article(published_at=NOON, fetched_at=NOON.replace(hour=13))).story.first_seen == NOON
    assert opened(article(fetched_at=NOON)).story.first_seen == NOON
    assert opened(article()).story.first_seen is None


def test_an_unnamed_source_is_not_counted_among_the_sources() -> None:
    assert opened(article(source=None)).story.sources == ()
