"""Topics that change while workers run: in force without a restart, and refused without harm."""

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from streams.kafka import admin
from streams.kafka.layout import TAGGED, TOPICS, alerts, outlets
from tests.benchmarks.reload import rehearse
from tests.broker.road import Received, Road, article, at_least, eventually, unique
from tests.commands import northwire
from tests.workers import Worker

pytestmark = pytest.mark.apache

VERDICT = {"topic_version": "1", "score": 1.0, "threshold": 1.0, "damping": 1.0, "subtopics": [], "why": []}


class Topic:
    """A topic that no other test has, and what is written about it."""

    def __init__(self) -> None:
        self.id = f"t{uuid.uuid4().hex}"
        self.word = f"w{uuid.uuid4().hex}"

    def text(self, version: int = 1) -> str:
        return (
            f"id: {self.id}\ntitle: Own\nversion: '{version}'\nthreshold: 1.0\nlede_boost: 1\n"
            f"rules:\n  - id: word\n    weight: {version}\n    terms: [{self.word}]\n"
        )

    def article(self, name: str) -> bytes:
        return article(name, unique(f"They spoke of {self.word} on the day {name}."))

    def alerts(self, road: Road, count: int) -> list[Received]:
        """So many alerts about it, or more."""
        with closing(road.reading({alerts(self.id): 1})) as reading:
            return reading.about(self.id, at_least(count))


class Topics(Protocol):
    """Where an operator puts topic files, and a worker looks for them."""

    settings: dict[str, str]

    def put(self, topic: Topic, version: int = 1) -> None: ...

    def spoil(self, topic: Topic) -> None: ...

    def remove(self, topic: Topic) -> None: ...


