"""The contracts in writing: JSON Schemas from the models, the AsyncAPI document around them, and the metrics.

`python -m streams.contracts` writes them, and with `--check` says whether what is written is current.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from streams import __version__
from streams.errors import Reason
from streams.metrics import page
from streams.model import Alert, Kind, News, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from streams.tagging.hints import HINTS
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Rule, Topic
from streams.wire import IncomingArticle, encode

ROOT = Path(__file__).parents[1]
"""The repository: the documents belong to it and to no installed package."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Document = dict[str, Any]

_MODELS: Mapping[str, tuple[type[msgspec.Struct], str]] = {
    "article": (IncomingArticle, "An article to be watched"),
    "tagged": (TaggedArticle, "A tagged article"),
    "placement": (Placement, "What was decided on a tagged article"),
    "alert": (Alert, "An alert"),
    "topic": (Topic, "A topic file"),
}
_ARRIVED = datetime(2026, 11, 9, 7, 40, 1, 250_000, UTC)
_NUMBER = {"pattern": "^[0-9]+$"}
_HEAD = "# Written by `python -m streams.contracts`: change the models, not this file.\n"


class _Header(NamedTuple):
    """A header as it is described: UTF-8, with whatever limits it more."""

    description: str
    example: str
    limits: Mapping[str, Any] = {}
    always: bool = True


def main(arguments: Sequence[str]) -> str | None:
    """Writes the documents, or checks them; a sentence where they are stale, for `sys.exit`."""
    if arguments == ["--check"]:
        if names := stale(ROOT):
            return f"{' and '.join(names)} must be written anew: run `python -m streams.contracts` and commit them."
        return None
    if arguments:
        return "usage: python -m streams.contracts [--check]"
    for name, text in documents().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return None


def stale(root: Path) -> list[str]:
    """The documents under a folder that are missing or not what the models say."""
    return [name for name, text in documents().items() if not _holds(root / name, text)]


def documents() -> dict[str, str]:
    """The text of every document, by its path in the repository; the same models give the same text."""
    schemas = {f"streams/schemas/{name}.json": _pretty(schema(name)) for name in _MODELS}
    without_anchors = msgspec.json.decode(msgspec.json.encode(asyncapi()))
    described = yaml.safe_dump(without_anchors, sort_keys=False, allow_unicode=True, width=110)
    return {**schemas, "docs/asyncapi.yaml": _HEAD + described, "docs/metrics.md": page()}


def schema(name: str) -> _Document:
    """The JSON Schema of a message, `article`, `tagged` or `alert`, or of a topic file: `topic`."""
    model, title = _MODELS[name]
    (root,), definitions = msgspec.json.schema_components([model])
    for model_name, definition in definitions.items():
        definition["description"] = cleandoc(definition.get("description", ""))
        for key, hint in HINTS.get(model_name, {}).items():
            definition["properties"][key]["description"] = hint
    own = definitions.pop(root["$ref"].rpartition("/")[2])
    head = {"$schema": DIALECT, "$id": f"https://northwire.example/schemas/{name}.json"}
    described: _Document = {**head, **own, "title": title}
    return {**described, "$defs": dict(sorted(definitions.items()))} if definitions else described


