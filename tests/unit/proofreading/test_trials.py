"""Trials: the examples of a topic, tried on it."""

from streams.proofreading.trials import trials
from streams.tagging.topics import Example, Examples
from tests.unit.nouns import rule, topic


def test_each_example_is_tried_and_numbered_within_its_kind() -> None:
    examples = Examples(
        match=("The Arctic Council met.", "A fox."), no_match=(Example("Arctic Council", "x"), "A fox.")
    )
    tried = list(trials(topic(rule("Arctic Council"), examples=examples)))
    assert [(each.kind, each.number, each.passed) for each in tried] == [
        ("match", 1, True),
        ("match", 2, False),
        ("no_match", 1, False),
        ("no_match", 2, True),
    ]


def test_what_is_found_and_not_enough_is_told() -> None:
    (trial,) = trials(topic(rule("Arctic", weight=0.4), examples=Examples(match=("The Arctic.",))))
    assert trial.verdict is not None
    assert not trial.passed
    assert trial.verdict.match.score == 0.6


def test_an_example_is_cleaned_as_an_article_is() -> None:
    (trial,) = trials(topic(rule("Arctic Council"), examples=Examples(match=("The <b>Arctic</b>\u00a0Council met.",))))
    assert trial.article.body == "The Arctic Council met."
    assert trial.passed
