"""The road: every message is answered for in one of three ways, whatever it holds."""

import json
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings, strategies as st

from streams import wire
from streams.errors import Reason
from streams.model import (
    Article,
    Cause,
    Kind,
    Match,
    News,
    Rejected,
    Repeat,
    StoryOutcome,
    Tagged,
    TaggedArticle,
    Untagged,
)
from streams.pipeline import place, receive, tag, tell
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from streams.tagging.tagger import Tagger
from tests.unit import nouns
from tests.unit.nouns import rule, topic

GOOD: dict[str, Any] = {
    "id": "a-1",
    "url": "https://wire.example/1",
    "title": "Arctic Council meets",
    "body": "They spoke of new sanctions. Read more",
    "source": "Wire",
    "published_at": "2026-11-09T12:00:00Z",
    "fetched_at": "2026-11-09",
    "language": "en",
}
TAGGER = Tagger([topic(rule("arctic council"), id="arctic"), topic(rule("sanctions"), id="sanctions")])


class Broken(Tagger):
    """A tagger with a bug."""

    def tag(self, article: Article) -> tuple[Match, ...]:
        raise ZeroDivisionError(f"a bug at {article.id}")


class BrokenDesk(Desk):
    """A desk with a bug."""

    def place(self, tagged: TaggedArticle, arrival: datetime | None) -> Placement:
        raise LookupError(f"a bug at {tagged.article.id}, {arrival:%H:%M}")


def raw(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def tagged(**changes: Any) -> Tagged:
    outcome = tag(raw(**changes), TAGGER)
    assert isinstance(outcome, Tagged)
    return outcome


def decide(raw: bytes | None, desk: Desk) -> StoryOutcome:
    """What the stories worker makes of a message that came at noon."""
    received = receive(raw)
    if isinstance(received, Rejected):
        return received
    placed = place(received, desk, nouns.NOON)
    return placed if isinstance(placed, Rejected) else tell(received, placed)


def message(told: Article | None = None, verdict: Match | None = None) -> bytes:
    return wire.encode(nouns.tagged(told, verdict))


def test_an_article_that_fires_topics_is_forwarded_cleaned_with_a_match_for_each() -> None:
    outcome = tagged()
    assert outcome.article.body == "They spoke of new sanctions."
    assert [match.topic for match in outcome.matches] == ["arctic", "sanctions"]


def test_an_article_that_fires_nothing_is_declined() -> None:
    outcome = tag(raw(title="Council", body="Meets."), TAGGER)
    assert isinstance(outcome, Untagged)
    assert outcome.article.title == "Council"


@pytest.mark.parametrize("decoded", [None, b"", b"\xff", b"{}", b'{"title":"","body":""}'])
def test_what_is_no_article_is_rejected_for_the_decoders_reason(decoded: bytes | None) -> None:
    outcome = tag(decoded, TAGGER)
    assert isinstance(outcome, Rejected)
    assert outcome.reason in set(Reason) - {Reason.FAILED, Reason.UNDELIVERABLE}
    assert outcome.error


def test_a_bug_costs_the_article_it_meets_and_not_the_worker() -> None:
    assert tag(raw(), Broken([])) == Rejected(Reason.FAILED, "ZeroDivisionError: a bug at a-1")
    assert decide(message(), BrokenDesk()) == Rejected(Reason.FAILED, "LookupError: a bug at a-1, 12:00")


def test_a_first_telling_is_news_and_a_second_a_repeat() -> None:
    desk = Desk()
    first = decide(message(), desk)
    assert isinstance(first, News)
    assert first.alert.kind is Kind.NEW
    assert decide(message(), desk) == Repeat("arctic", "a-1", first.alert.story.id, Cause.SEEN)


def test_a_copy_under_another_id_is_a_repeat_of_the_same_story() -> None:
    desk = Desk()
    first = decide(message(), desk)
    assert isinstance(first, News)
    assert decide(message(nouns.article(id="a-2")), desk) == Repeat("arctic", "a-2", first.alert.story.id, Cause.COPY)


@pytest.mark.parametrize("decoded", [None, b"", b"\xff", b"{}", b'{"schema":"northwire.tagged/2"}'])
def test_what_is_no_tagged_article_is_rejected_and_the_desk_forgets_it(decoded: bytes | None) -> None:
    desk = Desk()
    assert isinstance(decide(decoded, desk), Rejected)
    assert isinstance(decide(message(), desk), News)


def test_a_bug_in_writing_an_alert_costs_that_article_and_not_the_worker() -> None:
    broken = nouns.placement(story=None)
    assert isinstance(tell(nouns.tagged(), broken), Rejected)


def test_a_redelivered_article_gives_the_same_alert_to_the_byte() -> None:
    def alerts() -> list[bytes]:
        desk = Desk()
        outcome = tagged()
        told = [decide(wire.encode(TaggedArticle(outcome.article, match)), desk) for match in outcome.matches]
        return [wire.encode(one.alert) for one in told if isinstance(one, News)]

    assert len(alerts()) == 2
    assert alerts() == alerts()


def test_spans_survive_the_whole_road() -> None:
    outcome = tagged(title="\x1b[1mThe Arctic\u00a0Council&nbsp;&amp;c", body="<p>It weighs <b>sanc</b>tions.</p>")
    for match in outcome.matches:
        forwarded = wire.decode_tagged(wire.encode(TaggedArticle(outcome.article, match)))
        for span in forwarded.match.why:
            assert getattr(forwarded.article, span.field)[span.start : span.end] == span.text
    assert [match.why[0].text for match in outcome.matches] == ["Arctic Council", "sanctions"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=3),
    max_leaves=8,
)
HOSTILE = st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "\u202e",
        "a" * 20_000,
        "&#" + "9" * 5_000 + ";",
        "<" * 99 + "b>" * 99,
        "0001-01-01T00:00:00+14:00",
    ]
)
FIELDS = st.dictionaries(st.sampled_from([*GOOD, "x"]), ANYTHING | HOSTILE, max_size=4)


