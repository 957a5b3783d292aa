"""Telemetry: every series from the start, every outcome once, no label that an article can choose."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs
from structlog.typing import EventDict

from streams import __version__
from streams.errors import Reason, Refused
from streams.metrics import STORIES, TAGGING
from streams.model import Article, Cause, Kind, Match, News, Rejected, Repeat, Severity, Tagged, Untagged
from streams.pipeline import tag, tell
from streams.stories.desk import Desk
from streams.tagging.tagger import Tagger
from streams.tagging.topics import CANARY, Topic
from streams.telemetry import Telemetry
from streams.wire import encode
from tests.unit import nouns
from tests.unit.nouns import alert, article, match

NOW = 1_800_000_000.0


def topics(**versions: str) -> dict[str, Topic]:
    """Topics with one rule and two sub-topics, by id."""
    rule = nouns.rule(subtopic="ice")
    more = {"subtopics": {"ice": "Ice", "law": "Law"}}
    return {name: nouns.topic(rule, id=name, version=version, **more) for name, version in versions.items()}


WATCHED = topics(arctic="1", sanctions="7")
TOPICS = tuple(WATCHED)
SOURCES = ("Harbour Wire", "Northern Courier")
REJECTED = Rejected(Reason.NOT_JSON, "no")

Series = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[EventDict]]:
    """The log lines, which would otherwise go to the terminal."""
    with capture_logs() as captured:
        yield captured


def a_tagger() -> Telemetry:
    telemetry = Telemetry(TAGGING, sources=SOURCES, now=NOW)
    telemetry.watching(WATCHED)
    return telemetry


def a_desk() -> Telemetry:
    telemetry = Telemetry(STORIES, sources=SOURCES)
    telemetry.reaching(TOPICS)
    return telemetry


def samples(telemetry: Telemetry) -> dict[Series, float]:
    """Every sample but the moments at which series were created."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in telemetry.registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    return telemetry.registry.get_sample_value(name, labels)


def counted(telemetry: Telemetry) -> dict[str, float]:
    """How many messages ended in each outcome."""
    return {
        dict(labels)["outcome"]: number
        for (name, labels), number in samples(telemetry).items()
        if name == "northwire_articles_total"
    }


@pytest.mark.parametrize("build", [a_tagger, a_desk])
def test_every_count_stands_at_zero_before_anything_happens(build: Callable[[], Telemetry]) -> None:
    gauges = {
        "northwire_build_info": 1.0,
        "northwire_topics_loaded": 2.0,
        "northwire_topic_info": 1.0,
        "northwire_source_last_article_timestamp_seconds": NOW,
    }
    for (name, _), number in samples(build()).items():
        assert number == gauges.get(name, 0.0)


def test_every_outcome_and_reason_has_its_series_from_the_start() -> None:
    tagging, stories = a_tagger(), a_desk()
    assert counted(tagging) == {"tagged": 0, "untagged": 0, "rejected": 0}
    assert counted(stories) == {"news": 0, "repeat": 0, "rejected": 0}
    for reason in Reason:
        assert value(tagging, "northwire_rejected_total", reason=reason.value) == 0
    for topic in TOPICS:
        assert value(tagging, "northwire_matches_total", topic=topic) == 0
        assert value(stories, "northwire_alert_latency_seconds_count", topic=topic) == 0
    for topic, kind, severity in itertools.product(TOPICS, Kind, Severity):
        assert value(stories, "northwire_alerts_total", topic=topic, kind=kind.value, severity=severity.value) == 0


def test_the_version_that_runs_is_told() -> None:
    assert value(a_tagger(), "northwire_build_info", version=__version__) == 1