class InFolder:
    """In a folder that the workers share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.settings = {"topics_dir": str(folder)}

    def put(self, topic: Topic, version: int = 1) -> None:
        self._file(topic).write_text(topic.text(version), encoding="utf-8")

    def spoil(self, topic: Topic) -> None:
        self._file(topic).write_text(f"id: {topic.id}\nrules: [", encoding="utf-8")

    def remove(self, topic: Topic) -> None:
        self._file(topic).unlink()

    def _file(self, topic: Topic) -> Path:
        return self._folder / f"{topic.id}.yaml"


class OnKafka:
    """On the Kafka topic `topics`, by the command or past it."""

    def __init__(self, road: Road, folder: Path) -> None:
        self._road = road
        self._folder = folder
        self.settings = {"topics_from": "kafka"}

    def put(self, topic: Topic, version: int = 1) -> None:
        (self._folder / "pushed.yaml").write_text(topic.text(version), encoding="utf-8")
        done = northwire("topics", "push", str(self._folder), **self._road.environment)
        assert (done.code, done.error) == (0, "")

    def spoil(self, topic: Topic) -> None:
        self._road.send([f"id: {topic.id}\nrules: [".encode()], key=topic.id.encode(), to=TOPICS)

    def remove(self, topic: Topic) -> None:
        done = northwire("topics", "push", str(self._folder), "--remove", topic.id, **self._road.environment)
        assert f"removed   {topic.id} (was 1)" in done.out.decode().splitlines()


@pytest.fixture(params=["folder", "kafka"])
def topics(request: pytest.FixtureRequest, road: Road, tmp_path: Path) -> Topics:
    return InFolder(tmp_path) if request.param == "folder" else OnKafka(road, tmp_path)


@pytest.fixture
def first(topics: Topics) -> Topic:
    """A topic that is there before the workers start."""
    topic = Topic()
    topics.put(topic)
    return topic


@contextmanager
def at_work(road: Road, topics: Topics, count: int = 1) -> Iterator[list[Worker]]:
    """A stories worker, and so many tagging workers of our own."""
    road.crew.muster("stories")
    with ExitStack() as stack:
        yield [stack.enter_context(road.worker("tagging", **topics.settings)) for _ in range(count)]


def wait_until_in_force(worker: Worker, topic: Topic, version: int = 1) -> None:
    eventually(lambda: worker.metric("northwire_topic_info", topic=topic.id, version=str(version)) == 1)


def version_of(received: Received) -> tuple[str, float]:
    told = json.loads(received.value or b"")
    verdict = told.get("match", told)
    return verdict["topic_version"], verdict["score"]


def lines(worker: Worker, event: str) -> list[dict[str, object]]:
    """What a worker logged under that name."""
    return [told for told in map(json.loads, worker.log.splitlines()) if told["event"] == event]


def test_a_users_own_topic_gives_alerts_without_a_restart(road: Road, topics: Topics, first: Topic) -> None:
    own, name = Topic(), uuid.uuid4().hex
    with at_work(road, topics) as (worker,):
        assert worker.metric("northwire_topic_info", topic=first.id, version="1") == 1
        topics.put(own)
        wait_until_in_force(worker, own)
        road.send([own.article(name), first.article(name + "-first")])
        (alert,) = own.alerts(road, 1)
        assert len(first.alerts(road, 1)) == 1
        assert worker.metric("northwire_topic_reloads_total", outcome="loaded") == 1
        (reloaded,) = lines(worker, "topics-reloaded")
    assert alert.is_about(name)
    assert reloaded["added"] == [own.id]
    assert reloaded["changed"] == reloaded["removed"] == []


def test_the_version_in_force_is_stamped_on_every_match_and_alert(road: Road, topics: Topics, first: Topic) -> None:
    name = uuid.uuid4().hex
    with at_work(road, topics) as (worker,):
        for version in (1, 2, 3):
            topics.put(first, version)
            wait_until_in_force(worker, first, version)
            road.send([first.article(f"{name}-{version}")])
            first.alerts(road, version)
        assert worker.metric("northwire_topic_info", topic=first.id) == 1
    stamped = [("1", 1.0), ("2", 2.0), ("3", 3.0)]
    assert [version_of(each) for each in first.alerts(road, 3)] == stamped
    assert [version_of(each) for each in road.tagged.about(first.id, at_least(3))] == stamped


def test_an_invalid_file_is_refused_with_its_reason_and_the_last_good_version_stays(
    road: Road, topics: Topics, first: Topic
) -> None:
    other, name = Topic(), uuid.uuid4().hex
    with at_work(road, topics) as (worker,):
        before = worker.metric("northwire_topic_reloads_total", outcome="refused")
        topics.spoil(first)
        topics.put(other)
        wait_until_in_force(worker, other)
        eventually(lambda: worker.metric("northwire_topic_reloads_total", outcome="refused") == before + 1)
        road.send([first.article(name), other.article(f"{name}-other")])
        assert version_of(first.alerts(road, 1)[0]) == ("1", 1.0)
        other.alerts(road, 1)
        refused = lines(worker, "topics-refused")[-1]
        assert first.id in str(refused["error"])
        assert ":2" in str(refused["error"]) or ":3" in str(refused["error"])
        topics.put(first, 2)
        wait_until_in_force(worker, first, 2)
        assert worker.metric("northwire_topic_reloads_total", outcome="refused") == before + 1


def test_under_a_refused_record_the_last_good_version_is_in_force_after_a_restart_too(
    road: Road, tmp_path: Path
) -> None:
    topics, topic = OnKafka(road, tmp_path), Topic()
    topics.put(topic)
    topics.spoil(topic)
    with at_work(road, topics) as (worker,):
        assert worker.metric("northwire_topic_info", topic=topic.id, version="1") == 1
        assert worker.metric("northwire_topic_reloads_total", outcome="refused") >= 1
        topics.put(topic)
    with at_work(road, topics) as (worker,):
        assert topic.id not in str(lines(worker, "topics-refused"))


def test_a_removed_topic_fires_no_more_and_what_is_in_flight_becomes_alerts(
    road: Road, topics: Topics, first: Topic
) -> None:
    removed, name = Topic(), uuid.uuid4().hex
    topics.put(removed)
    with at_work(road, topics) as (worker,):
        road.crew.stop("stories")
        road.send([removed.article(f"{name}-before")])
        road.tagged.about(f"{name}-before", at_least(1))
        if isinstance(topics, OnKafka):
            topics.put(first)
        topics.remove(removed)
        eventually(lambda: worker.metric("northwire_topic_info", topic=removed.id) == 0)
        road.send([removed.article(f"{name}-after"), first.article(f"{name}-last")])
        road.tagged.about(f"{name}-last", at_least(1))
        road.crew.muster("stories")
        worker.wait_until_ready()
        (alert,) = removed.alerts(road, 1)
        eventually(lambda: worker.metric("northwire_articles_total", outcome="untagged") >= 1)
    assert alert.is_about(f"{name}-before")
    assert not road.tagged.so_far(f"{name}-after")


def test_all_tagging_workers_switch(road: Road, topics: Topics, first: Topic) -> None:
    name = uuid.uuid4().hex
    with at_work(road, topics, count=2) as workers:
        topics.put(first, 2)
        for worker in workers:
            wait_until_in_force(worker, first, 2)
        road.send([first.article(f"{name}-{number}") for number in range(60)])
        assert {version_of(each) for each in first.alerts(road, 60)} == {("2", 2.0)}
        assert all(worker.metric("northwire_articles_total", outcome="tagged") > 0 for worker in workers)


def test_a_worker_killed_right_after_a_change_comes_back_with_it(road: Road, topics: Topics, first: Topic) -> None:
    own, name = Topic(), uuid.uuid4().hex
    with at_work(road, topics) as (worker,):
        topics.put(own)
        worker.kill()
    with at_work(road, topics) as (worker,):
        assert worker.metric("northwire_topic_info", topic=own.id, version="1") == 1
        road.send([own.article(name)])
        own.alerts(road, 1)


def test_stories_put_a_topic_without_its_kafka_topic_aside_until_it_has_one(road: Road) -> None:
    road.crew.muster("stories")
    topic, name = Topic(), uuid.uuid4().hex

    def tagged(number: int) -> bytes:
        verdict = {"topic": topic.id, **VERDICT}
        told = {"id": f"{name}-{number}", "title": f"{name} {number}", "body": ""}
        return json.dumps({"schema": "northwire.tagged/1", "article": told, "match": verdict}).encode()

    road.send([tagged(1)], to=TAGGED, key=topic.id.encode())
    (put_aside,) = road.rejected.about(name, at_least(1))
    assert put_aside.headers["reason"] == b"unwatched-topic"
    assert put_aside.headers["error"] == f"there is no Kafka topic {alerts(topic.id)}".encode()
    assert put_aside.value == tagged(1)
    admin.prepare(road.settings, outlets(road.settings, [topic.id]))
    road.send([tagged(2)], to=TAGGED, key=topic.id.encode())
    (alert,) = topic.alerts(road, 1)
    assert alert.is_about(f"{name}-2")
    stories = road.crew["stories"]
    eventually(lambda: stories.metric("northwire_alerts_total", topic=topic.id) == 1)


def test_hostile_topics_on_tagged_articles_are_put_aside_and_make_no_series(road: Road) -> None:
    road.crew.muster("stories")
    reached = road.crew["stories"].metric("northwire_topics_loaded")
    name = uuid.uuid4().hex
    ids = ["", "../x", "A b", "a" * 65, "\u0000", *(f"{name}{number}" for number in range(80))]
    road.send(
        [
            json.dumps(
                {
                    "schema": "northwire.tagged/1",
                    "article": {"id": name, "title": name, "body": ""},
                    "match": {**VERDICT, "topic": topic},
                }
            ).encode()
            for topic in ids
        ],
        to=TAGGED,
    )
    put_aside = road.rejected.about(name, at_least(len(ids)))
    assert {each.headers["reason"] for each in put_aside} == {b"unwatched-topic"}
    assert road.crew["stories"].metric("northwire_topics_loaded") == reached


def test_a_push_says_what_it_does_and_does_it_once(road: Road, tmp_path: Path) -> None:
    topic, other = Topic(), Topic()

    def pushed(*options: str) -> list[str]:
        done = northwire("topics", "push", str(tmp_path), *options, **road.environment)
        assert (done.code, done.error) == (0, "")
        ids = (topic.id, other.id)
        return [line for line in done.out.decode().splitlines() if any(one in line for one in ids)]

    (tmp_path / "a.yaml").write_text(topic.text(), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(other.text(), encoding="utf-8")
    assert pushed() == [f"pushed    {topic.id} 1", f"pushed    {other.id} 1"]
    (tmp_path / "a.yaml").write_text(topic.text(2), encoding="utf-8")
    assert pushed() == [f"pushed    {topic.id} 2 (was 1)", f"unchanged {other.id} 1"]
    (tmp_path / "b.yaml").unlink()
    assert pushed() == [f"unchanged {topic.id} 2", f"kept      {other.id} 1"]
    assert pushed("--remove", other.id) == [f"unchanged {topic.id} 2", f"removed   {other.id} (was 1)"]
    assert pushed() == [f"unchanged {topic.id} 2"]
    gone = northwire("topics", "push", "--remove", topic.id, "--remove", other.id, **road.environment)
    said = [line for line in gone.out.decode().splitlines() if topic.id in line or other.id in line]
    assert said == [f"removed   {topic.id} (was 2)", f"absent    {other.id}"]


def test_an_invalid_push_is_refused_whole(road: Road, tmp_path: Path) -> None:
    topic, other = Topic(), Topic()

    def refused(*options: str) -> str:
        done = northwire("topics", "push", str(tmp_path), *options, **road.environment)
        assert (done.code, done.out) == (1, b"")
        (line,) = done.error.splitlines()
        return line

    (tmp_path / "a.yaml").write_text(topic.text(), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("id: [", encoding="utf-8")
    assert f"{tmp_path / 'b.yaml'}:" in refused()
    (tmp_path / "b.yaml").unlink()
    assert f"holds the topic '{topic.id}', which is to be removed" in refused("--remove", topic.id)
    assert northwire("topics", "push", str(tmp_path), **road.environment).code == 0
    (tmp_path / "a.yaml").write_text(topic.text().replace("weight: 1", "weight: 2"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(other.text(), encoding="utf-8")
    assert f"{topic.id!r} has changed and is still version '1': raise its version" in refused()
    with closing(road.reading({TOPICS: 1})) as reading:
        assert [each.key for each in reading.all_about(topic.id)] == [topic.id.encode()]
        assert reading.so_far(other.id) == []


@pytest.mark.parametrize("by", ["folder", "kafka"])
def test_a_reload_under_load_loses_and_repeats_nothing(road: Road, tmp_path: Path, by: str) -> None:
    road.crew.stop("tagging")
    road.crew.muster("stories")
    report = rehearse(road, tmp_path, by, rate=300, seconds=8)
    assert report.sent >= 2000
    assert (report.missing, report.duplicates, report.strange) == (0, 0, 0)
    assert report.late == 0
    assert len(report.versions) > 1
