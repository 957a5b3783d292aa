"""The load of the stack and of the drills is a day like any other: copies, some news, nothing to put aside."""

import json
from collections import Counter
from itertools import islice

from streams.model import News, Tagged, TaggedArticle, Untagged
from streams.pipeline import tag, tell
from streams.settings import read_settings
from streams.stories.desk import Desk
from streams.watchlist import load_tagger
from tests.clusters.load import news, samples, sources


def test_alerts_keep_coming_in_every_topic_and_most_articles_wake_nobody() -> None:
    tagger, desk = load_tagger(read_settings()), Desk()
    stream = news("run")
    for _ in range(4):
        told: Counter[str] = Counter()
        for article in islice(stream, 300):
            outcome = tag(json.dumps(article).encode(), tagger)
            assert isinstance(outcome, Tagged | Untagged)
            for match in outcome.matches if isinstance(outcome, Tagged) else ():
                event = TaggedArticle(outcome.article, match)
                told[match.topic if isinstance(tell(event, desk.place(event, None)), News) else "nobody"] += 1
        assert {"arctic", "sanctions", "arms-control"} < told.keys()
        assert 10 < told.total() - told["nobody"] < told.total() / 3


def test_no_article_has_the_id_of_another_run() -> None:
    first, second = ({article["id"] for article in islice(news(run), 100)} for run in ("first", "second"))
    assert len(first | second) == 200


def test_who_writes_the_articles_can_be_watched() -> None:
    assert {article["source"] for article in samples()} == set(sources())
