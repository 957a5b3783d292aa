"""Topics that change under load: five reloads, one of them invalid, must lose and repeat nothing.

Run `python -m tests.benchmarks.reload`. Which articles are tagged, and what a match says in each version,
is computed by the core alone, without Kafka, and compared with every message that came.
"""

import argparse
import json
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaProducer

from streams.kafka.connection import client_options
from streams.kafka.layout import ARTICLES, TOPICS
from streams.kafka.topics import push
from streams.model import Tagged, TaggedArticle
from streams.pipeline import tag
from streams.tagging.tagger import Tagger
from streams.tagging.topics import parse_topic
from streams.wire import encode
from tests.benchmarks.articles import article
from tests.broker.road import PARTITIONS, Reading, Received, Road, at_least, eventually
from tests.clusters.apache import ApacheKafka
from tests.invented import invented
from tests.workers import Worker

RELOADS = 5
INVALID = 3
"""The reload that is refused."""

POOL = 300
_NUMBER = "{number}"
_OWN = "@OWN@"
_TERMS = {"trial-arctic": "Arctic Council", "trial-sanctions": "sanctions", "trial-arms": "arms control"}


class Report(NamedTuple):
    """What came of a rehearsal: counts of messages, and seconds."""

    sent: int
    tagged: int
    alerts: int
    versions: Counter[str]
    missing: int
    duplicates: int
    strange: int
    """Matches that the core would not have given in the version that they name, and alerts on nothing."""

    late: int
    """Articles sent after the worker said that the last version is in force, and tagged with another."""

    seconds: float = 0.0
    behind: float = 0.0
    """From the last article sent until all were tagged."""

    waits: tuple[float, ...] = ()
    """From each change until the worker said that it is in force, or refused."""


class Rehearsal:
    """A run: its articles and its topics, none of which another run on the same cluster has."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex[:8]

    @cached_property
    def _pool(self) -> list[bytes]:
        return [self._article(number) for number in range(POOL)]

    def _article(self, number: int) -> bytes:
        one = article(number, matching=number % 33 == 0)
        body = f"{one['body']}\n\nRun {self.name}, number {_NUMBER}, ends here and now."
        if number % 33 == 0:
            one, body = {**one, "title": _OWN}, f"{_OWN}.\n\n{body}"
        return json.dumps({**one, "id": f"{self.name}-{_NUMBER}", "body": body}, ensure_ascii=False).encode()

    def value(self, number: int) -> bytes:
        """Article number `number`: always the same bytes, and no other's; if it matches, a story of its own."""
        own = invented(f"{self.name} {number}").encode() if number % POOL % 33 == 0 else b""
        return self._pool[number % POOL].replace(_NUMBER.encode(), b"%d" % number).replace(_OWN.encode(), own)

    def topics(self, version: int) -> dict[str, str]:
        """The topic files of a version by topic: the same articles fire, with another score."""
        filler = ", ".join(f"filler {self.name} {number}" for number in range(200))
        return {
            f"{name}-{self.name}": (
                f"id: {name}-{self.name}\ntitle: Reload\nversion: '{version}'\nthreshold: 1.0\ndamping: 0\nrules:\n"
                f"  - id: decisive\n    weight: {1 + version / 10}\n    terms: [{term}]\n"
                f"  - id: filler\n    weight: 1.0\n    terms: [{filler}]\n"
            )
            for name, term in _TERMS.items()
        }

    def tagger(self, version: int) -> Tagger:
        return Tagger(parse_topic(text, name) for name, text in self.topics(version).items())

    def matches(self, number: int, tagger: Tagger) -> dict[tuple[str, str], bytes]:
        """The messages on `articles.tagged` that an article must give, by article and topic."""
        outcome = tag(self.value(number), tagger)
        if not isinstance(outcome, Tagged):
            return {}
        return {
            (outcome.article.id, match.topic): encode(TaggedArticle(outcome.article, match))
            for match in outcome.matches
        }


class Feed:
    """Sends articles at a steady rate, in batches: one for each would keep a core busy."""

    def __init__(self, road: Road, run: Rehearsal) -> None:
        self._options = client_options(road.settings)
        self._run = run
        self.sent = 0

    def send(self, count: int, rate: int) -> None:
        """Returns when all are acknowledged."""
        failures: list[BaseException] = []
        with closing(KafkaProducer(**self._options, acks="all", linger_ms=20, batch_size=2**18)) as producer:
            began = time.monotonic()
            for self.sent in range(count):
                time.sleep(max(0.0, began + self.sent / rate - time.monotonic()))
                place = self.sent % PARTITIONS
                producer.send(ARTICLES, self._run.value(self.sent), partition=place).add_errback(failures.append)
            producer.flush()
        assert not failures, failures[0]


