"""Where plain Faust acknowledges what it did not do, and our workers do not.

A test of plain Faust that fails is good news: the hazard is mended upstream, and what we do about it in
docs/decisions/0001-faust-is-a-shell.md can go.
"""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pytest
from kafka import TopicPartition
from kafka.errors import CoordinatorNotAvailableError

from tests.broker.road import Road, eventually
from tests.clusters import Cluster

pytestmark = pytest.mark.apache
_SMALL = 10_000


@pytest.fixture(scope="module")
def road(kafka_cluster: Cluster) -> Iterator[Road]:
    road = Road(kafka_cluster)
    yield road
    road.close()


@contextmanager
def plain(
    road: Road, hazard: str, values: list[bytes], *, stuck: bool = False
) -> Iterator[tuple[str, "subprocess.Popen[bytes]", list[str]]]:
    """Plain Faust on a Kafka topic that has these messages; its name, and what it handled once all is committed.

    One that will be `stuck` is not waited for, and nothing is known of what it handled.
    """
    name = f"hazard-{uuid.uuid4().hex}"
    with road.admin() as client:
        client.create_topics({name: {"num_partitions": 1}})
        client.create_topics({f"{name}.out": {"num_partitions": 1, "configs": {"max.message.bytes": str(_SMALL)}}})
    road.send(values, to=name)
    with TemporaryFile() as out, TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.hazards.plain", hazard, road.settings.bootstrap_servers, name]
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"APP_DATADIR": folder},
        )
        try:
            if not stuck:
                eventually(lambda: committed(road, name) == len(values), within=60)
            out.seek(0)
            lines = out.read().decode().splitlines()
            yield name, process, [line.split()[1] for line in lines if line.startswith("handled ")]
        finally:
            process.kill()
            process.wait()


def committed(road: Road, name: str) -> int:
    place = TopicPartition(name, 0)
    try:
        with road.admin() as client:
            found = client.list_group_offsets({name: [place]})[name]
    except CoordinatorNotAvailableError:  # a new cluster, on which no group has ever been
        return 0
    return max(0, found[place].offset) if place in found else 0


def test_plain_faust_commits_a_message_whose_delivery_failed(road: Road) -> None:
    """Hazard 1. Ours: test_what_is_too_large_for_its_kafka_topic_is_put_aside_and_the_next_article_flows."""
    values = [b"one", b"big" + b"x" * 2 * _SMALL, b"two"]
    with plain(road, "delivery_fails", values) as (name, _, handled):
        assert handled == ["one", "bigx", "two"]
        reading = road.reading({f"{name}.out": 1})
        try:
            assert [each.value for each in reading.all_about("")] == [b"one", b"two"]
        finally:
            reading.close()


def test_plain_faust_commits_a_message_that_raised(road: Road) -> None:
    """Hazard 2. Ours: test_a_worker_that_raises_leaves_everything_to_the_next_one."""
    with plain(road, "exception_escapes", [b"one", b"bad", b"two"]) as (_, process, handled):
        assert handled == ["one", "two"]
        assert process.poll() is None, "it goes on as if nothing had been"


def test_plain_faust_commits_a_batch_that_raised(road: Road) -> None:
    """Hazard 2, with `take`: what was behind it in the batch was never looked at."""
    values = [b"one", b"bad", b"two", b"six", *(f"n{number:02}".encode() for number in range(20))]
    with plain(road, "exception_escapes_a_batch", values) as (_, _, handled):
        assert handled[0] == "one"
        assert "two" not in handled
        assert "six" not in handled


def test_plain_faust_commits_past_a_message_in_hand(road: Road) -> None:
    """Hazard 3. Ours: test_two_apps_live_in_one_process (one at a time), and batches that end as one."""
    with plain(road, "two_at_once", [b"slow", b"quick"]) as (_, _, handled):
        assert handled == ["quic"]


def test_plain_faust_that_hangs_hangs(road: Road) -> None:
    """Hazard 8. Ours: test_a_stuck_worker_ends_with_code_70_and_the_next_one_reads_what_it_left."""
    with plain(road, "hangs", [b"one", b"two"], stuck=True) as (name, process, _):
        time.sleep(15)
        assert process.poll() is None
        assert committed(road, name) == 0
