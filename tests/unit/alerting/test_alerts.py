"""Alerts: derived to the byte, with an extract that shows the proof."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from streams import wire
from streams.alerting.alerts import EXTRACT_LENGTH, QUERY_LENGTH, write_alert
from streams.model import Alert, Article, Cause, Evidence, Exclusion, Kind, Severity
from tests.unit.nouns import NOON, alert, article, evidence, match, placement, story, tagged

GOLDEN = (
    b'{"schema":"northwire.alert/1","id":"45221d81d44c505caca3c456fdb8cbba","kind":"new","cause":"first",'
    b'"because":"Nothing was told of this story before.","topic":"arctic","topic_version":"1",'
    b'"subtopics":["governance"],"severity":"medium","score":2.4,"threshold":1.0,"damping":1.0,'
    b'"why":[{"rule":"councils","term":"Arctic Council","field":"title","start":0,"end":14,'
    b'"text":"Arctic Council","rule_weight":1.2,"boost":2.0,"weight":2.4}],"excluded":[{"rule":"word",'
    b'"term":"Arctic","field":"body","start":0,"end":6,"text":"Arctic","excluded_by":"Arctic Monkeys"}],'
    b'"story":{"id":"s-1","headline":"Council meets","first_seen":"2026-11-09T12:00:00Z",'
    b'"last_seen":"2026-11-09T12:00:00Z","articles":1,"outlets":1,"sources":["Wire"]},"likeness":null,'
    b'"article":{"id":"a-1","url":"https://wire.example/1","title":"Arctic Council meets","source":"Wire",'
    b'"published_at":"2026-11-09T12:00:00Z","language":"en","extract":"Arctic Monkeys played.",'
    b'"extract_start":0}}'
)


def golden() -> Alert:
    told = article(
        "Arctic Council meets",
        "Arctic Monkeys played.",
        url="https://wire.example/1",
        source="Wire",
        published_at=NOON,
        language="en",
    )
    verdict = match(
        evidence("Arctic Council", 0, 2.4, field="title", rule="councils", rule_weight=1.2, boost=2.0),
        subtopics=("governance",),
        excluded=(Exclusion("word", "Arctic", "body", 0, 6, "Arctic", "Arctic Monkeys"),),
    )
    return alert(verdict, told, story=story())


def test_an_alert_is_what_it_has_always_been_to_the_byte() -> None:
    assert wire.encode(golden()) == GOLDEN


def test_the_same_input_gives_the_same_bytes() -> None:
    assert wire.encode(golden()) == wire.encode(golden())


def test_equal_instants_give_equal_bytes_wherever_they_were_claimed() -> None:
    raw = b'{"id": "a", "title": "t", "body": "b", "published_at": "%s"}'
    claims = (b"2026-11-09T12:00:00Z", b"2026-11-09T13:00:00+01:00", b"Mon, 09 Nov 2026 12:00:00 GMT")
    assert len({wire.encode(alert(told=wire.decode_article(raw % claim))) for claim in claims}) == 1


@pytest.mark.parametrize(
    "other",
    [
        alert(match(topic="sanctions")),
        alert(story=story(id="s-2")),
        alert(kind=Kind.UPDATE),
        alert(told=article(id="a-2")),
    ],
    ids=["topic", "story", "kind", "article"],
)
def test_another_topic_story_kind_or_article_is_another_alert(other: Alert) -> None:
    assert other.id != alert().id


def test_words_and_weights_do_not_change_the_id_of_an_alert() -> None:
    reworded = article("Council adjourns", "The council rose.", source="Other", fetched_at=NOON)
    assert alert(match(score=9.0), reworded).id == alert().id


def test_two_revisions_of_an_article_are_two_updates() -> None:
    revisions = [alert(told=article(body=f"The council met, {day}."), kind=Kind.UPDATE) for day in ("then", "again")]
    assert len({each.id for each in revisions}) == 2


def test_an_alert_carries_the_match_the_story_and_the_article() -> None:
    verdict = match(evidence("council", 4, 4.5), subtopics=("governance",), topic_version="7", threshold=0.5)
    told = article(url="https://wire.example/1", source="Wire", published_at=NOON, language="nb")
    written = alert(verdict, told, Kind.ESCALATED, story=story(), cause=Cause.SEVERITY, because="It rose.")
    assert (written.cause, written.because, written.likeness) == (Cause.SEVERITY, "It rose.", None)
    assert written.kind is Kind.ESCALATED
    assert written.severity is Severity.HIGH
    assert (written.topic, written.topic_version, written.threshold) == ("arctic", "7", 0.5)
    assert (written.subtopics, written.why, written.score) == (("governance",), verdict.why, 4.5)
    assert written.story == story()
    assert (written.article.id, written.article.url, written.article.title) == (told.id, told.url, told.title)
    assert (written.article.source, written.article.published_at, written.article.language) == ("Wire", NOON, "nb")


def test_a_long_query_is_quoted_in_part_and_all_else_of_the_evidence_is_whole() -> None:
    query = " OR ".join(f"word{number}" for number in range(40))
    (shown,) = alert(match(evidence("council", 4, term=query))).why
    assert shown.term == query[: QUERY_LENGTH - 1] + "…"
    assert replace(shown, term=query) == evidence("council", 4, term=query)


def test_a_cancelled_word_is_shown_once_however_many_queries_ask_for_it() -> None:
    asked = [
        Exclusion("rule", term, "body", 0, 6, "Arctic", "Arctic Monkeys") for term in ("Arctic", "Arctic NEAR/5 x")
    ]
    again = replace(asked[0], start=9, end=15)
    assert alert(match(excluded=(*asked, again))).excluded == (asked[0], again)


def test_the_time_of_processing_is_not_in_an_alert() -> None:
    told = article(published_at=datetime(2020, 1, 1, tzinfo=UTC), fetched_at=NOON)
    assert b"2026" not in wire.encode(write_alert(tagged(told), placement(tagged(told), arrival=NOON), Kind.NEW))


def extract(body: str, *why: Evidence) -> tuple[str, int]:
    shown = alert(match(*why), article(body=body)).article
    assert body[shown.extract_start : shown.extract_start + len(shown.extract)] == shown.extract
    return shown.extract, shown.extract_start


def marked(body: str, word: str, weight: float = 1.0) -> Evidence:
    return evidence(word, body.index(word), weight)


PADDING = "lorem ipsum dolor sit amet " * 40


def test_a_short_body_is_shown_whole() -> None:
    assert extract("The council met.", evidence("council", 4)) == ("The council met.", 0)


def test_evidence_near_the_beginning_shows_the_beginning() -> None:
    body = "The council met. " + PADDING
    shown, start = extract(body, marked(body, "council"))
    assert start == 0
    assert shown.startswith("The council met.")
    assert EXTRACT_LENGTH - 10 < len(shown) <= EXTRACT_LENGTH


def test_evidence_in_the_middle_is_shown_in_the_middle() -> None:
    body = PADDING + "the council met " + PADDING
    shown, start = extract(body, marked(body, "council"))
    assert start > 0
    assert 100 < shown.index("council") < EXTRACT_LENGTH - 100


def test_evidence_at_the_end_shows_the_end() -> None:
    body = PADDING + "the council"
    shown, _ = extract(body, marked(body, "council"))
    assert shown.endswith("the council")


def test_the_weightiest_evidence_of_the_body_is_shown_the_first_of_equals() -> None:
    body = "one " + PADDING + "two " + PADDING + "three " + PADDING + "four"
    spans = [marked(body, "one", 0.5), marked(body, "two", 2.0), marked(body, "three", 2.0), marked(body, "four", 0.1)]
    shown, _ = extract(body, *spans)
    assert "two" in shown
    assert "three" not in shown


def test_evidence_in_the_title_does_not_move_the_extract() -> None:
    assert extract(PADDING, evidence("Council", 900, 9.0, field="title"))[1] == 0


def test_an_extract_begins_and_ends_with_whole_words() -> None:
    body = PADDING + "the council met " + PADDING
    shown, start = extract(body, marked(body, "council"))
    assert body[start - 1] == " "
    assert body[start + len(shown)] == " "
    assert shown == shown.strip()


def test_paragraphs_end_words_too() -> None:
    body = "\n\n".join(["lorem"] * 100 + ["council"] + ["ipsum"] * 100)
    shown, _ = extract(body, marked(body, "council"))
    assert shown == shown.strip()
    assert set(shown.split("\n\n")) == {"lorem", "council", "ipsum"}


def test_a_word_without_end_is_cut_where_it_must() -> None:
    body = "a" * 1000
    assert extract(body, evidence("a" * 10, 0)) == ("a" * EXTRACT_LENGTH, 0)
    shown, start = extract(body, evidence("a" * 10, 500))
    assert (start, len(shown)) == (505 - EXTRACT_LENGTH // 2, EXTRACT_LENGTH)


def test_evidence_longer_than_an_extract_is_shown_whole_and_nothing_else() -> None:
    long = "sanctions " * 40 + "end"
    body = PADDING + long + " " + PADDING
    shown, start = extract(body, marked(body, long))
    assert (shown, start) == (long, len(PADDING))


@given(st.text(st.sampled_from("ab \n"), max_size=900), st.data())
def test_an_extract_is_a_piece_of_the_body_that_holds_the_evidence_exactly(text: str, data: st.DataObject) -> None:
    body = text.strip()
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 2 * EXTRACT_LENGTH)))
    best = evidence(body[start:end], start, 2.0)
    other = evidence(body[:1], 0, 1.0)
    shown, at = extract(body, other, best)
    assert shown[start - at : end - at] == best.text
    assert at <= start
    assert len(shown) <= max(EXTRACT_LENGTH, end - start)


def test_a_body_of_a_megabyte_is_cut_without_ado() -> None:
    body = "a " * (1024 * 512) + "council" + " a" * 100
    shown, _ = extract(body, marked(body, "council"))
    assert "council" in shown


def test_an_article_may_lack_everything_but_an_id_and_a_title() -> None:
    written = alert(match(evidence("Council", 0, field="title")), Article("a-1", "Council meets", ""))
    assert (written.article.extract, written.article.extract_start, written.article.url) == ("", 0, None)