def rehearse(road: Road, folder: Path, by: str, rate: int, seconds: int) -> Report:
    """Sends articles at that rate, changes the topics five times meanwhile, and compares all that came.

    `by` is "folder" or "kafka". A stories worker must run, and no tagging worker.
    """
    run = Rehearsal()
    change, settings = _ways(road, folder, run, by)
    change(1)
    count = rate * seconds
    feed = Feed(road, run)
    with road.worker("tagging", **settings) as worker, ThreadPoolExecutor() as beside:
        _wait_for(worker, run, 1)
        refused = worker.metric("northwire_topic_reloads_total", outcome="refused")
        began = time.monotonic()
        feeding = beside.submit(feed.send, count, rate)
        waits = []
        for reload in range(1, RELOADS + 1):
            time.sleep(max(0.0, began + reload * seconds / (RELOADS + 1) - time.monotonic()))
            changed = time.monotonic()
            change(1 + reload)
            if reload == INVALID:
                eventually(lambda: worker.metric("northwire_topic_reloads_total", outcome="refused") > refused)
            else:
                _wait_for(worker, run, 1 + reload)
            waits.append(time.monotonic() - changed)
        switched = feed.sent + 1
        feeding.result()
        took = time.monotonic() - began
        eventually(lambda: worker.metric("northwire_articles_total") >= count, within=120)
        behind = time.monotonic() - began - took
        assert worker.metric("northwire_articles_total") == count, "articles were handled twice"
    return _compared(road, run, count, switched)._replace(seconds=took, behind=behind, waits=tuple(waits))


def _ways(road: Road, folder: Path, run: Rehearsal, by: str) -> tuple[Callable[[int], None], dict[str, str]]:
    """How topics are changed, and the settings of a worker that takes them from there."""

    def write(version: int) -> None:
        for name, text in run.topics(version).items():
            if version == 1 + INVALID:
                text = text.replace("rules:", "rules: [")
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def send(version: int) -> None:
        if version == 1 + INVALID:
            for name in run.topics(version):
                road.send([b"rules: ["], key=name.encode(), to=TOPICS)
        else:
            write(version)
            list(push(road.settings, folder, ()))

    return (write, {"topics_dir": str(folder)}) if by == "folder" else (send, {"topics_from": "kafka"})


def _wait_for(worker: Worker, run: Rehearsal, version: int) -> None:
    for name in run.topics(version):
        eventually(lambda: worker.metric("northwire_topic_info", topic=name, version=str(version)) == 1)  # noqa: B023


def _compared(road: Road, run: Rehearsal, count: int, switched: int) -> Report:
    taggers = {str(version): run.tagger(version) for version in range(1, RELOADS + 2) if version != 1 + INVALID}
    wanted = {key: number for number in range(count) for key in run.matches(number, taggers["1"])}
    tagged = _all(road.tagged, run, len(wanted))
    with closing(road.reading({f"alerts.{name}": 1 for name in run.topics(1)})) as reading:
        alerts = _all(reading, run, len(wanted))
    seen, versions, strange, late = Counter[tuple[str, str]](), Counter[str](), 0, 0
    for each in tagged:
        told = json.loads(each.value or b"")
        key, version = (told["article"]["id"], told["match"]["topic"]), told["match"]["topic_version"]
        seen[key] += 1
        versions[version] += 1
        if key not in wanted or run.matches(wanted[key], taggers[version])[key] != each.value:
            strange += 1
        elif wanted[key] >= switched and version != str(1 + RELOADS):
            late += 1
    told_of = Counter(_told_of(each) for each in alerts)
    return Report(
        sent=count,
        tagged=len(tagged),
        alerts=len(alerts),
        versions=versions,
        missing=len(wanted.keys() - seen.keys()) + len(wanted.keys() - told_of.keys()),
        duplicates=sum(times - 1 for times in (*seen.values(), *told_of.values())),
        strange=strange + len(told_of.keys() - wanted.keys()),
        late=late,
    )


def _all(reading: Reading, run: Rehearsal, count: int) -> list[Received]:
    reading.about(run.name, at_least(count))
    return reading.all_about(run.name)


def _told_of(alert: Received) -> tuple[str, str]:
    told = json.loads(alert.value or b"")
    return told["article"]["id"], told["topic"]


def main() -> None:
    """Prints the rates, the versions seen, and what is missing or came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=2000, help="articles per second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--by", choices=["folder", "kafka"], default="kafka", help="where the topics come from")
    options = parser.parse_args()
    with ApacheKafka(heap="768m", tiered_stop=False) as kafka, tempfile.TemporaryDirectory() as folder:
        road = Road(kafka)
        try:
            road.crew.muster("stories")
            report = rehearse(road, Path(folder), options.by, options.rate, options.seconds)
        finally:
            road.close()
    print(f"{report.sent} articles in {report.seconds:.0f} s, topics from {options.by}, Apache Kafka")
    print(f"sent             {report.sent / report.seconds:8.0f} articles/s")
    print(f"all tagged       {report.behind:8.1f} s after the last was sent")
    print(f"tagged           {report.tagged:8} messages, {report.alerts} alerts")
    versions = (f"{version}: {number}" for version, number in sorted(report.versions.items()))
    print(f"versions         {', '.join(versions)}")
    print(f"in force after   {', '.join(f'{wait:.1f} s' for wait in report.waits)} (number {INVALID} was refused)")
    print(f"missing          {report.missing:8}")
    print(f"duplicates       {report.duplicates:8}")
    print(f"not as computed  {report.strange + report.late:8}")


if __name__ == "__main__":
    main()
