"""The JSON Schemas: current, sound, and true of real messages in both directions."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from msgspec import Struct

from streams import wire
from streams.contracts import DIALECT, documents, main, stale
from streams.errors import Reason, Refused
from streams.model import TaggedArticle
from streams.stories.placement import decode_placement
from tests.contract.conftest import Road
from tests.contract.formats import committed, validator

NAMES = ["article", "tagged", "placement", "alert", "topic"]


def test_what_is_committed_is_what_the_models_say() -> None:
    assert main(["--check"]) is None


def test_what_is_stale_is_named_in_one_sentence_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.contracts.ROOT", tmp_path)
    assert len(stale(tmp_path)) == len(documents()) == 7
    assert main([]) is None
    assert stale(tmp_path) == []
    (tmp_path / "streams" / "schemas" / "alert.json").write_text("{}", encoding="utf-8")
    (tmp_path / "docs" / "asyncapi.yaml").unlink()
    said = main(["--check"]) or ""
    assert said.startswith("streams/schemas/alert.json and docs/asyncapi.yaml must be written anew")
    assert "`python -m streams.contracts`" in said
    assert "\n" not in said


def test_an_unknown_argument_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.contracts.ROOT", tmp_path)
    assert "usage" in (main(["--chekc"]) or "")
    assert list(tmp_path.iterdir()) == []


def test_the_same_models_give_the_same_text() -> None:
    assert documents() == documents()


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_sound_and_says_what_it_is(name: str) -> None:
    schema = committed(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["$id"].endswith(f"/{name}.json")
    assert schema["title"]
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["description"]
        assert "    " not in part["description"]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_schemas_share_an_id(name: str) -> None:
    assert [committed(other)["$id"] for other in NAMES].count(committed(name)["$id"]) == 1


def test_every_accepted_sample_is_an_article_by_the_schema(road: Road) -> None:
    assert len(road.accepted) > 20
    for raw in road.accepted:
        validator("article").validate(json.loads(raw))


def test_the_sample_of_the_wrong_shape_is_none_by_the_schema_either(road: Road) -> None:
    (raw,) = (raw for raw, rejected in road.rejected if rejected.reason is Reason.WRONG_SHAPE)
    assert not validator("article").is_valid(json.loads(raw))


def test_every_tagged_article_of_the_samples_is_one_by_the_schema(road: Road) -> None:
    assert len(road.tagged) > 15
    for outcome, verdict in road.tagged:
        validator("tagged").validate(json.loads(wire.encode(TaggedArticle(outcome.article, verdict))))


def test_every_alert_of_the_samples_is_one_by_the_schema(road: Road) -> None:
    assert len(road.alerts) > 15
    for alert in road.alerts:
        validator("alert").validate(json.loads(wire.encode(alert)))


def test_every_placement_of_the_samples_is_one_by_the_schema_and_survives_the_journal(road: Road) -> None:
    assert {placement.kind is None for placement in road.placements} == {True, False}
    for placement in road.placements:
        written = wire.encode(placement)
        validator("placement").validate(json.loads(written))
        assert decode_placement(written) == placement


def test_a_date_that_is_none_is_caught_by_the_schema(road: Road) -> None:
    message = json.loads(wire.encode(road.alerts[0]))
    for claim in ("yesterday", "2026-11-09", "2026-02-30T00:00:00Z", "2026-11-09T12:00:00"):
        message["article"]["published_at"] = claim
        assert not validator("alert").is_valid(message)
        with pytest.raises(Refused, match="published_at"):
            wire.decode_alert(json.dumps(message).encode())


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), st.just([]), st.just({}), st.text(max_size=5)
)


@given(
    st.dictionaries(
        st.sampled_from(["id", "url", "title", "body", "source", "published_at", "fetched_at", "language", "x"]),
        st.text(max_size=5) | VALUES,
    )
)
def test_an_article_has_the_right_shape_by_the_decoder_where_it_has_by_the_schema(fields: dict[str, Any]) -> None:
    try:
        wire.decode_article(json.dumps(fields).encode())
        shaped = True
    except Refused as refusal:
        shaped = refusal.reason is Reason.EMPTY
    assert validator("article").is_valid(fields) == shaped


Decode = Callable[[bytes], object]

TAG = ("schema",)
"""A decoder of messages of one kind takes its absence for that kind."""


def _places(value: Any, *before: str | int) -> list[tuple[str | int, ...]]:
    """The path of every value in a message."""
    if isinstance(value, dict):
        inner = [place for name, one in value.items() for place in _places(one, *before, name)]
    elif isinstance(value, list):
        inner = [place for number, one in enumerate(value) for place in _places(one, *before, number)]
    else:
        inner = []
    return [before, *inner] if before else inner


@settings(max_examples=300)
@given(st.data())
def test_a_field_that_is_gone_or_of_another_type_fails_the_schema_and_the_decoder_alike(
    road: Road, data: st.DataObject
) -> None:
    messages: list[tuple[str, Decode, Struct]] = [
        *(("tagged", wire.decode_tagged, TaggedArticle(outcome.article, verdict)) for outcome, verdict in road.tagged),
        *(("placement", decode_placement, placement) for placement in road.placements),
        *(("alert", wire.decode_alert, alert) for alert in road.alerts),
    ]
    name, decode, noun = messages[data.draw(st.integers(0, len(messages) - 1))]
    raw = wire.encode(noun)
    message = json.loads(raw)
    *path, last = data.draw(st.sampled_from([place for place in _places(message) if place != TAG]))
    changed = copy.deepcopy(message)
    holder = changed
    for step in path:
        holder = holder[step]
    if data.draw(st.booleans()):
        del holder[last]
    else:
        holder[last] = data.draw(VALUES)
    try:
        decode(json.dumps(changed).encode())
        accepted = True
    except Refused:
        accepted = False
    assert validator(name).is_valid(changed) == accepted
