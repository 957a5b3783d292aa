"""Stories read back from Kafka, and `northwire stories` on top of them."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from kafka import KafkaProducer

from streams.alerting.alerts import write_alert
from streams.errors import ClusterMismatch, Refused
from streams.kafka import admin
from streams.kafka.embedded import EmbeddedBroker
from streams.kafka.journal import Entry, write_entry
from streams.kafka.layout import STORIES, alerts, kafka_layout
from streams.kafka.timeline import alerts_of, placements
from streams.model import Article, TaggedArticle
from streams.settings import Settings, read_settings
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from streams.wire import encode
from tests.commands import northwire
from tests.unit.nouns import NOON, evidence, match
from tests.unit.stories.pages import OTHER, PARAPHRASE, WIRE

HOUR = timedelta(hours=1)
REVISION = Article(WIRE.id, WIRE.title, WIRE.body + " It carries 90 sailors.", WIRE.url, WIRE.source, WIRE.published_at)


def tagged(article: Article, topic: str) -> TaggedArticle:
    return TaggedArticle(article, match(evidence(article.body[:6], 0, 3.0), topic=topic))


ARCTIC = [tagged(each, "arctic") for each in (WIRE, PARAPHRASE, REVISION)]
SANCTIONS = [tagged(OTHER, "sanctions")]


class Laid:
    """A broker with a journal of two partitions on it, its damage included, and the alerts to it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.journal = {0: decided(ARCTIC), 1: decided(SANCTIONS)}
        with closing(KafkaProducer(bootstrap_servers=settings.bootstrap_servers)) as producer:
            for partition, placed in self.journal.items():
                for offset, placement in (*enumerate(placed), *enumerate(placed[:2])):
                    entry = write_entry(partition, Entry(offset, placement))
                    headers = list(entry.headers.items())
                    producer.send(STORIES, entry.value, entry.key, headers=headers, partition=partition).get(20)
            producer.send(STORIES, b"[]", partition=1).get(20)
            for event, placement in zip(ARCTIC, self.journal[0], strict=True):
                if placement.kind:
                    value = encode(write_alert(event, placement, placement.kind))
                    for _ in range(2):
                        producer.send(alerts("arctic"), value, placement.story.id.encode()).get(20)
            producer.send(alerts("arctic"), b"{}", b"another story").get(20)

    def northwire(self, *arguments: str) -> tuple[int, str, str]:
        done = northwire("stories", "-b", self.settings.bootstrap_servers, *arguments, arrival="published")
        return done.code, done.out.decode(), done.error


def decided(events: list[TaggedArticle]) -> list[Placement]:
    desk = Desk()
    return [desk.place(event, NOON + number * HOUR) for number, event in enumerate(events)]


def _none_is(place: str, refusal: Refused) -> None:
    pytest.fail(f"{place}: {refusal}")


@pytest.fixture(scope="module")
def laid() -> Iterator[Laid]:
    with EmbeddedBroker() as broker:
        settings = read_settings(bootstrap_servers=broker.bootstrap, partitions=2)
        admin.prepare(settings, kafka_layout(settings))
        yield Laid(settings)


def test_each_decision_is_read_once_and_what_is_none_is_told_of(laid: Laid) -> None:
    refused: list[tuple[str, Refused]] = []
    read = list(placements(laid.settings, lambda *told: refused.append(told)))
    assert [each for each in read if each.topic == "arctic"] == laid.journal[0]
    assert [each for each in read if each.topic == "sanctions"] == laid.journal[1]
    assert [(place, refusal.reason.value) for place, refusal in refused] == [("stories/1/2", "wrong-shape")]


def test_the_alerts_of_a_story_are_read_once_and_those_of_others_are_not(laid: Laid) -> None:
    story = laid.journal[0][0].story.id
    read = list(alerts_of(laid.settings, "arctic", story, _none_is))
    assert [(alert.article.id, alert.kind.value) for alert in read] == [("wire", "new"), ("wire", "update")]


def test_a_topic_without_alerts_has_none(laid: Laid) -> None:
    assert list(alerts_of(laid.settings, "volcanoes", "s-1", _none_is)) == []


def test_a_cluster_without_a_journal_is_told_from_an_empty_one() -> None:
    with EmbeddedBroker() as broker:
        settings = read_settings(bootstrap_servers=broker.bootstrap, partitions=1)
        with pytest.raises(ClusterMismatch, match="The Kafka topic stories does not exist: run `northwire kafka init`"):
            list(placements(settings, _none_is))
        admin.prepare(settings, kafka_layout(settings))
        assert list(placements(settings, _none_is)) == []


def test_the_command_lists_the_live_stories_and_reports_what_it_cannot_read(laid: Laid) -> None:
    code, out, err = laid.northwire()
    assert code == 0
    assert [line.split()[2] for line in out.splitlines()[1:]] == ["arctic", "sanctions"]
    assert err.splitlines() == [
        "northwire: stories/1/2 cannot be read: wrong-shape: Expected `object`, got `array`",
        "2 live, 0 ended",
    ]


def test_the_command_takes_topics_and_a_limit_and_says_which_topics_there_are(laid: Laid) -> None:
    code, out, err = laid.northwire("--topic", "sanctions", "--topic", "artic", "--json")
    assert code == 0
    assert [json.loads(line)["topic"] for line in out.splitlines()] == ["sanctions"]
    assert "There are no stories about 'artic'; topics with stories: arctic, sanctions." in err
    code, out, err = laid.northwire("--limit", "1")
    assert out.count("\n") == 2
    assert err.endswith("2 live, 0 ended; shown are the latest 1\n")


def test_the_command_shows_a_story_with_the_evidence_of_its_alerts(laid: Laid) -> None:
    story = laid.journal[0][0].story.id
    code, out, _ = laid.northwire(story[:8])
    assert code == 0
    words = " ".join(out.split())
    assert words.count("why “OTTAWA” 3") == 2
    assert "silent (repeat)" in words
    assert "same story as wire: words" in words
    code, out, _ = laid.northwire(story, "--json")
    (line,) = out.splitlines()
    told = json.loads(line)
    assert [alert["id"] for alert in told["alerts"]] == [
        line["alert_id"] for line in told["timeline"] if line["alert_id"]
    ]


def test_the_command_says_what_to_do_about_an_id_that_is_none(laid: Laid) -> None:
    code, out, err = laid.northwire("xyz")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == (
        "northwire: No story has an id that begins with 'xyz': `northwire stories --all` lists all with their ids."
    )
