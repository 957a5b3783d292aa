"""The sample articles of the demo come to what they were written for."""

from dataclasses import dataclass, field
from importlib.resources import files

import pytest

from streams.errors import Reason
from streams.model import Article, Cause, Kind, Match, News, Rejected, Repeat, Tagged, TaggedArticle, Untagged
from streams.pipeline import tag, tell
from streams.stories.desk import Desk, arrival_of
from streams.tagging.tagger import Tagger
from tests.unit.nouns import spans

TOPICS = {
    "hw-20261109-arctic-council": {"arctic"},
    "tb-20261109-eu-package": {"sanctions"},
    "mr-20261109-start": {"arms-control"},
    "nc-20261109-arctic-drill": {"arctic"},
    "hw-20261109-opcw": {"arms-control"},
    "tb-20261109-designations": {"sanctions"},
    "nc-20261109-nsr": {"arctic"},
    "pa-88213": {"sanctions"},
    "ap-20261109-rescue": {"arctic"},
    "ap-20261109-greenland": {"arctic"},
    "mr-20261109-mines": {"arms-control"},
    "tb-20261109-chips": {"sanctions"},
    "fw-20261109-gala": {"arctic"},
    "hw-20261110-assets": {"sanctions"},
    "ap-20261110-iran": {"arms-control", "sanctions"},
    "hw-20261110-nsr": {"arctic"},
    "nc-20261110-base": {"arctic"},
    "fw-20261110-herders": {"arctic"},
    "mr-20261110-hypersonic": {"arms-control"},
    "tb-20261110-relief": {"arms-control", "sanctions"},
    "hw-20261110-summit": {"arms-control"},
}
DECOYS = {
    "nl-20261109-gig",
    "dl-20261109-cold",
    "sg-20261109-fifa",
    "cl-20261109-auction",
    "cb-20261109-senate",
    "zn-20261109-penguins",
    "cb-20261109-salt",
    "cb-20261110-gun",
    "nl-20261110-swift",
}
REPEATS = {
    "nc-20261109-arctic-drill": ("hw-20261109-arctic-council", Cause.REPEAT),
    "pa-88213": ("tb-20261109-designations", Cause.COPY),
    "mr-20261109-start": ("mr-20261109-start", Cause.SEEN),
}
"""The articles that wake nobody, with their originals."""

DEVELOPMENTS = {
    "ap-20261109-rescue": ("hw-20261109-arctic-council", Kind.UPDATE, Cause.OUTLETS),
    "hw-20261110-nsr": ("nc-20261109-nsr", Kind.UPDATE, Cause.FIGURES),
    "hw-20261110-assets": ("hw-20261110-assets", Kind.CORRECTED, Cause.REVISION),
}
"""The articles by which a story goes on, with those that opened it."""


@dataclass
class Told:
    """What became of the samples, in order."""

    articles: dict[str, Article] = field(default_factory=dict)
    matches: dict[str, tuple[Match, ...]] = field(default_factory=dict)
    rejected: list[tuple[bytes, Rejected]] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)


@pytest.fixture(scope="module")
def told(shipped_tagger: Tagger) -> Told:
    told, desk = Told(), Desk()
    for line in (files("streams") / "samples" / "articles.ndjson").read_bytes().splitlines():
        outcome = tag(line, shipped_tagger)
        match outcome:
            case Rejected():
                told.rejected.append((line, outcome))
            case Untagged(article):
                told.articles[article.id] = article
            case Tagged(article, matches):
                told.articles[article.id], told.matches[article.id] = article, matches
                for verdict in matches:
                    tagged = TaggedArticle(article, verdict)
                    match tell(tagged, desk.place(tagged, arrival_of(article))):
                        case News() as news:
                            told.news.append(news)
                        case Repeat() as repeat:
                            told.repeats.append(repeat)
    return told


def test_there_are_about_thirty_samples_and_each_is_spoken_for_here(told: Told) -> None:
    assert told.articles.keys() == TOPICS.keys() | DECOYS
    assert 28 <= len(told.articles) + len(told.rejected) <= 35