def test_tagging_counts_each_outcome_once_and_each_match_by_its_topic() -> None:
    telemetry = a_tagger()
    telemetry.tagged(Untagged(article()), "articles/0/1", 0.001, NOW)
    telemetry.tagged(Tagged(article(), (match(), match(topic="sanctions"))), "articles/0/2", 0.002, NOW)
    telemetry.tagged(Tagged(article(), (match(),)), "articles/0/3", 0.003, NOW)
    telemetry.tagged(REJECTED, "articles/0/4", 0.004, NOW)
    assert counted(telemetry) == {"tagged": 2, "untagged": 1, "rejected": 1}
    assert value(telemetry, "northwire_matches_total", topic="arctic") == 2
    assert value(telemetry, "northwire_matches_total", topic="sanctions") == 1
    assert value(telemetry, "northwire_rejected_total", reason="not-json") == 1
    assert value(telemetry, "northwire_processing_seconds_count", stage=TAGGING) == 4
    assert value(telemetry, "northwire_processing_seconds_sum", stage=TAGGING) == pytest.approx(0.010)


def test_stories_counts_each_outcome_once_and_alerts_only_when_acknowledged() -> None:
    telemetry = a_desk()
    telemetry.decided(News(alert()), "articles/0/1", 0.001)
    telemetry.decided(Repeat("arctic", "a-1", "s-1", Cause.COPY), "articles/0/2", 0.001)
    telemetry.decided(REJECTED, "articles/0/3", 0.001)
    assert counted(telemetry) == {"news": 1, "repeat": 1, "rejected": 1}
    labels = {"topic": "arctic", "kind": "new", "severity": "low"}
    assert value(telemetry, "northwire_alerts_total", **labels) == 0
    telemetry.alerted(alert(), "articles/0/1", 0.2)
    assert value(telemetry, "northwire_alerts_total", **labels) == 1
    assert value(telemetry, "northwire_alert_latency_seconds_sum", topic="arctic") == pytest.approx(0.2)


def test_a_message_put_aside_after_it_was_counted_is_counted_as_put_aside_alone() -> None:
    telemetry = a_desk()
    telemetry.decided(News(alert()), "articles/0/1", 0.001)
    telemetry.put_aside(Rejected(Reason.UNDELIVERABLE, "too large"), "articles/0/1")
    assert counted(telemetry) == {"news": 1, "repeat": 0, "rejected": 0}
    assert value(telemetry, "northwire_rejected_total", reason="undeliverable") == 1


def test_a_clock_that_runs_back_makes_no_negative_latency() -> None:
    telemetry = a_desk()
    telemetry.alerted(alert(), "articles/0/1", -5.0)
    assert value(telemetry, "northwire_alert_latency_seconds_sum", topic="arctic") == 0


def test_progress_and_restoring_are_told_by_partition() -> None:
    telemetry = a_desk()
    telemetry.progressed("articles.tagged", 3, 1_700_000_000.0)
    telemetry.restored("articles.tagged", 3, 7, 0)
    telemetry.restored("articles.tagged", 4, 1, 1)
    labels = {"kafka_topic": "articles.tagged", "partition": "3"}
    assert value(telemetry, "northwire_last_progress_timestamp_seconds", **labels) == 1_700_000_000.0
    assert value(telemetry, "northwire_restored_articles_total") == 9


def test_every_placement_is_counted_by_what_decided() -> None:
    telemetry = a_desk()
    telemetry.decided(News(alert()), "articles/0/1", 0.001)
    telemetry.decided(Repeat("arctic", "a-1", "s-1", Cause.OLD), "articles/0/2", 0.001)
    counts = {cause: value(telemetry, "northwire_placements_total", cause=cause) for cause in Cause}
    assert {cause for cause, count in counts.items() if count} == {Cause.FIRST, Cause.OLD}


def test_live_stories_are_told_by_topic_until_a_topic_is_gone() -> None:
    telemetry = a_desk()
    telemetry.remembering({"arctic": (2, 5), "sanctions": (1, 1)})
    assert value(telemetry, "northwire_live_stories", topic="arctic") == 2
    assert value(telemetry, "northwire_live_articles", topic="arctic") == 5
    telemetry.remembering({"sanctions": (3, 3)})
    assert value(telemetry, "northwire_live_stories", topic="sanctions") == 3
    assert not [labels for name, labels in samples(telemetry) if ("topic", "arctic") in labels and "live" in name]


