"""Lag by the broker's word, and the canary: in at one end, out at the other, and seen by no subscriber."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from streams.errors import ClusterMismatch
from streams.kafka.layout import ARTICLES, alerts
from streams.kafka.subscription import Notice, subscribe
from streams.kafka.timeline import placements
from streams.metrics import LAG
from streams.tagging.canary import SOURCE, canary
from streams.tagging.topics import CANARY
from streams.wire import encode
from tests.broker.road import (
    PARTITIONS,
    Received,
    Road,
    article,
    at_least,
    contains,
    eventually,
    expected_alerts,
    unique,
)
from tests.clusters import Cluster
from tests.clusters.apache import ApacheKafka
from tests.clusters.toolchain import insist_on
from tests.workers import Worker

TAGGING = "northwire-tagging"
COUNCIL = "Ministers of the Arctic Council met on Tuesday and agreed to extend the search-and-rescue pact."


@pytest.fixture
def lag(road: Road, workers: None) -> Iterator[Worker]:
    """`northwire lag` beside both workers, with a canary every second."""
    with road.worker(LAG, canary_interval="1", lag_interval="0.5", lag_groups="nobody") as lag:
        yield lag


@pytest.fixture(scope="module")
def home(road: Road) -> Iterator[list[Received]]:
    """What lies on the private Kafka topic of the canaries."""
    with closing(road.reading({alerts(CANARY): 1})) as reading:
        yield reading.about(CANARY, at_least(1))


def is_stable(lag: Worker, group: str) -> bool:
    return lag.metric("northwire_group_state", group=group, state="Stable") == 1


def is_at_rest(worker: Worker) -> bool:
    return (
        worker.metric("northwire_assigned_partitions") == PARTITIONS
        and worker.metric("northwire_inflight_messages") == 0
    )


def tagging_lag(lag: Worker, what: str) -> float:
    return lag.metric(f"northwire_group_lag_{what}", group=TAGGING, kafka_topic=ARTICLES)


def test_a_canary_comes_out_as_an_alert_and_is_counted_with_its_round_trip(lag: Worker) -> None:
    eventually(lambda: lag.metric("northwire_canary_received_total") >= PARTITIONS)
    assert lag.metric("northwire_canary_round_trip_seconds_count") >= PARTITIONS
    assert 0 < lag.metric("northwire_canary_round_trip_seconds_sum") < 20 * PARTITIONS
    assert lag.metric("northwire_canary_sent_total") >= PARTITIONS
    assert lag.metric("northwire_canary_lost_total") == lag.metric("northwire_canary_duplicates_total") == 0
    assert '"event": "canary"' in lag.log


def test_a_worker_that_stands_still_cannot_hide_its_lag(road: Road, lag: Worker) -> None:
    eventually(lambda: lag.metric("northwire_lag_last_success_timestamp_seconds") > 0)
    eventually(lambda: tagging_lag(lag, "messages") == 0)
    retention = lag.metric("northwire_group_retention_headroom_seconds", group=TAGGING)
    assert retention == PARTITIONS * road.settings.retention_hours * 3600
    road.crew["tagging"].process.freeze()
    try:
        for number in range(5):
            road.send([article(f"{uuid.uuid4().hex}-{number}", "Nothing of note.")])
        eventually(lambda: tagging_lag(lag, "messages") >= 5)
        eventually(lambda: tagging_lag(lag, "seconds") > 3)
        assert lag.metric("northwire_group_retention_headroom_seconds", group=TAGGING) < retention - 2
    finally:
        road.crew["tagging"].process.thaw()
    eventually(lambda: tagging_lag(lag, "messages") == tagging_lag(lag, "seconds") == 0, within=60)
    received = lag.metric("northwire_canary_received_total")
    eventually(lambda: lag.metric("northwire_canary_received_total") > received, within=60)
    assert lag.metric("northwire_group_lost_messages_total") == 0


@pytest.mark.apache
def test_groups_are_told_with_their_state_and_members(road: Road, lag: Worker) -> None:
    for group in (TAGGING, "northwire-stories"):
        eventually(partial(is_stable, lag, group), within=60)
        assert lag.metric("northwire_group_members", group=group) == 1
    assert lag.metric("northwire_group_state", group="nobody", state="Dead") == 1
    road.crew.stop("tagging")
    eventually(lambda: lag.metric("northwire_group_state", group=TAGGING, state="Empty") == 1)
    assert lag.metric("northwire_group_members", group=TAGGING) == 0


def test_no_subscriber_and_no_list_of_stories_sees_a_canary(road: Road, lag: Worker, home: list[Received]) -> None:
    assert home
    run = uuid.uuid4().hex
    values = [article(run, unique(COUNCIL))]
    wanted = expected_alerts(values)
    road.send(values)
    road.alerts.about(run, contains(wanted))
    with closing(subscribe(road.settings, [], "earliest")) as notices:
        seen: list[str] = []
        for notice in notices:
            if isinstance(notice, Notice):
                seen.append(notice.alert.topic)
                if notice.alert.id in wanted:
                    break
    assert CANARY not in seen
    with pytest.raises(ClusterMismatch, match="no alerts about 'canary'"):
        next(subscribe(road.settings, [CANARY], "earliest"))

    def refuse(place: str, error: object) -> None:
        raise AssertionError(f"{place}: {error}")

    assert road.stories.about(CANARY, at_least(1)), "the journal has canaries, and yet"
    assert CANARY not in {placement.topic for placement in placements(road.settings, refuse)}


def test_whoever_forges_a_canary_is_heard_by_nobody_or_as_anyone_else(road: Road, lag: Worker) -> None:
    number = uuid.uuid4().int
    bare, run = canary(number), uuid.uuid4().hex
    words = article(run, unique(f"{COUNCIL} {canary(number + 1).title}")).replace(b"Test Courier", SOURCE.encode())
    duplicates = lag.metric("northwire_canary_duplicates_total")
    road.send([encode(bare), encode(bare), words])
    wanted = expected_alerts([words])
    road.alerts.about(run, contains(wanted))
    assert {each.place.topic for each in road.alerts.all_about(run)} == {"alerts.arctic"}
    assert {each.place.topic for each in road.alerts.about(bare.id, at_least(1))} == {alerts(CANARY)}
    assert lag.metric("northwire_canary_duplicates_total") == duplicates


def test_what_the_processes_expose_is_as_prometheus_wants_it(road: Road, lag: Worker) -> None:
    insist_on("promtool")
    for process in (lag, road.crew["tagging"], road.crew["stories"]):
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=process.exposition, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout + done.stderr) == (0, b""), process.stage


def test_workers_tell_their_share_of_the_partitions(road: Road, workers: None) -> None:
    for stage in ("tagging", "stories"):
        worker = road.crew[stage]
        eventually(partial(is_at_rest, worker))
        assert worker.metric("northwire_rebalances_total") >= 1


@pytest.fixture(scope="module")
def secluded(kafka_cluster: Cluster) -> Iterator[tuple[ApacheKafka, Road]]:
    """An Apache Kafka for one test alone, which may hurt it, and a road on it that no worker walks."""
    with ApacheKafka() as cluster:
        road = Road(cluster)
        yield cluster, road
        road.close()


@pytest.mark.apache
def test_messages_that_are_deleted_before_they_are_read_are_counted(secluded: tuple[ApacheKafka, Road]) -> None:
    _, road = secluded
    sent = road.send([article(f"a-{number}", "Nothing of note.") for number in range(30)])
    ends = {place: offset + 1 for place, offset in sent}
    assert len(ends) == PARTITIONS
    road.go_back("tagging", dict.fromkeys(ends, 2))
    with road.worker(LAG, canary_interval="0", lag_interval="0.5") as lag:
        eventually(lambda: tagging_lag(lag, "messages") == 30 - 2 * PARTITIONS)
        assert lag.metric("northwire_group_lost_messages_total") == 0
        with road.admin() as admin:
            admin.delete_records(dict.fromkeys(ends, 5))
        eventually(lambda: lag.metric("northwire_group_lost_messages_total", group=TAGGING) == 3 * PARTITIONS)
        assert tagging_lag(lag, "messages") == 30 - 5 * PARTITIONS
        assert lag.metric("northwire_canary_sent_total") == 0
        assert lag.log.count("messages-lost") == PARTITIONS


@pytest.mark.apache
def test_it_waits_for_a_broker_and_goes_on_when_one_that_was_gone_is_back(secluded: tuple[ApacheKafka, Road]) -> None:
    cluster, road = secluded
    cluster.kill(1)
    lag = road.worker(LAG, canary_interval="1", canary_lost_after="2", lag_interval="0.5").start()
    try:
        eventually(lambda: lag.log.count("No Kafka broker answers") == 2)
        assert not lag.is_ready
        assert lag.metric("northwire_canary_lost_total") == 0
        cluster.start_node(1)
        lag.wait_until_ready()
        eventually(lambda: lag.metric("northwire_canary_sent_total") > 1)
        cluster.kill(1)
        eventually(lambda: not lag.is_ready, within=40)
        lost = lag.metric("northwire_canary_lost_total")
        eventually(lambda: lag.metric("northwire_canary_lost_total") > lost)
        cluster.start_node(1)
        lag.wait_until_ready()
        sent = lag.metric("northwire_canary_sent_total")
        eventually(lambda: lag.metric("northwire_canary_sent_total") > sent)
        assert lag.stop() == 0
    finally:
        lag.__exit__()
