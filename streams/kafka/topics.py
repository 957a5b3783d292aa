"""The Kafka topic `topics`: the text of topic files under the ids of their topics, the last one in force."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Generator, Mapping
from contextlib import aclosing, closing
from pathlib import Path
from typing import Literal, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError as AIOKafkaError
from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.errors import BrokerUnavailable, ClusterMismatch, TopicFileError
from streams.kafka import admin
from streams.kafka.connection import DELIVERED_WITHIN, client_options, producer_options, run, unavailable
from streams.kafka.layout import LARGEST_MESSAGE, TOPICS, layout, outlets
from streams.proofreading.trials import trials
from streams.settings import Settings
from streams.tagging.topics import Topic, parse_topic
from streams.watchlist import (
    LOOK_AGAIN,
    Files,
    Folder,
    Unreadable,
    Watchlist,
    decoded,
    read_folder,
    require_new_version,
)

_PLACE = TopicPartition(TOPICS, 0)
_PATIENCE = 30


class TopicRecords:
    """The Kafka topic `topics` as a source of topic files. It is read as a whole, by no consumer group."""

    nothing = f"The Kafka topic {TOPICS} holds no topic: run `northwire topics push DIR`."

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def parse(self, name: str, text: str) -> Topic:
        """As `Source` has it; the key of a record must be the id of its topic."""
        topic = parse_topic(text, name)
        if name != _name(topic.id):
            raise TopicFileError(f"{name}: this is the topic {topic.id!r}, and its key must be the same")
        return topic

    async def looks(self) -> AsyncGenerator[Files, None]:
        """As `Source` has it. Raises aiokafka's errors."""
        async with aclosing(self.history()) as history:
            async for files, complete in history:
                if complete:
                    yield files

    async def history(self) -> AsyncGenerator[tuple[Files, bool], None]:
        """The files after each record, and again and again when there is no more; whether that is all."""
        consumer = AIOKafkaConsumer(
            **client_options(self._settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_MESSAGE,
            fetch_max_wait_ms=100,
        )
        files: dict[str, str | Unreadable] = {}
        try:
            await consumer.start()
            consumer.assign([_PLACE])
            while True:
                fetched = await consumer.getmany(timeout_ms=int(LOOK_AGAIN * 1000))
                for record in fetched.get(_PLACE, ()):
                    name = _name((record.key or b"").decode(errors="replace"))
                    files.pop(name, None)
                    if record.value is not None:
                        files[name] = decoded(record.value)
                    yield dict(files), False
                end = consumer.highwater(_PLACE)
                if end is not None and await consumer.position(_PLACE) >= end:
                    yield dict(files), True
        finally:
            await consumer.stop()


def read_topics(settings: Settings) -> Watchlist:
    """What is in force by the Kafka topic `topics` now. Blocks. Raises `BrokerUnavailable`.

    The records are gone through in order, so that under a record that is refused the last good one is
    in force, as on a worker that has been there all the time.
    """
    try:
        return run(asyncio.wait_for(_replayed(TopicRecords(settings)), _PATIENCE))
    except AIOKafkaError as error:
        raise unavailable(settings, error) from error
    except TimeoutError:
        raise BrokerUnavailable(f"The Kafka topic {TOPICS} could not be read in {_PATIENCE} s.") from None


async def _replayed(records: TopicRecords) -> Watchlist:
    watchlist = Watchlist(records)
    async with aclosing(records.history()) as history:
        async for files, complete in history:
            watchlist = watchlist.revised(files)
            if complete:
                break
    return watchlist


class Step(NamedTuple):
    """What a push has done about one topic."""

    act: Literal["pushed", "unchanged", "removed", "absent", "kept"]
    topic: str
    version: str | None
    before: str | None = None


def push(settings: Settings, folder: Path | None, remove: Collection[str]) -> Generator[Step, None, None]:
    """Publishes the topics of a folder that have changed, and removes others; each step once it is done.

    Checks everything first. Raises `TopicFileError` for a file that is invalid, fails an example of its
    own or has changed under the same version, and for a topic that is to be removed and is in the folder;
    `ClusterMismatch` where the cluster refuses a Kafka topic; and `BrokerUnavailable`.
    """
    own = read_folder(Folder(folder)) if folder else Watchlist(TopicRecords(settings))
    for name, (_, topic) in own.entries.items():
        _require_examples(topic, name)
    if contradictory := own.topics.keys() & set(remove):
        raise TopicFileError(f"{folder} holds the topic {min(contradictory)!r}, which is to be removed: choose.")
    _prepare(settings)
    steps = plan(own, read_topics(settings), remove)
    admin.prepare(settings, outlets(settings, own.topics))
    values = {entry.topic.id: str(entry.content).encode() for entry in own.entries.values()}
    yield from _carry_out(settings, steps, values)


def _require_examples(topic: Topic, name: str) -> None:
    for trial in trials(topic):
        if not trial.passed:
            problem = f"example {trial.kind} {trial.number} {'does not fire' if trial.kind == 'match' else 'fires'}"
            raise TopicFileError(f"{name}: its own {problem}: `northwire topics test {name}` says why.")


def _prepare(settings: Settings) -> None:
    (kafka_topic,) = (one for one in layout(settings, ()) if one.name == TOPICS)
    for difference in admin.prepare(settings, [kafka_topic]).differences:
        if "cleanup.policy" in difference:
            raise ClusterMismatch(f"{difference}: Kafka would forget topics in time; change it with Kafka's own tools.")


def plan(own: Watchlist, held: Watchlist, remove: Collection[str]) -> list[Step]:
    """What a push has to do where `held` is on the Kafka topic. Raises `TopicFileError`."""
    before, versions = held.topics, held.versions
    spoilt = {refusal.name for refusal in held.refused}
    steps = []
    for name, (_, topic) in own.entries.items():
        require_new_version(topic, before.get(topic.id), name)
        if topic == before.get(topic.id) and _name(topic.id) not in spoilt:
            steps.append(Step("unchanged", topic.id, topic.version))
        else:
            steps.append(Step("pushed", topic.id, topic.version, versions.get(topic.id)))
    steps += (Step("removed" if topic in versions else "absent", topic, None, versions.get(topic)) for topic in remove)
    others = sorted(before.keys() - own.topics.keys() - set(remove))
    return [*steps, *(Step("kept", topic, versions[topic]) for topic in others)]


def _carry_out(settings: Settings, steps: Collection[Step], values: Mapping[str, bytes]) -> Generator[Step, None, None]:
    try:
        with closing(KafkaProducer(**producer_options(settings))) as producer:
            sent = {
                step: producer.send(TOPICS, values.get(step.topic), key=step.topic.encode(), partition=0)
                for step in steps
                if step.act in ("pushed", "removed")
            }
            for step in steps:
                if step in sent:
                    sent[step].get(DELIVERED_WITHIN)
                yield step
    except KafkaError as error:
        raise unavailable(settings, error) from error


def _name(topic: str) -> str:
    return f"{TOPICS}/{topic}"