def test_an_unreadable_entry_of_the_journal_is_counted_and_told(lines: list[EventDict]) -> None:
    telemetry = a_desk()
    telemetry.unreadable("stories/0/7", Refused(Reason.NOT_JSON, "no"))
    assert value(telemetry, "northwire_journal_unreadable_total") == 1
    assert (lines[0]["event"], lines[0]["origin"]) == ("journal-unreadable", "stories/0/7")


def versions(telemetry: Telemetry) -> set[tuple[str, str]]:
    """The topics and versions that are told to be in force."""
    found = (dict(labels) for name, labels in samples(telemetry) if name == "northwire_topic_info")
    return {(labels["topic"], labels["version"]) for labels in found}


def test_a_reload_is_counted_and_told_and_only_the_versions_in_force_have_a_series(lines: list[EventDict]) -> None:
    telemetry = a_tagger()
    assert versions(telemetry) == {("arctic", "1"), ("sanctions", "7")}
    telemetry.reloaded(topics(arctic="2", seabed="1"))
    assert versions(telemetry) == {("arctic", "2"), ("seabed", "1")}
    assert value(telemetry, "northwire_topics_loaded") == 2
    assert value(telemetry, "northwire_matches_total", topic="seabed") == 0
    assert value(telemetry, "northwire_topic_reloads_total", outcome="loaded") == 1
    (line,) = lines
    assert (line["event"], line["topics"]) == ("topics-reloaded", {"arctic": "2", "seabed": "1"})
    assert (line["added"], line["changed"], line["removed"]) == (["seabed"], ["arctic"], ["sanctions"])


def test_a_refused_reload_is_counted_and_told_and_changes_nothing(lines: list[EventDict]) -> None:
    telemetry = a_tagger()
    telemetry.refused("arctic.yaml:3: no")
    assert versions(telemetry) == {("arctic", "1"), ("sanctions", "7")}
    assert value(telemetry, "northwire_topic_reloads_total", outcome="refused") == 1
    assert value(telemetry, "northwire_topic_reloads_total", outcome="loaded") == 0
    (line,) = lines
    assert (line["event"], line["error"], line["log_level"]) == ("topics-refused", "arctic.yaml:3: no", "warning")


def test_two_workers_in_one_process_count_apart() -> None:
    one, other = a_tagger(), a_tagger()
    one.tagged(REJECTED, "articles/0/1", 0.001, NOW)
    assert counted(other)["rejected"] == 0


def test_a_registry_may_be_given() -> None:
    registry = CollectorRegistry()
    assert Telemetry(TAGGING, registry).registry is registry


def test_sub_topics_and_rules_are_there_from_the_start_counted_once_a_match_and_gone_with_their_topic() -> None:
    telemetry = a_tagger()
    for topic in TOPICS:
        for subtopic in ("ice", "law"):
            assert value(telemetry, "northwire_subtopic_matches_total", topic=topic, subtopic=subtopic) == 0
    verdict = match(*(nouns.evidence("council", at, rule="rule-1") for at in (4, 40)), subtopics=("ice",))
    telemetry.tagged(Tagged(article(), (verdict,)), "articles/0/1", 0.001, NOW)
    assert value(telemetry, "northwire_rule_matches_total", topic="arctic", rule="rule-1") == 1
    assert value(telemetry, "northwire_subtopic_matches_total", topic="arctic", subtopic="ice") == 1
    assert value(telemetry, "northwire_subtopic_matches_total", topic="arctic", subtopic="law") == 0
    telemetry.reloaded(topics(sanctions="8"))
    assert value(telemetry, "northwire_rule_matches_total", topic="arctic", rule="rule-1") is None
    assert value(telemetry, "northwire_subtopic_matches_total", topic="arctic", subtopic="ice") is None
    assert value(telemetry, "northwire_rule_matches_total", topic="sanctions", rule="rule-1") == 0


