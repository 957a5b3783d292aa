"""Bytes to nouns and back: strict, bounded, refused whole with a reason."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from streams import wire
from streams.errors import Reason, Refused
from streams.model import Alert, Article, Kind, TaggedArticle
from tests.unit import nouns

GOOD = {"id": "a-1", "title": "Council meets", "body": "On Monday."}


def decode(**fields: Any) -> Article:
    return wire.decode_article(msgspec.json.encode({**GOOD, **fields}))


def refused(raw: bytes | None) -> Refused:
    with pytest.raises(Refused) as raised:
        wire.decode_article(raw)
    return raised.value


def test_a_full_article_is_read_field_by_field() -> None:
    assert decode(
        url="https://wire.example/1",
        source="Wire",
        published_at="2026-11-09T13:00:00+01:00",
        fetched_at="2026-11-09",
        language="en",
    ) == Article(
        id="a-1",
        title="Council meets",
        body="On Monday.",
        url="https://wire.example/1",
        source="Wire",
        published_at=datetime(2026, 11, 9, 12, tzinfo=UTC),
        fetched_at=datetime(2026, 11, 9, tzinfo=UTC),
        language="en",
    )


def test_unknown_fields_are_ignored() -> None:
    assert decode(author={"name": ["deep"]}, tags=[1, None]) == decode()


@pytest.mark.parametrize("field", ["url", "source", "published_at", "fetched_at", "language"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_empty_is_absent(field: str, nothing: str | None) -> None:
    assert getattr(decode(**{field: nothing}), field) is None


@pytest.mark.parametrize("claim", ["yesterday-ish", "2026-02-30", "0000-00-00", "12:30", "n/a", "2026", "\x00"])
def test_an_unreadable_date_is_absent(claim: str) -> None:
    assert decode(published_at=claim).published_at is None


def test_an_article_may_have_a_title_only_or_a_body_only() -> None:
    assert decode(title="").title == ""
    assert decode(body="").body == ""


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_absent_id_is_derived_from_the_url_alone(nothing: str | None) -> None:
    url = "https://wire.example/1"
    assert decode(id=nothing, url=url).id == "680f4b5c03c9b25fe3e03a5a656a4421"
    assert decode(id=nothing, url=url, title="Other", body="Words").id == decode(id=nothing, url=url).id
    assert decode(id=nothing, url=url + "0").id != decode(id=nothing, url=url).id


def test_without_a_url_the_id_is_derived_from_title_and_body() -> None:
    assert decode(id=None).id == "1e195e8d38fc61183b9d92aed2fbda05"
    assert decode(id=None, source="Other", published_at="2026-11-09").id == decode(id=None).id
    assert decode(id=None, title="Council meetsO", body="n Monday.").id != decode(id=None).id


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, Reason.NO_VALUE),
        (b"", Reason.NOT_JSON),
        (b"null", Reason.WRONG_SHAPE),
        (b"[]", Reason.WRONG_SHAPE),
        (b"3", Reason.WRONG_SHAPE),
        (b"{}", Reason.WRONG_SHAPE),
        (b'{"title": "a"}', Reason.WRONG_SHAPE),
        (b'{"title": 3, "body": "b"}', Reason.WRONG_SHAPE),
        (b'{"title": null, "body": "b"}', Reason.WRONG_SHAPE),
        (b'{"title": "a", "body": "b", "id": 7}', Reason.WRONG_SHAPE),
        (b'{"title": "a", "body": "b", "published_at": 1}', Reason.WRONG_SHAPE),
        (b'{"title": "", "body": ""}', Reason.EMPTY),
        (b'{"title": "a", "body": "b"', Reason.NOT_JSON),
        (b'{"title": "a", "body": "b"} {}', Reason.NOT_JSON),
        (b'{"title": "a", "body": "b", "x": NaN}', Reason.NOT_JSON),
        (b'{"title": "a\n", "body": "b"}', Reason.NOT_JSON),
        (b'{"title": "\xff", "body": "b"}', Reason.BAD_ENCODING),
        (b'{"title": "\xc3", "body": "b"}', Reason.BAD_ENCODING),
        (b'{"title": "\\ud800", "body": "b"}', Reason.NOT_JSON),
        ('{"title": "a", "body": "b"}'.encode("utf-16"), Reason.NOT_JSON),
        (b'{"title": "a", "body": "b", "x": ' + b"[" * 100_000, Reason.NOT_JSON),
        (b'{"title": "a", "body": "b", "x": ' + b'{"x":' * 100_000, Reason.NOT_JSON),
        (b"\x1f\x8b\x08\x00gzip", Reason.NOT_JSON),
        (b" " * (wire.MESSAGE_LIMIT + 1), Reason.TOO_LARGE),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else str(value),
)
def test_what_is_no_article_is_refused_whole_for_its_reason(raw: bytes | None, reason: Reason) -> None:
    refusal = refused(raw)
    assert refusal.reason is reason
    assert refusal.detail
    assert str(refusal) == f"{reason}: {refusal.detail}"


def test_a_body_of_exactly_the_limit_is_read_and_a_byte_more_is_refused() -> None:
    assert len(decode(body="a" * wire.BODY_LIMIT).body) == wire.BODY_LIMIT
    refusal = refused(msgspec.json.encode({**GOOD, "body": "a" * (wire.BODY_LIMIT + 1)}))
    assert refusal.reason is Reason.TOO_LARGE
    assert "`body`" in refusal.detail


def test_limits_count_bytes_and_not_characters() -> None:
    assert refused(msgspec.json.encode({**GOOD, "body": "ø" * (wire.BODY_LIMIT // 2 + 1)})).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("field", ["id", "title", "url", "source", "published_at", "fetched_at", "language"])
def test_any_other_field_is_bounded_too(field: str) -> None:
    refusal = refused(msgspec.json.encode({**GOOD, field: "a" * (wire.FIELD_LIMIT + 1)}))
    assert refusal.reason is Reason.TOO_LARGE
    assert f"`{field}`" in refusal.detail


def test_the_largest_body_fits_a_message_however_it_is_escaped() -> None:
    escaped = b'{"title": "t", "body": "' + b"\\u00f8" * (wire.BODY_LIMIT // 2) + b'"}'
    assert len(escaped) <= wire.MESSAGE_LIMIT
    assert len(wire.decode_article(escaped).body) == wire.BODY_LIMIT // 2


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(raw: bytes) -> None:
    for decode in (wire.decode_article, wire.decode_tagged, wire.decode_alert):
        with pytest.raises(Refused):
            decode(raw)


TEXT = st.text(max_size=30)
TIMES = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
ARTICLES = st.builds(
    Article,
    id=TEXT,
    title=TEXT,
    body=TEXT,
    url=st.none() | TEXT,
    source=st.none() | TEXT,
    published_at=TIMES,
    fetched_at=TIMES,
    language=st.none() | TEXT,
)


@given(ARTICLES)
def test_a_tagged_article_survives_the_wire_and_keeps_its_bytes(told: Article) -> None:
    tagged = nouns.tagged(told)
    raw = wire.encode(tagged)
    assert wire.decode_tagged(raw) == tagged
    assert wire.encode(wire.decode_tagged(raw)) == raw


@given(ARTICLES)
def test_an_alert_survives_the_wire_and_keeps_its_bytes(told: Article) -> None:
    alert = nouns.alert(told=told)
    raw = wire.encode(alert)
    assert wire.decode_alert(raw) == alert
    assert wire.encode(wire.decode_alert(raw)) == raw


def test_each_message_names_its_schema_and_is_not_taken_for_another() -> None:
    tagged, alert = wire.encode(nouns.tagged()), wire.encode(nouns.alert())
    assert msgspec.json.decode(tagged)["schema"] == "northwire.tagged/1"
    assert msgspec.json.decode(alert)["schema"] == "northwire.alert/1"
    with pytest.raises(Refused, match="schema"):
        wire.decode_tagged(alert)
    with pytest.raises(Refused, match="schema"):
        wire.decode_alert(tagged)


def test_an_alert_of_a_later_minor_make_is_read_its_new_fields_unseen() -> None:
    fields = msgspec.json.decode(wire.encode(nouns.alert(kind=Kind.ESCALATED)))
    later = msgspec.json.encode({**fields, "confidence": 0.5})
    assert wire.decode_alert(later) == nouns.alert(kind=Kind.ESCALATED)


@pytest.mark.parametrize("noun", [Alert, TaggedArticle, Article])
def test_nouns_are_frozen(noun: type[msgspec.Struct]) -> None:
    assert noun.__struct_config__.frozen
