"""The AsyncAPI document: well formed, and true of what the workers send.

No package of ours ships the official JSON Schema of AsyncAPI 3.0 (npm's `@asyncapi/specs` does), so
the parts of the specification that are used here are checked by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import yaml
from faust.types import EventT
from jsonschema import Draft202012Validator

from streams import __version__, wire
from streams.contracts import ROOT
from streams.errors import Reason
from streams.kafka import deliveries, journal, layout, rejections, stories, tagging
from streams.kafka.deliveries import Outgoing
from streams.model import Rejected, TaggedArticle
from streams.settings import Settings
from tests.contract.conftest import Road
from tests.contract.formats import FORMATS, validator

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]

ALLOWED = {
    "root": {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"},
    "info": {"title", "version", "description", "license"},
    "server": {"host", "protocol", "description"},
    "channel": {"address", "description", "messages", "parameters"},
    "parameter": {"description", "examples"},
    "operation": {"action", "channel", "summary", "messages"},
    "message": {"title", "summary", "contentType", "headers", "payload", "bindings", "examples"},
    "kafka message binding": {"key", "bindingVersion"},
    "multi-format schema": {"schemaFormat", "schema"},
}
"""The fields of the specification that the document uses; another one is a slip of the pen."""


@dataclass
class Message:
    """What Faust knows of a Kafka message."""

    topic: str = "articles"
    partition: int = 3
    offset: int = 41
    timestamp: float = 1794210001.25
    key: bytes | None = b"a-1"
    value: bytes | None = b"{}"


@dataclass
class Event:
    """What an agent is handed."""

    message: Message = field(default_factory=Message)
    headers: Mapping[str, bytes] = field(default_factory=dict)


def event(message: Message | None = None, headers: Mapping[str, bytes] | None = None) -> EventT[bytes]:
    return cast("EventT[bytes]", Event(message or Message(), headers or {}))


def resolve(reference: str) -> Any:
    file, _, path = reference.partition("#")
    found: Any = json.loads((ROOT / "docs" / file).read_text(encoding="utf-8")) if file else DOCUMENT
    for step in path.strip("/").split("/") if path else ():
        found = found[step]
    return found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []


def parts(kind: str) -> list[dict[str, Any]]:
    channels = DOCUMENT["channels"].values()
    return {
        "root": [DOCUMENT],
        "info": [DOCUMENT["info"]],
        "server": list(DOCUMENT["servers"].values()),
        "channel": list(channels),
        "parameter": [one for channel in channels for one in channel.get("parameters", {}).values()],
        "operation": list(DOCUMENT["operations"].values()),
        "message": list(MESSAGES.values()),
        "kafka message binding": [message["bindings"]["kafka"] for message in MESSAGES.values()],
        "multi-format schema": [one["payload"] for one in MESSAGES.values() if "schemaFormat" in one["payload"]],
    }[kind]


@pytest.mark.parametrize("kind", ALLOWED)
def test_each_part_has_only_fields_of_the_specification(kind: str) -> None:
    assert parts(kind)
    for part in parts(kind):
        assert part.keys() <= ALLOWED[kind]


def test_the_document_is_of_asyncapi_three_and_of_this_version() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"]["version"] == __version__


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert len(found) >= 15
    for reference in found:
        assert resolve(reference)


def test_every_operation_is_of_a_message_of_its_own_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_every_message_is_carried_by_a_channel_and_every_channel_is_used() -> None:
    carried = {one["$ref"].rpartition("/")[2] for channel in parts("channel") for one in channel["messages"].values()}
    assert carried == MESSAGES.keys()
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in parts("operation")}
    assert used == DOCUMENT["channels"].keys()


def test_the_channels_are_the_kafka_topics_of_the_layout() -> None:
    addresses = {channel["address"].replace("{topic}", "arctic") for channel in parts("channel")}
    assert addresses == {topic.name for topic in layout.layout(Settings(), ["arctic"])}


def test_the_document_has_no_anchors_for_its_readers_to_follow() -> None:
    text = (ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")
    assert not [token for token in yaml.scan(text) if isinstance(token, yaml.AliasToken | yaml.AnchorToken)]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_example_is_an_example_of_what_it_is_for(name: str) -> None:
    (example,) = MESSAGES[name]["examples"]
    if "headers" in MESSAGES[name]:
        check_headers(name, {header: value.encode() for header, value in example["headers"].items()})
    if "schemaFormat" in MESSAGES[name]["payload"]:
        validator(name).validate(example["payload"])


@pytest.mark.parametrize("name", ["article", "tagged", "placement", "alert"])
def test_a_payload_is_described_by_its_own_schema(name: str) -> None:
    assert resolve(MESSAGES[name]["payload"]["schema"]["$ref"])["$id"].endswith(f"/{name}.json")


def check_headers(name: str, sent: Mapping[str, bytes]) -> None:
    """No header is sent that is not described, and none is missing that always comes."""
    described = MESSAGES[name]["headers"]
    Draft202012Validator.check_schema(described)
    assert set(described["required"]) <= sent.keys() <= described["properties"].keys()
    read = {header: value.decode() for header, value in sent.items()}
    Draft202012Validator(described, format_checker=FORMATS).validate(read)


def check_address(name: str, outgoing: Outgoing) -> None:
    (address,) = (channel["address"] for channel in parts("channel") if name in channel["messages"])
    topic = outgoing.kafka_topic.removeprefix("alerts.")
    assert outgoing.kafka_topic == address.replace("{topic}", topic)


def test_what_the_tagging_worker_forwards_is_as_described(road: Road) -> None:
    for outcome, verdict in road.tagged:
        outgoing = tagging._forward(event(), outcome, verdict)
        check_address("tagged", outgoing)
        check_headers("tagged", outgoing.headers)
        assert outgoing.key == verdict.topic.encode()
        assert wire.decode_tagged(outgoing.value) == TaggedArticle(outcome.article, verdict)


def test_what_the_stories_worker_publishes_is_as_described(road: Road) -> None:
    outcome, verdict = road.tagged[0]
    came = tagging._forward(event(), outcome, verdict)
    for alert in road.alerts:
        outgoing = stories._publish(event(Message("articles.tagged", 0, 7), came.headers), alert)
        check_address("alert", outgoing)
        check_headers("alert", outgoing.headers)
        assert outgoing.key == alert.story.id.encode()
        assert wire.decode_alert(outgoing.value) == alert
        assert outgoing.headers["ce_id"] == alert.id.encode()
        assert outgoing.headers["ce_subject"] == alert.story.id.encode()
        assert outgoing.headers["northwire-origin"] == b"articles/3/41"
        assert outgoing.headers["ce_time"] == b"2026-11-09T07:40:01.250000+00:00"


def test_an_alert_on_a_tagged_article_of_unknown_origin_has_all_its_headers(road: Road) -> None:
    outgoing = stories._publish(event(Message("articles.tagged", 0, 7)), road.alerts[0])
    check_headers("alert", outgoing.headers)
    assert outgoing.headers["northwire-origin"] == b"articles.tagged/0/7"


def test_what_the_stories_worker_journals_is_as_described(road: Road) -> None:
    for offset, placement in enumerate(road.placements):
        outgoing = journal.write_entry(3, journal.Entry(offset, placement))
        check_address("placement", outgoing)
        check_headers("placement", outgoing.headers)
        assert (outgoing.partition, outgoing.key) == (3, placement.story.id.encode())


def test_a_tagged_article_that_is_put_aside_keeps_its_trail_and_what_was_sent_again_has_a_receipt() -> None:
    came = event(headers={"northwire-origin": b"articles/3/41", "northwire-article-time": b"1794210001250", "x": b"y"})
    outgoing = deliveries._rejection(came, Rejected(Reason.FAILED, "because"))
    check_headers("rejected", outgoing.headers)
    assert outgoing.headers.keys() == MESSAGES["rejected"]["headers"]["properties"].keys()
    receipt = rejections.receipt(7)
    check_address("receipt", receipt)
    check_headers("receipt", receipt.headers)
    assert receipt.value is None


@pytest.mark.parametrize("reason", Reason)
def test_what_is_put_aside_is_as_described_and_whole(reason: Reason) -> None:
    cause = Message(key=b"\xff", value=b"\x00\xff not JSON")
    outgoing = deliveries._rejection(event(cause), Rejected(reason, "because"))
    check_address("rejected", outgoing)
    check_headers("rejected", outgoing.headers)
    assert (outgoing.key, outgoing.value) == (cause.key, cause.value)


def test_an_error_too_long_or_not_text_is_put_aside_all_the_same() -> None:
    outgoing = deliveries._rejection(event(), Rejected(Reason.FAILED, "\ud800" * 100_000))
    check_headers("rejected", outgoing.headers)
    assert len(outgoing.headers["error"]) <= 1000


def test_the_headers_make_a_cloudevent_in_binary_mode(road: Road) -> None:
    """Kafka protocol binding for CloudEvents 1.0.2, section 3.2: required attributes, each after `ce_`."""
    headers = stories._publish(event(), road.alerts[0]).headers
    assert headers["ce_specversion"] == b"1.0"
    assert {"ce_id", "ce_source", "ce_type", "content-type"} <= headers.keys()
    assert all(headers.values())