def test_a_source_counts_by_itself_where_it_is_listed_and_else_with_all_others() -> None:
    tagging, stories = a_tagger(), a_desk()
    for source in ("Harbour Wire", "harbour wire", "Elsewhere", "other", None):
        told = article(source=source)
        tagging.tagged(Untagged(told), "articles/0/1", 0.001, NOW + 60)
        stories.alerted(alert(told=told), "articles/0/1", 0.2)
    for telemetry, name in ((tagging, "northwire_source_articles_total"), (stories, "northwire_source_alerts_total")):
        assert value(telemetry, name, source="Harbour Wire") == 2
        assert value(telemetry, name, source="Northern Courier") == 0
        assert value(telemetry, name, source="other") == 3
    last = "northwire_source_last_article_timestamp_seconds"
    assert value(tagging, last, source="Harbour Wire") == NOW + 60
    assert value(tagging, last, source="Northern Courier") == NOW
    assert value(tagging, last, source="other") is None


def test_the_age_of_an_article_is_what_it_claims_and_never_below_zero() -> None:
    telemetry = a_tagger()
    for hours in (-2, 3):
        told = article(published_at=datetime.fromtimestamp(NOW, UTC) - timedelta(hours=hours))
        telemetry.tagged(Untagged(told), "articles/0/1", 0.001, NOW)
    telemetry.tagged(Untagged(article()), "articles/0/2", 0.001, NOW)
    assert value(telemetry, "northwire_article_age_seconds_count") == 2
    assert value(telemetry, "northwire_article_age_seconds_sum") == 3 * 3600


@pytest.mark.parametrize("build", [a_tagger, a_desk])
def test_a_worker_tells_its_share_and_what_it_holds_at_the_moment_it_is_asked(build: Callable[[], Telemetry]) -> None:
    telemetry, held = build(), [0]
    telemetry.holding(lambda: len(held))
    telemetry.sharing(3)
    telemetry.sharing(2)
    held += [0, 0]
    assert value(telemetry, "northwire_rebalances_total") == 2
    assert value(telemetry, "northwire_assigned_partitions") == 2
    assert value(telemetry, "northwire_inflight_messages") == 3


def test_canaries_are_counted_as_matches_and_alerts_and_as_no_topic_that_is_watched() -> None:
    tagging, stories = a_tagger(), a_desk()
    stories.reaching([*TOPICS, CANARY])
    before = (samples(tagging).keys(), samples(stories).keys())
    verdict = match(topic=CANARY)
    tagging.tagged(Tagged(article(), (verdict,)), "articles/0/1", 0.001, NOW)
    stories.alerted(alert(verdict), "articles/0/1", 0.1)
    assert value(tagging, "northwire_matches_total", topic=CANARY) == 1
    assert value(tagging, "northwire_topics_loaded") == value(stories, "northwire_topics_loaded") == len(TOPICS)
    assert (samples(tagging).keys(), samples(stories).keys()) == before


def test_ten_thousand_hostile_articles_choose_no_label() -> None:
    tagging, stories = a_tagger(), a_desk()
    tagger = Tagger([nouns.topic(nouns.rule("arctic", subtopic="ice"), id="arctic", subtopics={"ice": "Ice"})])
    before = (samples(tagging).keys(), samples(stories).keys())
    desk = Desk()
    for number in range(10_000):
        name = f'{number}"}}\n\x1b[31m{{{chr(0x4E00 + number)}'
        outcome = tag(json.dumps(_hostile(number, name)).encode(), tagger)
        tagging.tagged(outcome, name, 0.001, NOW)
        if isinstance(outcome, Tagged):
            for verdict in outcome.matches:
                placed = nouns.tagged(outcome.article, verdict)
                decided = tell(placed, desk.place(placed, None))
                stories.decided(decided, name, 0.001)
                if isinstance(decided, News):
                    stories.alerted(decided.alert, name, 0.1)
    assert (samples(tagging).keys(), samples(stories).keys()) == before
    assert sum(counted(tagging).values()) == 10_000
    assert min(counted(tagging).values()) > 1_000
    assert counted(stories)["news"] > 20
    assert sum(counted(stories).values()) > 1_000
    assert value(tagging, "northwire_source_articles_total", source="other") == 7_500


