"""What was put aside is listed, shown, exported and sent again: whole, and once however often one asks."""

import json
import re
import uuid
from base64 import b64decode
from collections.abc import Mapping

import pytest

from streams.kafka import admin
from streams.kafka.layout import REJECTED, TAGGED, alerts, outlets
from streams.model import Tagged, TaggedArticle
from streams.pipeline import tag
from streams.settings import read_settings
from streams.watchlist import load_tagger
from streams.wire import encode
from tests.broker.road import Received, Road, article, at_least, contains, expected_alerts, unique
from tests.broker.test_road import LOWERED, max_message_bytes
from tests.commands import Finished, northwire

SUMMIT = "Ministers of the Arctic Council met in Tromsø and agreed on a search-and-rescue drill off Svalbard."
HOSTILE = "\x1b[2J\x1b]0;owned\x07 <script>alert(1)</script> [red]\u202e"

pytestmark = pytest.mark.usefixtures("workers")


def rejected(road: Road, *arguments: str) -> Finished:
    return northwire("rejected", *arguments, **road.environment)


def put_aside(road: Road, name: str, count: int = 1) -> list[Received]:
    return [each for each in road.rejected.about(name, at_least(count)) if "reason" in each.headers]


def exported(done: Finished) -> list[Mapping[str, object]]:
    assert done.code == 0, done.error
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.apache
def test_a_message_is_listed_shown_and_exported_as_it_came(road: Road) -> None:
    name = uuid.uuid4().hex
    raw = f'{{"title": 7, "body": "{name} {HOSTILE}"}}'.encode() + b"\xff"
    road.send([raw], key=f"{name}\x1b[31m".encode())
    (found,) = put_aside(road, name)
    number = str(found.offset)
    listed = rejected(road, "list", number)
    (_, line) = listed.out.decode().splitlines()
    assert listed.code == 0
    assert line.split()[0] == number
    assert found.headers["reason"].decode() in line
    assert f"articles/{found.headers['partition'].decode()}/{found.headers['offset'].decode()}" in line
    shown = rejected(road, "show", number)
    assert name in shown.out.decode()
    for done in (listed, shown):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.out.decode() + done.error)
    assert rejected(road, "show", number, "--raw").out == raw
    (one,) = exported(rejected(road, "export", number))
    assert one["number"] == found.offset
    assert b64decode(str(one["message_base64"])) == raw
    assert one["key"] == f"{name}\x1b[31m"


@pytest.mark.apache
def test_a_tagged_article_that_nobody_could_be_told_of_gives_its_alert_when_it_is_sent_again(road: Road) -> None:
    topic, name = f"t{uuid.uuid4().hex}", uuid.uuid4().hex
    outcome = tag(article(name, unique(SUMMIT)), load_tagger(read_settings()))
    assert isinstance(outcome, Tagged)
    (match,) = outcome.matches
    tagged = TaggedArticle(outcome.article, match)
    raw = encode(tagged).replace(b'"topic":"arctic"', f'"topic":"{topic}"'.encode())
    assert topic.encode() in raw
    road.send([raw], key=topic.encode(), to=TAGGED)
    (found,) = put_aside(road, name)
    assert found.headers["reason"] == b"unwatched-topic"
    admin.prepare(road.settings, outlets(road.settings, [topic]))
    dry = rejected(road, "resubmit", str(found.offset), "--dry-run")
    assert dry.out.decode() == f"{found.offset} would go to {TAGGED}\n"
    done = rejected(road, "resubmit", str(found.offset))
    assert (done.code, done.out.decode()) == (0, f"{found.offset} sent to {TAGGED}\n")
    reading = road.reading({alerts(topic): 1})
    try:
        (alert,) = reading.about(name, at_least(1))
        again = rejected(road, "resubmit", "--all", "--since", "1h", "--from", TAGGED, "--reason", "unwatched-topic")
        assert (again.code, again.out) == (0, b"")
        assert reading.all_about(name) == [alert]
    finally:
        reading.close()
    assert rejected(road, "list", str(found.offset)).out == b""
    (one,) = exported(rejected(road, "export", "--all", str(found.offset)))
    assert one["sent_again"] is True


@pytest.mark.apache
def test_what_is_still_bad_is_put_aside_anew_and_the_first_has_its_receipt(road: Road) -> None:
    name = uuid.uuid4().hex
    raw = b"not an article " + name.encode()
    road.send([raw])
    (first,) = put_aside(road, name)
    assert rejected(road, "resubmit", str(first.offset)).code == 0
    _, second = put_aside(road, name, 2)
    assert second.value == first.value == raw
    waiting = [each["number"] for each in exported(rejected(road, "export", f"{first.offset}-"))]
    assert first.offset not in waiting
    assert second.offset in waiting


@pytest.mark.apache
def test_what_is_left_where_it_was_is_told_and_stays_on_the_list(road: Road) -> None:
    name = uuid.uuid4().hex
    ((_, offset),) = road.send([name.encode()], to=REJECTED)
    done = rejected(road, "resubmit", str(offset))
    assert (done.code, done.out) == (1, b"")
    assert f"northwire: {offset}: its headers do not say" in done.error
    (one,) = exported(rejected(road, "export", str(offset)))
    assert (one["read_from"], one["message"], one["sent_again"]) == ("?/-1/-1", name, False)


@pytest.mark.apache
def test_an_alert_that_was_too_large_comes_to_the_byte_when_its_kafka_topic_takes_it(road: Road) -> None:
    name = uuid.uuid4().hex
    long = dict.fromkeys(("title", "source", "url"), f"Arctic Council {'x' * 15000}")
    large = json.dumps({**long, "id": name, "body": unique("The Arctic Council met.")}).encode()
    wanted = expected_alerts([large])
    with max_message_bytes(road, alerts("arctic"), LOWERED):
        road.send([large], key=name.encode())
        (found,) = put_aside(road, name)
        assert found.headers["reason"] == b"undeliverable"
        still = rejected(road, "resubmit", str(found.offset))
        assert (still.code, still.out) == (1, b"")
        assert f"{found.offset}: alerts.arctic did not take it" in still.error
    done = rejected(road, "resubmit", str(found.offset))
    assert (done.code, done.out.decode()) == (0, f"{found.offset} sent to alerts.arctic\n"), done.error
    (alert,) = road.alerts.about(name, contains(wanted))
    assert {alert.id: alert.value} == wanted
    assert alert.origin == road.tagged.about(name, at_least(1))[0].origin
    assert rejected(road, "resubmit", "--again", str(found.offset)).code == 0
    assert {each.value for each in road.alerts.about(name, at_least(2))} == {alert.value}
