"""What docs/topics.md says is so."""

import re
from pathlib import Path

import pytest

from streams.errors import TopicFileError
from streams.model import Article
from streams.tagging.language import parse
from streams.tagging.tagger import Tagger
from streams.tagging.text import LEDE_LENGTH
from streams.tagging.topics import Example, Topic, parse_topic
from streams.tagging.weighing import UNDAMPED

GUIDE = (Path(__file__).parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")
FIRST_TOPIC = next(text for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "lithium" in text)


def fires(topic: Topic, example: str | Example) -> bool:
    told = example if isinstance(example, Example) else Example(body=example)
    return bool(Tagger([topic]).tag(Article("1", told.title, told.body)))


def test_the_first_topic_holds_what_its_examples_promise() -> None:
    topic = parse_topic(FIRST_TOPIC, "lithium.yaml")
    assert len(topic.examples.match) == len(topic.examples.no_match) + 1 == 2
    assert all(fires(topic, example) for example in topic.examples.match)
    assert not any(fires(topic, example) for example in topic.examples.no_match)


@pytest.mark.parametrize("query", re.findall(r"^\| `([^`]+)` \| [^|]*\|$", GUIDE.split("## Rules")[0], re.MULTILINE))
def test_every_query_of_the_table_is_one(query: str) -> None:
    parse(query)


def test_the_error_that_is_shown_is_the_one_that_is_given() -> None:
    shown = re.search(r"^    my-topics/lithium\.yaml:(.*)$", GUIDE, re.MULTILINE)
    assert shown
    wrong = FIRST_TOPIC.replace("lithium NEAR/10 (", "lithium NEAR (")
    with pytest.raises(TopicFileError) as refusal:
        parse_topic(wrong, "my-topics/lithium.yaml")
    assert str(refusal.value) == shown[0].strip()


def test_the_bounds_that_are_named_are_those_that_hold() -> None:
    assert f"the first {LEDE_LENGTH} characters" in GUIDE
    assert f"beyond {UNDAMPED:,} characters" in GUIDE
