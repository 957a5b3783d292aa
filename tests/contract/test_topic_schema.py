"""The JSON Schema of a topic file: what an editor accepts is what Northwire reads."""

from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st

from streams.errors import TopicFileError
from streams.tagging.topics import parse_topic
from tests.contract.formats import committed, validator

SMALLEST: dict[str, Any] = {
    "id": "lithium",
    "title": "Lithium",
    "version": "1",
    "rules": [{"id": "mines", "weight": 1.0, "terms": ["lithium mine*"]}],
}


def is_read(topic: dict[str, Any]) -> bool:
    try:
        parse_topic(yaml.safe_dump(topic), "lithium.yaml")
    except TopicFileError:
        return False
    return True


@pytest.mark.parametrize("name", ["arctic", "arms-control", "sanctions"])
def test_the_shipped_topics_are_topics_by_the_schema(name: str) -> None:
    text = (files("streams") / "topics" / f"{name}.yaml").read_text(encoding="utf-8")
    validator("topic").validate(yaml.safe_load(text))


def test_every_key_has_something_to_say_to_whoever_points_at_it() -> None:
    schema = committed("topic")
    for part in (schema, *schema["$defs"].values()):
        for key, described in part["properties"].items():
            assert described["description"], key


def test_patterns_are_such_as_editors_understand() -> None:
    assert "\\Z" not in str(committed("topic"))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["a", "a-b", "A", "a--b", "", "x" * 65, 7]),
            "title": st.sampled_from(["", "Lithium", "x" * 201, 1.5]),
            "version": st.sampled_from(["1", 1, ""]),
            "threshold": st.sampled_from([0, 0.1, 1000, 1001, "1"]),
            "damping": st.sampled_from([0, -1, 10, 11, True]),
            "context_within": st.sampled_from([0, 1, 200, 201, 1.5]),
            "subtopics": st.sampled_from([{}, {"a": "A"}, {"A": "a"}, {"a": ""}, []]),
            "exclusions": st.sampled_from([[], ["lithium tablets"], [7], "x"]),
            "examples": st.sampled_from(
                [{}, {"match": ["a", {"body": "b"}]}, {"no_match": [{"text": "b"}]}, {"match": [1]}, []]
            ),
            "colour": st.just("red"),
        },
    )
)
def test_a_file_has_the_right_shape_by_the_schema_where_it_is_read(changes: dict[str, Any]) -> None:
    topic = {**SMALLEST, **changes}
    assert validator("topic").is_valid(topic) == is_read(topic)


@pytest.mark.parametrize("missing", SMALLEST)
def test_what_is_required_is_required_by_the_schema_too(missing: str) -> None:
    topic = {key: value for key, value in SMALLEST.items() if key != missing}
    assert not validator("topic").is_valid(topic)
    assert not is_read(topic)