@st.composite
def mutated(draw: st.DrawFn, good: dict[str, Any]) -> bytes:
    """A good message, with some fields replaced or gone, and some bytes cut, swapped or put in."""
    fields = {**good, **draw(FIELDS)}
    for name in draw(st.lists(st.sampled_from(list(good)), max_size=2)):
        fields.pop(name, None)
    encoded = json.dumps(fields, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        place = draw(st.integers(0, len(encoded)))
        until = draw(st.integers(place, min(len(encoded), place + 5)))
        encoded = encoded[:place] + draw(st.binary(max_size=3)) + encoded[until:]
    return encoded


@settings(max_examples=200)
@given(st.binary(max_size=100) | mutated(GOOD))
def test_whatever_the_bytes_an_article_is_forwarded_declined_or_rejected(raw: bytes) -> None:
    outcome = tag(raw, TAGGER)
    event(type(outcome).__name__)
    match outcome:
        case Tagged():
            assert outcome.matches
            for verdict in outcome.matches:
                assert isinstance(decide(wire.encode(TaggedArticle(outcome.article, verdict)), Desk()), News | Repeat)
        case Untagged():
            assert outcome.article.title or outcome.article.body or b"body" in raw
        case Rejected():
            assert outcome.reason is not Reason.FAILED
            assert outcome.error


@settings(max_examples=200)
@given(st.binary(max_size=100) | mutated(msgspec.json.decode(wire.encode(nouns.tagged()))))
def test_whatever_the_bytes_a_tagged_article_is_news_a_repeat_or_rejected(raw: bytes) -> None:
    outcome = decide(raw, Desk())
    event(type(outcome).__name__)
    assert isinstance(outcome, News | Repeat | Rejected)
    assert outcome == decide(raw, Desk())


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["a-1", "a-2", "a-3"]), max_size=8), st.integers(0, 8))
def test_a_desk_rebuilt_from_any_prefix_answers_the_rest_to_the_byte(ids: list[str], cut: int) -> None:
    messages = [message(nouns.article(f"Council {name}", id=name)) for name in ids]
    desk, rebuilt = Desk(), Desk()
    answers = [decide(one, desk) for one in messages]
    for one in messages[:cut]:
        decide(one, rebuilt)
    assert [decide(one, rebuilt) for one in messages[cut:]] == answers[cut:]
