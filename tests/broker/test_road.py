"""From an article on Kafka to an alert, on the embedded broker and on Apache Kafka alike."""

import json
import threading
import uuid
from collections.abc import Iterator

import pytest

from streams.kafka.layout import alerts
from streams.wire import BODY_LIMIT
from tests.benchmarks.articles import article as generated
from tests.broker.road import Received, Road, alert_ids, article, contains, expected_alerts
from tests.clusters import Cluster

SUMMIT = "Ministers of the Arctic Council met in Tromsø. They spoke of sanctions on Russia and of nuclear arms control."


@pytest.fixture(scope="session")
def road(kafka_cluster: Cluster) -> Road:
    road = Road(kafka_cluster.bootstrap)
    road.lay_out()
    return road


@pytest.fixture
def workers(road: Road) -> Iterator[None]:
    with road.worker("tagging"), road.worker("stories"):
        yield


def unique(text: str) -> str:
    """A text that no other test has put on the same cluster."""
    return f"{text} Case {uuid.uuid4().hex}."


def named(name: str, count: int = 1) -> object:
    """Whether so many messages came from the article of that id."""
    return lambda received: sum(name.encode() in (each.value or b"") for each in received) >= count


def of(name: str, received: list[Received]) -> list[Received]:
    return [each for each in received if name.encode() in (each.value or b"")]


@pytest.mark.usefixtures("workers")
def test_an_article_becomes_one_alert_for_each_topic_with_its_proof(road: Road) -> None:
    name = uuid.uuid4().hex
    message = article(name, unique(SUMMIT))
    road.send([message])
    wanted = expected_alerts([message])
    received = of(name, road.alerts(contains(wanted)))
    assert {each.kafka_topic for each in received} == {alerts(t) for t in ("arctic", "arms-control", "sanctions")}
    assert {each.value for each in received} == set(wanted.values())
    for each in received:
        alert = json.loads(each.value or b"")
        assert each.key == alert["story"]["id"].encode()
        assert each.headers["ce_id"] == alert["id"].encode()
        assert each.headers["ce_specversion"] == b"1.0"
        assert each.headers["content-type"] == b"application/json"
        assert each.headers["northwire-origin"].startswith(b"articles/")


@pytest.mark.usefixtures("workers")
def test_a_poison_message_among_good_ones_is_put_aside_whole(road: Road) -> None:
    name = uuid.uuid4().hex
    poison = b'{"title": "torn ' + name.encode()
    good = [article(f"{name}-{number}", unique(SUMMIT)) for number in range(4)]
    road.send([*good[:2], poison, *good[2:]], key=name.encode())
    road.alerts(contains(expected_alerts(good)))
    (put_aside,) = of(name, road.rejected(named(name)))
    assert put_aside.value == poison
    assert put_aside.key == name.encode()
    assert put_aside.headers["reason"] == b"not-json"
    assert put_aside.headers["kafka_topic"] == b"articles"
    assert put_aside.headers["offset"].isdigit()
    assert put_aside.headers["partition"].isdigit()
    assert put_aside.headers["time"].isdigit()
    assert put_aside.headers["error"]


@pytest.mark.usefixtures("workers")
def test_a_message_without_a_value_is_put_aside_without_one(road: Road) -> None:
    key = uuid.uuid4().hex.encode()
    road.send([None], key=key)
    received = road.rejected(lambda received: any(each.key == key for each in received))
    (put_aside,) = (each for each in received if each.key == key)
    assert put_aside.value is None
    assert put_aside.headers["reason"] == b"no-value"


@pytest.mark.usefixtures("workers")
def test_the_largest_article_that_is_allowed_comes_through(road: Road) -> None:
    name = uuid.uuid4().hex
    opening = unique(SUMMIT)
    body = opening + '\n"word"' * ((BODY_LIMIT - len(opening.encode())) // 7)
    message = article(name, body)
    road.send([message])
    road.alerts(contains(expected_alerts([message])))


@pytest.mark.usefixtures("workers")
def test_a_copy_under_another_id_wakes_nobody(road: Road) -> None:
    name, body = uuid.uuid4().hex, unique(SUMMIT)
    following = article(f"{name}-last", unique(SUMMIT))
    original = article(f"{name}-first", body)
    road.send([original, article(f"{name}-copy", body + "\n\nRead more"), following], key=name.encode())
    wanted = expected_alerts([original, following])
    assert alert_ids(of(name, road.alerts(contains(wanted)))) == wanted.keys()


def test_stories_are_remembered_after_a_restart_that_lost_all_memory(road: Road) -> None:
    name, body = uuid.uuid4().hex, unique(SUMMIT)
    original, following = article(f"{name}-first", body), article(f"{name}-last", unique(SUMMIT))
    wanted = expected_alerts([original, following])
    with road.worker("tagging"):
        stories = road.worker("stories").start().wait_until_ready()
        road.send([original], key=name.encode())
        road.alerts(contains(expected_alerts([original])))
        stories.kill()
        with road.worker("stories"):
            road.send([article(f"{name}-copy", body), following], key=name.encode())
            assert alert_ids(of(name, road.alerts(contains(wanted)))) == wanted.keys()


@pytest.mark.parametrize("stage", ["tagging", "stories"])
def test_a_worker_killed_in_the_middle_loses_nothing(road: Road, stage: str) -> None:
    run = uuid.uuid4().hex
    values = [json.dumps(_renamed(number, run)).encode() for number in range(2000)]
    wanted = expected_alerts(values)
    assert len(wanted) > 300
    other = "stories" if stage == "tagging" else "tagging"
    feed = threading.Thread(target=road.send, args=(values, 500))
    with road.worker(other):
        victim = road.worker(stage).start().wait_until_ready()
        feed.start()
        road.alerts(lambda received: len(of(run, received)) > len(wanted) // 4)
        victim.kill()
        with road.worker(stage):
            feed.join()
            received = of(run, road.alerts(contains(wanted)))
    assert alert_ids(received) == wanted.keys()
    for each in received:
        assert each.value == wanted[json.loads(each.value or b"")["id"]]


def test_a_worker_that_is_asked_to_stop_finishes_and_commits(road: Road) -> None:
    run = uuid.uuid4().hex
    values = [json.dumps(_renamed(number, run)).encode() for number in range(300)]
    wanted = expected_alerts(values)
    road.send(values)
    for _ in range(2):
        tagging = road.worker("tagging").start().wait_until_ready()
        with road.worker("stories"):
            received = of(run, road.alerts(contains(wanted)))
            assert tagging.stop() == 0
    assert len(received) == len(wanted)


def _renamed(number: int, run: str) -> dict[str, str]:
    one = generated(number, matching=number % 5 == 0)
    return {**one, "id": f"{run}-{number}", "body": f"{one['body']}\n\nRun {run}, number {number}, ends here and now."}
