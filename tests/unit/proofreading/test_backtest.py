"""Backtests: what topics would have found in an archive, and what another version of them would have."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from streams.model import Article
from streams.proofreading.backtest import LONGEST_SPAN, Backtest
from streams.proofreading.grades import Labels
from streams.proofreading.report import Report, TopicRecord
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from tests.unit.nouns import article, rule, topic

COUNCIL = rule("Arctic Council", "Arctic Economic Council")
BARE = rule("Arctic", "krill", weight=0.4)
NOW = topic(COUNCIL, BARE, version="2")
BEFORE = topic(COUNCIL)


def told(name: str, body: str, day: str | None = "2026-11-09") -> Article:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    return article("", body, id=name, published_at=published)


ARCHIVE = [
    told("a", "The Arctic Council met.", "2025-11-30"),
    told("b", "Krill off the Arctic, the Arctic.", "2026-01-02"),
    told("c", "Nothing of note.", "2026-01-03"),
    told("d", "Krill.", None),
]


def reported(
    archive: Iterable[Article],
    now: Topic = NOW,
    before: Topic | None = None,
    labels: Labels | None = None,
    shown: int = 20,
) -> Report:
    run = Backtest([now], [before] if before else None, labels, shown)
    for each in archive:
        run.read(each)
    return run.report()


def record(*arguments: object, **named: object) -> TopicRecord:
    (only,) = reported(*arguments, **named).topics  # type: ignore[arg-type]
    return only


def test_articles_are_counted_by_month_without_a_gap() -> None:
    report = reported(ARCHIVE)
    assert (report.articles, report.undated) == (4, 1)
    assert report.months == ("2025-11", "2025-12", "2026-01")
    assert report.volume == (1, 0, 2)
    assert report.topics[0].now.months == (1, 0, 1)
    assert report.topics[0].now.fired == 2


def test_dates_that_are_absurd_do_not_make_a_list_of_all_months_between() -> None:
    report = reported([told("a", "x", "1900-01-01"), told("b", "x", "9999-12-31")])
    assert report.months == ("1900-01", "9999-12")
    assert LONGEST_SPAN < 8099 * 12


def test_nothing_read_is_a_report_of_nothing() -> None:
    report = reported([])
    assert (report.articles, report.months, report.topics[0].now.fired) == (0, (), 0)


def test_what_each_rule_and_term_contributes() -> None:
    council, bare = record(ARCHIVE).rules
    assert (council.found, council.fired, council.alone) == (1, 1, 1)
    assert council.terms == {"Arctic Council": 1, "Arctic Economic Council": 0}
    assert (bare.found, bare.fired, bare.alone) == (2, 1, 1)
    assert bare.terms == {"Arctic": 1, "krill": 2}


def test_a_rule_without_which_the_topic_would_fire_as_well_is_not_alone() -> None:
    council, bare = record([told("a", "The Arctic Council and the krill.")]).rules
    assert (council.alone, bare.alone) == (1, 0)


def test_without_another_version_there_is_nothing_gained_or_lost() -> None:
    only = record(ARCHIVE)
    assert (only.before, only.gained, only.lost, only.version_before) == (None, None, None, None)


def test_what_only_the_new_version_finds_is_gained_and_what_only_the_old_one_finds_is_lost() -> None:
    forth, back = record(ARCHIVE, NOW, BEFORE), record(ARCHIVE, BEFORE, NOW)
    assert forth.gained
    assert forth.lost
    assert back.gained
    assert back.lost
    assert forth.before
    assert (forth.version_before, forth.version, forth.before.fired, forth.now.fired) == ("1", "2", 1, 2)
    assert (forth.gained.articles, forth.lost.articles) == (1, 0)
    assert (back.gained.articles, back.lost.articles) == (0, 1)
    (gained,), (lost,) = forth.gained.sample, back.lost.sample
    assert gained.clipping == lost.clipping
    assert gained.clipping.id == "b"
    assert (gained.score_before, gained.score) == (0, lost.score_before)
    assert gained.clipping.rules == ("rule-2",)


def test_a_topic_that_only_one_version_has_is_told_as_such() -> None:
    run = Backtest([topic(COUNCIL, id="new")], [topic(COUNCIL, id="old")])
    run.read(ARCHIVE[0])
    new, old = run.report().topics
    assert (new.topic, new.version, new.version_before) == ("new", "1", None)
    assert (old.topic, old.version, old.version_before) == ("old", None, "1")
    assert new.gained
    assert old.lost
    assert (new.gained.articles, old.lost.articles) == (1, 1)


@given(st.permutations(range(30)), st.integers(0, 10))
def test_the_same_few_changes_are_shown_in_whatever_order_articles_come(order: list[int], shown: int) -> None:
    archive = [told(f"a-{number}", "Krill, Arctic, krill.", f"2026-01-{number + 1:02}") for number in range(30)]
    forth = record(archive, NOW, BEFORE, shown=shown)
    shuffled = record([archive[number] for number in order], NOW, BEFORE, shown=shown)
    assert forth.gained == shuffled.gained
    assert forth.gained
    assert (forth.gained.articles, len(forth.gained.sample)) == (30, shown)


LABELS: Labels = {"a": {"watched": 2}, "b": {"watched": 0}, "c": {"watched": 2}, "d": {"watched": 1, "other": 2}}


def test_labels_score_the_topic_and_each_of_its_rules() -> None:
    report = reported(ARCHIVE, labels=LABELS)
    (only,) = report.topics
    assert (report.labelled, report.absent) == (4, ())
    assert only.now.score
    assert (only.now.score.right, only.now.score.wrong, only.now.score.missed) == (1, 1, 1)
    assert (only.now.score.passing_fired, only.now.score.passing) == (0, 1)
    council, bare = (one.score for one in only.rules)
    assert council
    assert bare
    assert (council.precision, council.recall, council.f1) == (1.0, 0.5, 0.667)
    assert (bare.precision, bare.recall) == (0.0, 0.0)
    assert [one.id for one in only.wrong] == ["b"]
    assert [one.id for one in only.missed] == ["c"]


def test_both_versions_are_scored() -> None:
    only = record(ARCHIVE, NOW, BEFORE, LABELS)
    assert only.now.score
    assert only.before
    assert only.before.score
    assert (only.now.score.wrong, only.before.score.wrong) == (1, 0)


def test_labels_of_articles_that_were_not_read_are_named() -> None:
    report = reported(ARCHIVE[:1], labels=LABELS)
    assert (report.labelled, report.absent) == (1, ("b", "c", "d"))


def test_of_an_article_read_twice_the_last_reading_is_scored_as_in_a_table_by_id() -> None:
    only = record([told("a", "Nothing."), told("a", "The Arctic Council met.")], labels={"a": {"watched": 2}})
    assert only.now.score
    assert (only.now.score.right, only.now.score.missed) == (1, 0)


@given(st.lists(st.lists(st.sampled_from(["Arctic", "Council", "krill", "fox", "."]), max_size=8), max_size=6))
def test_a_backtest_fires_on_what_the_tagger_fires_on(bodies: list[list[str]]) -> None:
    archive = [told(f"a-{number}", " ".join(words)) for number, words in enumerate(bodies)]
    fired = sum(bool(Tagger([NOW]).tag(each)) for each in archive)
    assert record(archive).now.fired == fired


def test_without_another_version_some_articles_that_fire_are_shown() -> None:
    only = record(ARCHIVE)
    assert [one.id for one in only.sample] == ["a", "b"]
    assert [one.score for one in only.sample] == [Tagger([NOW]).tag(each)[0].score for each in ARCHIVE[:2]]
    assert len(record(ARCHIVE, shown=1).sample) == 1
    assert record(ARCHIVE, shown=0).sample == ()
    assert record(ARCHIVE, NOW, BEFORE).sample == ()