def asyncapi() -> _Document:
    """The AsyncAPI document: the Kafka topics, who sends what on them, and an example of each message."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Northwire",
            "version": __version__,
            "description": (
                "A streaming news monitor: articles in, alerts about the Arctic, sanctions and arms control out, "
                "with proof.\nDelivery is at least once. Ids are derived, so that a message delivered twice is the "
                "same to the byte; remove duplicates by `id`."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "127.0.0.1:9092",
                "protocol": "kafka",
                "description": "The brokers of `NORTHWIRE_BOOTSTRAP_SERVERS`.",
            }
        },
        "channels": {
            "articles": _channel("articles", "article", "Articles to be watched, put there by anyone."),
            "tagged": _channel("articles.tagged", "tagged", "One message for each article and topic that fired on it."),
            "rejected": {
                **_channel("articles.rejected", "rejected", "What could not be handled, whole, and why."),
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in ("rejected", "receipt")},
            },
            "alerts": {
                **_channel("alerts.{topic}", "alert", "The alerts of one topic, for anyone to subscribe to."),
                "parameters": {
                    "topic": {"description": "The id of a topic.", "examples": ["arctic", "sanctions", "arms-control"]}
                },
            },
            "stories": _channel(
                "stories", "placement", "The journal of the stories worker: what it decided, and what it remembers."
            ),
            "topics": _channel("topics", "topic", "What is watched: compacted, the last file of each topic in force."),
        },
        "operations": {
            "push": _operation("send", "topics", "topic", "`northwire topics push` publishes what has changed."),
            "watch": _operation(
                "receive",
                "topics",
                "topic",
                "Tagging workers take topics from there with `NORTHWIRE_TOPICS_FROM=kafka`.",
            ),
            "tag": _operation("receive", "articles", "article", "The tagging worker reads articles."),
            "forward": _operation("send", "tagged", "tagged", "The tagging worker forwards those that fired a topic."),
            "place": _operation("receive", "tagged", "tagged", "The stories worker places them in stories."),
            "journal": _operation("send", "stories", "placement", "The stories worker keeps what it decides."),
            "restore": _operation("receive", "stories", "placement", "The stories worker reads it when it starts."),
            "alert": _operation("send", "alerts", "alert", "The stories worker publishes an alert for each story."),
            "reject": _operation("send", "rejected", "rejected", "Either worker puts aside what it cannot handle."),
            "resubmit": _operation("send", "rejected", "receipt", "`northwire rejected resubmit` notes what it sent."),
        },
        "components": {"messages": _messages()},
    }


def _messages() -> dict[str, _Document]:
    article, tagged, alert, placement = _examples()
    milliseconds = str(int(_ARRIVED.timestamp() * 1000))
    json_content = _Header("The media type of the value.", "application/json", {"const": "application/json"})
    origin = _Header("Where the article was read, as `topic/partition/offset`.", "articles/0/41")
    article_time = _Header("When the article came to Kafka, in milliseconds since 1970.", milliseconds, _NUMBER)
    return {
        "article": _message(
            "An article",
            "JSON of at most 4 MiB, its body at most 1 MiB. Unknown fields are ignored.",
            key="The article's id; any key will do, and none.",
            payload=_schema("article"),
            example=article,
        ),
        "tagged": _message(
            "A tagged article",
            "The cleaned article and one topic's match. Spans are offsets into the cleaned text.",
            key="The topic's id.",
            headers={
                "content-type": json_content,
                "northwire-origin": origin,
                "northwire-article-time": article_time,
            },
            payload=_schema("tagged"),
            example=tagged,
        ),
        "placement": _message(
            "A placement",
            "What was decided on one message of `articles.tagged`, in the partition with the same number.",
            key="The story's id.",
            headers={
                "content-type": json_content,
                "northwire-tagged-offset": _Header("The offset of that message.", "7", _NUMBER),
            },
            payload=_schema("placement"),
            example=placement,
        ),
        "rejected": _message(
            "A rejected message",
            "The original bytes untouched.",
            key="The original key, or none.",
            headers={
                "reason": _Header("Why.", Reason.WRONG_SHAPE.value, {"enum": [reason.value for reason in Reason]}),
                "error": _Header("The same in words.", "Expected `str`, got `int` - at `$.title`"),
                "kafka_topic": _Header("The Kafka topic it was read from.", "articles"),
                "partition": _Header("The partition it was read from.", "0", _NUMBER),
                "offset": _Header("Its offset there.", "42", _NUMBER),
                "time": _Header("Its timestamp there, in milliseconds since 1970.", milliseconds, _NUMBER),
                "northwire-origin": origin._replace(always=False),
                "northwire-article-time": article_time._replace(always=False),
            },
            payload={"description": "Whatever was sent; it need not be JSON, nor text."},
            example={"title": 20261109, "body": "A spreadsheet got in the way."},
        ),
        "receipt": _message(
            "A receipt",
            "Says that a rejected message was sent once more; it has no value.",
            key="`resubmitted/` and the offset.",
            headers={"resubmitted": _Header("The offset of that message on `articles.rejected`.", "7", _NUMBER)},
            payload={"type": "null"},
            example=None,
        ),
        "alert": _message(
            "An alert",
            "A CloudEvent in binary mode, whose value is the alert.",
            key="The story's id.",
            headers={
                "content-type": json_content,
                "ce_specversion": _Header("The version of CloudEvents.", "1.0", {"const": "1.0"}),
                "ce_id": _Header("The alert's id.", alert["id"]),
                "ce_type": _Header(
                    "What kind of alert it is.",
                    f"northwire.alert.{alert['kind']}",
                    {"enum": [f"northwire.alert.{kind.value}" for kind in Kind]},
                ),
                "ce_source": _Header("Who says so.", "/northwire/stories", {"const": "/northwire/stories"}),
                "ce_subject": _Header("The story's id.", alert["story"]["id"]),
                "ce_time": _Header("When the article came to Kafka.", _ARRIVED.isoformat(), {"format": "date-time"}),
                "northwire-origin": origin,
            },
            payload=_schema("alert"),
            example=alert,
        ),
        "topic": {
            **_message(
                "A topic file",
                "The text of a topic file; without a value, the topic is watched no more.",
                key="The topic's id, as in the file.",
                payload={"type": "string", "description": "YAML in UTF-8, as docs/topics.md describes it."},
                example="id: seabed\ntitle: Seabed mining\nversion: '1'\nrules: […]\n",
            ),
            "contentType": "application/yaml",
        },
    }


def _examples() -> list[_Document]:
    """An article, and what really becomes of it under a small topic."""
    article: _Document = {
        "id": "hw-20261109-arctic-council",
        "url": "https://harbour-wire.example/hw-20261109-arctic-council",
        "title": "Arctic Council agrees first joint drill since 2021",
        "body": "Arctic Monkeys played in Tromsø while the Arctic Council agreed on a drill off Svalbard.",
        "source": "Harbour Wire",
        "published_at": "2026-11-09T07:40:00Z",
        "language": "en",
    }
    council = Rule(id="council", terms=("Arctic Council",), weight=1.2, subtopic="governance")
    word = Rule(id="the-word", terms=("Arctic",), weight=0.6, needs_context=True)
    topic = Topic(id="arctic", title="The Arctic", version="1", rules=(council, word), exclusions=("Arctic Monkeys",))
    outcome = tag(encode(article), Tagger([topic]))
    assert isinstance(outcome, Tagged)
    tagged = TaggedArticle(outcome.article, outcome.matches[0])
    placement = Desk().place(tagged, _ARRIVED)
    told = tell(tagged, placement)
    assert isinstance(told, News)
    return [msgspec.to_builtins(each) for each in (article, tagged, told.alert, placement)]


def _channel(address: str, message: str, description: str) -> _Document:
    return {
        "address": address,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _operation(action: str, channel: str, message: str, summary: str) -> _Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _schema(name: str) -> _Document:
    return {
        "schemaFormat": "application/schema+json;version=draft-2020-12",
        "schema": {"$ref": f"../streams/schemas/{name}.json"},
    }


def _message(
    title: str,
    summary: str,
    *,
    key: str,
    payload: _Document,
    example: _Document | str | None,
    headers: Mapping[str, _Header] | None = None,
) -> _Document:
    message: _Document = {
        "title": title,
        "summary": summary,
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": "0.5.0"}},
        "payload": payload,
        "examples": [{"payload": example}],
    }
    if headers:
        described = {
            name: {"type": "string", "description": header.description, **header.limits}
            for name, header in headers.items()
        }
        required = [name for name, header in headers.items() if header.always]
        message["headers"] = {"type": "object", "required": required, "properties": described}
        message["examples"] = [
            {"headers": {name: header.example for name, header in headers.items()}, "payload": example}
        ]
    return message


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _pretty(document: _Document) -> str:
    """The text of a schema, with the end of a text as ECMA-262 writes it in patterns."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode().replace('\\\\Z"', '$"') + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