@pytest.mark.parametrize("name", TOPICS)
def test_a_sample_fires_the_topics_it_was_written_for(told: Told, name: str) -> None:
    assert {match.topic for match in told.matches[name]} == TOPICS[name]


@pytest.mark.parametrize("name", sorted(DECOYS))
def test_a_decoy_fires_nothing(told: Told, name: str) -> None:
    assert name not in told.matches


def test_the_two_broken_lines_are_rejected_each_for_its_reason(told: Told) -> None:
    assert [(rejected.reason, b"broken" in line) for line, rejected in told.rejected] == [
        (Reason.NOT_JSON, True),
        (Reason.WRONG_SHAPE, False),
    ]


def test_the_paraphrased_the_copied_and_the_redelivered_article_are_the_only_repeats(told: Told) -> None:
    opened = {news.alert.story.id: news.alert.article.id for news in told.news if news.alert.kind is Kind.NEW}
    assert {repeat.article_id: (opened[repeat.story_id], repeat.cause) for repeat in told.repeats} == REPEATS


def test_the_third_outlet_a_new_figure_and_a_correction_are_told_under_the_story_they_belong_to(told: Told) -> None:
    opened = {news.alert.story.id: news.alert.article.id for news in told.news if news.alert.kind is Kind.NEW}
    alerts = [news.alert for news in told.news if news.alert.kind is not Kind.NEW]
    assert {one.article.id: (opened[one.story.id], one.kind, one.cause) for one in alerts} == DEVELOPMENTS


def test_all_others_are_stories_of_their_own(told: Told) -> None:
    joined = {name for name, (opener, *_) in (REPEATS | DEVELOPMENTS).items() if name != opener}
    opened = {(news.alert.topic, news.alert.article.id) for news in told.news if news.alert.kind is Kind.NEW}
    assert opened == {(topic, name) for name, topics in TOPICS.items() if name not in joined for topic in topics}


def test_every_topic_alerts_loudly_and_quietly(told: Told) -> None:
    topics = {news.alert.topic for news in told.news}
    assert topics == {"arctic", "sanctions", "arms-control"}
    assert {news.alert.severity.value for news in told.news} == {"low", "medium", "high", "critical"}


def test_no_two_alerts_share_an_id(told: Told) -> None:
    assert len({news.alert.id for news in told.news}) == len(told.news) == 22


def test_the_band_at_the_council_is_excluded_and_the_council_is_not(told: Told) -> None:
    (match,) = told.matches["fw-20261109-gala"]
    assert {exclusion.excluded_by for exclusion in match.excluded} == {"Arctic Monkeys"}
    assert match.score >= match.threshold


def test_the_scraped_copy_is_cleaned_to_the_letter_of_the_original(told: Told) -> None:
    assert told.articles["pa-88213"].body == told.articles["tb-20261109-designations"].body


def test_hostile_and_careless_samples_are_presentable(told: Told) -> None:
    assert told.articles["nc-20261110-base"].title.startswith("URGENT Norway")
    assert "Japan & Netherlands" in told.articles["tb-20261109-chips"].title
    assert told.articles["mr-20261110-hypersonic"].published_at is None
    assert told.articles["fw-20261110-herders"].published_at is None


def test_every_span_of_every_sample_is_the_text_it_points_at(told: Told) -> None:
    for name, matches in told.matches.items():
        for match in matches:
            assert sum(span.weight for span in match.why) == pytest.approx(match.score, abs=0.0005)
            for span in spans(match):
                assert getattr(told.articles[name], span.field)[span.start : span.end] == span.text


def test_every_alert_shows_its_weightiest_evidence(told: Told) -> None:
    for alert in (news.alert for news in told.news):
        best = max((span for span in alert.why if span.field == "body"), key=lambda span: span.weight)
        start = best.start - alert.article.extract_start
        assert alert.article.extract[start : start + len(best.text)] == best.text
