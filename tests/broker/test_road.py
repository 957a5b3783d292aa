"""From an article on Kafka to an alert, on the embedded broker and on Apache Kafka alike."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from streams.errors import Reason
from streams.ingest.sources import Sources
from streams.kafka.layout import TAGGED, alerts, kafka_layout
from streams.model import Alert, Kind
from streams.wire import BODY_LIMIT, MESSAGE_LIMIT, decode_alert, decode_article, decode_tagged
from tests.broker.road import Road, article, at_least, contains, eventually, expected_alerts, unique
from tests.commands import following, northwire

pytestmark = pytest.mark.usefixtures("workers")

SUMMIT = "Ministers of the Arctic Council met in Tromsø. They spoke of sanctions on Russia and of nuclear arms control."
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
LOWERED = 30_000
"""Bytes; above what a client puts in one batch, so that what is small is not refused with what is large."""

ALL_TOPICS = {"arctic", "arms-control", "sanctions"}


def test_an_article_becomes_one_alert_for_each_topic_with_its_proof(road: Road) -> None:
    name = uuid.uuid4().hex
    message = article(name, unique(SUMMIT))
    road.send([message])
    wanted = expected_alerts([message])
    received = road.alerts.about(name, contains(wanted))
    assert {each.kafka_topic for each in received} == {alerts(topic) for topic in ALL_TOPICS}
    assert sorted(each.value or b"" for each in received) == sorted(wanted.values())
    for each in received:
        alert = json.loads(each.value or b"")
        assert each.key == alert["story"]["id"].encode()
        assert each.headers["ce_id"] == alert["id"].encode()
        assert each.headers["ce_specversion"] == b"1.0"
        assert each.headers["content-type"] == b"application/json"
        assert each.headers["northwire-origin"].startswith(b"articles/")


REFUSED: list[tuple[Reason, bytes | None]] = [
    (Reason.NO_VALUE, None),
    (Reason.TOO_LARGE, b" " * (MESSAGE_LIMIT + 1)),
    (Reason.TOO_LARGE, b'{"title": "", "body": "%s"}' % (b"x" * (BODY_LIMIT + 1))),
    (Reason.BAD_ENCODING, b'{"title": "Troms\xf8", "body": ""}'),
    (Reason.NOT_JSON, b'{"title": "torn '),
    (Reason.NOT_JSON, b""),
    (Reason.WRONG_SHAPE, b'{"title": 5, "body": ""}'),
    (Reason.WRONG_SHAPE, b"[]"),
    (Reason.EMPTY, b'{"title": "", "body": ""}'),
]


def test_poison_of_every_kind_among_good_articles_is_put_aside_whole_and_stops_nothing(road: Road) -> None:
    name = uuid.uuid4().hex
    good = [article(f"{name}-{number}", unique(SUMMIT)) for number in range(len(REFUSED) + 1)]
    for number, (_, poison) in enumerate(REFUSED):
        # One partition for all, so that what follows the poison has passed it.
        road.send([good[number]], key=name.encode())
        road.send([poison], key=name.encode())
    road.send(good[-1:], key=name.encode())
    road.alerts.about(name, contains(expected_alerts(good)))
    put_aside = road.rejected.about(name, at_least(len(REFUSED)))
    assert [(each.headers["reason"].decode(), each.value) for each in put_aside] == REFUSED
    for each in put_aside:
        assert each.key == name.encode()
        assert each.headers.keys() == {"reason", "error", "kafka_topic", "partition", "offset", "time"}
        assert each.headers["error"]
        assert each.headers["kafka_topic"] == b"articles"
        assert all(each.headers[header].isdigit() for header in ("partition", "offset", "time"))
    offsets = [int(each.headers["offset"]) for each in put_aside]
    assert [offset - offsets[0] for offset in offsets] == list(range(0, 2 * len(REFUSED), 2))


def test_what_is_no_tagged_article_is_put_aside_by_the_stories_worker(road: Road) -> None:
    name = uuid.uuid4().hex
    road.send([b"{}"], to=TAGGED, key=name.encode())
    (put_aside,) = road.rejected.about(name, at_least(1))
    assert (put_aside.key, put_aside.value) == (name.encode(), b"{}")
    assert put_aside.headers["reason"] == b"wrong-shape"
    assert put_aside.headers["kafka_topic"] == TAGGED.encode()


def test_the_largest_article_that_is_allowed_comes_through(road: Road) -> None:
    name = uuid.uuid4().hex
    opening = unique(SUMMIT)
    body = opening + '\n"word"' * ((BODY_LIMIT - len(opening.encode())) // 7)
    message = article(name, body)
    road.send([message])
    road.alerts.about(name, contains(expected_alerts([message])))


def test_a_copy_under_another_id_wakes_nobody(road: Road) -> None:
    name, body = uuid.uuid4().hex, unique(SUMMIT)
    following = article(f"{name}-last", unique(SUMMIT))
    original = article(f"{name}-first", body)
    road.send([original, article(f"{name}-copy", body + "\n\nRead more"), following], key=name.encode())
    wanted = expected_alerts([original, following])
    assert {each.id for each in road.alerts.about(name, contains(wanted))} == wanted.keys()


def test_the_metrics_of_both_stages_add_up(road: Road) -> None:
    name, body = uuid.uuid4().hex, unique(SUMMIT)
    messages: list[bytes | None] = [
        *(article(f"{name}-news-{number}", unique(SUMMIT)) for number in range(3)),
        *(article(f"{name}-copy-{number}", body) for number in range(4)),
        *(article(f"{name}-dull-{number}", "The bakery opens at nine.") for number in range(5)),
        *[b"{"] * 2,
    ]
    tagging, stories = road.crew["tagging"], road.crew["stories"]

    def counts() -> dict[str, float]:
        outcomes = {
            f"{worker.stage} {outcome}": worker.metric("northwire_articles_total", stage=worker.stage, outcome=outcome)
            for worker, outcomes in (
                (tagging, ("tagged", "untagged", "rejected")),
                (stories, ("news", "repeat", "rejected")),
            )
            for outcome in outcomes
        }
        return outcomes | {
            "matches": tagging.metric("northwire_matches_total"),
            "alerts": stories.metric("northwire_alerts_total"),
            "put aside": tagging.metric("northwire_rejected_total", reason="not-json"),
            "latencies": stories.metric("northwire_alert_latency_seconds_count"),
        }

    before = counts()
    road.send([*messages, article(f"{name}-last", unique(SUMMIT))], key=name.encode())
    road.alerts.about(f"{name}-last", at_least(len(ALL_TOPICS)))
    road.rejected.about(name, at_least(2))
    gained = {what: count - before[what] for what, count in counts().items()}
    assert gained == {
        "tagging tagged": 8,
        "tagging untagged": 5,
        "tagging rejected": 2,
        "stories news": 5 * len(ALL_TOPICS),
        "stories repeat": 3 * len(ALL_TOPICS),
        "stories rejected": 0,
        "matches": 8 * len(ALL_TOPICS),
        "alerts": 5 * len(ALL_TOPICS),
        "put aside": 2,
        "latencies": 5 * len(ALL_TOPICS),
    }


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"{SEEDS} is not here")
def test_the_seed_articles_are_one_story_of_all_three_topics_with_exact_evidence(road: Road) -> None:
    names = {decode_article(raw).id for raw in _seeds()}
    with following("subscribe", "--from", "earliest", "--json", **road.environment) as lines:
        ingested = northwire("ingest", str(SEEDS), **road.environment)
        assert (ingested.code, ingested.out) == (0, b"")
        assert "accepted 2, refused 0" in ingested.error
        for name in names:
            road.tagged.about(name, at_least(len(ALL_TOPICS)))
        road.stories.about(min(names), at_least(len(ALL_TOPICS)))
        road.stories.about(max(names), at_least(len(ALL_TOPICS)))

        def shown() -> list[Alert]:
            return [alert for alert in map(decode_alert, lines()) if alert.article.id in names]

        eventually(lambda: {alert.topic for alert in shown() if alert.kind is Kind.NEW} == ALL_TOPICS)
        alerts = shown()
    assert Counter(alert.topic for alert in alerts if alert.kind is Kind.NEW) == dict.fromkeys(ALL_TOPICS, 1)
    assert len({alert.story.id for alert in alerts}) == len(ALL_TOPICS)
    assert all(alert.because for alert in alerts)
    for alert in alerts:
        for each in road.tagged.so_far(alert.article.id):
            tagged = decode_tagged(each.value)
            if (tagged.match.topic, tagged.article.id) == (alert.topic, alert.article.id):
                assert [span.weight for span in alert.why] == [span.weight for span in tagged.match.why]
                for span in alert.why:
                    assert getattr(tagged.article, span.field)[span.start : span.end] == span.text


def _seeds() -> list[bytes]:
    return [message.raw for message in Sources([str(SEEDS)], pytest.fail)] if SEEDS.is_dir() else []


@pytest.mark.apache
def test_what_is_too_large_for_its_kafka_topic_is_put_aside_and_the_next_article_flows(road: Road) -> None:
    name = uuid.uuid4().hex
    long = dict.fromkeys(("title", "source", "url"), f"Arctic Council {'x' * 15000}")
    large = json.dumps({**long, "id": f"{name}-large", "body": "The Arctic Council met."}).encode()
    small = article(f"{name}-small", unique(SUMMIT))
    wanted = expected_alerts([small])
    (too_large,) = expected_alerts([large]).values()
    assert len(too_large) > LOWERED > 2 * max(map(len, wanted.values()))
    with max_message_bytes(road, alerts("arctic"), LOWERED):
        road.send([large, small], key=name.encode())
        received = road.alerts.about(name, contains(wanted))
    (put_aside,) = road.rejected.about(name, at_least(1))
    assert put_aside.headers["reason"] == b"undeliverable"
    assert put_aside.headers["kafka_topic"] == TAGGED.encode()
    assert b"alerts.arctic" in put_aside.headers["error"]
    (tagged,) = (each for each in road.tagged.so_far(name) or road.tagged.all_about(name) if each.is_about("-large"))
    assert (put_aside.key, put_aside.value) == (tagged.key, tagged.value)
    assert {each.id for each in received} == wanted.keys()
    assert road.crew["stories"].process.running


@contextmanager
def max_message_bytes(road: Road, kafka_topic: str, limit: int) -> Iterator[None]:
    """The broker's limit on a Kafka topic, lowered for as long as the context lasts."""

    def set_to(value: str) -> None:
        with road.admin() as client:
            client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, kafka_topic, {"max.message.bytes": value})])

    (before,) = (topic.config for topic in kafka_layout(road.settings) if topic.name == kafka_topic)
    set_to(str(limit))
    try:
        yield
    finally:
        set_to(before["max.message.bytes"])
