"""Clippings: what is cut out of an article, with its findings marked."""

from itertools import pairwise

from hypothesis import given, strategies as st

from streams.proofreading.clippings import Mark, Sort, clip, marks, segments
from streams.tagging.tagger import Tagger, Verdict
from tests.unit.nouns import NOON, article, rule, topic

LONG = "word " * 200
WATCHED = Tagger(
    [topic(rule("Arctic Council"), rule("Arctic", weight=0.2, needs_context=True), exclusions=("Arctic fox",))]
)


def verdict(title: str, body: str) -> Verdict:
    (found,) = WATCHED.weigh(article(title, body))
    return found


def test_each_sort_of_finding_is_marked() -> None:
    body = f"The Arctic Council. {LONG}An Arctic fox. {LONG}The Arctic."
    assert [(body[start:end], sort) for start, end, sort in marks(verdict("", body), "body")] == [
        ("Arctic Council", "counts"),
        ("Arctic", "cancelled"),
        ("Arctic", "alone"),
    ]


def test_a_clipping_shows_the_weightiest_finding_with_its_mark_in_place() -> None:
    body = f"Arctic. {LONG}The Arctic Council met. {LONG}"
    clipping = clip(article("On ice", body, published_at=NOON, source="Wire"), verdict("On ice", body))
    assert clipping.text.startswith("…")
    assert clipping.text.endswith("…")
    (mark,) = clipping.text_marks
    assert clipping.text[mark.start : mark.end] == "Arctic Council"
    assert (clipping.published, clipping.source, clipping.rules) == ("2026-11-09", "Wire", ("rule-1",))


def test_without_a_finding_it_is_the_beginning() -> None:
    clipping = clip(article("On ice", LONG), None)
    assert clipping.text.startswith("word word")
    assert clipping.score == 0
    assert clipping.text_marks == clipping.title_marks == ()


def test_a_short_body_is_shown_whole() -> None:
    assert clip(article("", "The Arctic Council met."), verdict("", "The Arctic Council met.")).text == (
        "The Arctic Council met."
    )


@given(st.text(max_size=300), st.integers(0, 300), st.text(max_size=300))
def test_marks_lie_on_what_was_found_wherever_it_stands(before: str, blanks: int, after: str) -> None:
    told = article("", f"{before}. {'x ' * blanks}Arctic Council . {after}")
    for found in WATCHED.weigh(told):
        clipping = clip(told, found)
        for mark in clipping.text_marks:
            assert 0 <= mark.start < mark.end <= len(clipping.text)
            assert clipping.text[mark.start : mark.end] in told.body
        assert any(clipping.text[mark.start : mark.end] == "Arctic Council" for mark in clipping.text_marks)


SORTS: list[Sort] = ["counts", "alone", "cancelled"]
MARKS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10), st.sampled_from(SORTS)).map(
        lambda span: Mark(span[0], span[0] + span[1], span[2])
    ),
    max_size=6,
)


@given(st.text(max_size=30), MARKS)
def test_the_pieces_of_a_text_make_the_text(text: str, marked: list[Mark]) -> None:
    pieces = list(segments(text, marked))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    assert all(one[1] != other[1] for one, other in pairwise(pieces))


@given(st.text(max_size=30), MARKS)
def test_each_character_is_marked_as_it_should_be(text: str, marked: list[Mark]) -> None:
    sorts = [sort for piece, sort in segments(text, marked) for _ in piece]
    for place, sort in enumerate(sorts):
        over = {mark.sort for mark in marked if mark.start <= place < mark.end}
        assert sort == next((each for each in SORTS if each in over), None)