def _hostile(number: int, name: str) -> object:
    told = {"id": name, "url": name, "title": name, "body": name, "source": name, "language": name}
    dated = {**told, "published_at": f"{number % 3000:04}-01-01"}
    kinds = [{**dated, "title": f"Arctic {name}"}, told, {**told, name: name, "title": number}, dated]
    return kinds[number % 4]


def test_a_repeat_a_rejection_and_an_alert_are_told_in_the_log_and_the_rest_is_not(lines: list[EventDict]) -> None:
    telemetry = a_desk()
    telemetry.decided(News(alert()), "articles/0/1", 0.001)
    telemetry.decided(Repeat("arctic", "a-1", "s-1", Cause.COPY), "articles/0/2", 0.001)
    telemetry.decided(REJECTED, "articles/0/3", 0.001)
    telemetry.alerted(alert(), "articles/0/1", 0.2)
    a_tagger().tagged(Untagged(article()), "articles/0/9", 0.001, NOW)
    assert [(line["event"], line["origin"]) for line in lines] == [
        ("repeat", "articles/0/2"),
        ("rejected", "articles/0/3"),
        ("alert", "articles/0/1"),
    ]
    assert lines[1]["log_level"] == "warning"
    assert lines[2]["alert_id"] == alert().id


class Broken(Tagger):
    """A tagger with a bug, which says of an article what stands in it."""

    def tag(self, article: Article) -> tuple[Match, ...]:
        raise KeyError(article.body)


def test_the_log_carries_no_text_of_an_article_whatever_becomes_of_it(lines: list[EventDict]) -> None:
    told = article("A parrot title of the Arctic", "A parrot body.", source="A parrot", url="https://parrot.example/")
    raw = encode(told)
    tagger = Tagger([nouns.topic(nouns.rule("arctic"), id="arctic")])
    tagging, stories, desk = a_tagger(), a_desk(), Desk()
    for value, how in (
        (raw, tagger),
        (raw, Broken([])),
        (raw[:-9], tagger),
        (b'{"title": 1, "body": "parrot"}', tagger),
    ):
        tagging.tagged(tag(value, how), "articles/0/1", 0.1, NOW)
    outcome = tag(raw, tagger)
    assert isinstance(outcome, Tagged)
    for _ in range(2):
        placed = nouns.tagged(outcome.article, outcome.matches[0])
        decided = tell(placed, desk.place(placed, None))
        stories.decided(decided, "articles/0/1", 0.2)
        if isinstance(decided, News):
            stories.alerted(decided.alert, "articles/0/1", 0.2)
    assert [line["event"] for line in lines] == ["rejected"] * 3 + ["alert", "repeat"]
    assert lines[0]["error"] == "KeyError"
    assert "parrot" not in str(lines)


def test_an_article_can_be_followed_by_its_id_its_story_and_its_place_in_kafka(lines: list[EventDict]) -> None:
    telemetry = a_desk()
    told = alert()
    telemetry.alerted(told, "articles/0/1", 0.2)
    telemetry.decided(Repeat("arctic", told.article.id, told.story.id, Cause.COPY), "articles/0/2", 0.001)
    for line, origin in zip(lines, ("articles/0/1", "articles/0/2"), strict=True):
        assert (line["article_id"], line["story_id"], line["origin"]) == (told.article.id, told.story.id, origin)
