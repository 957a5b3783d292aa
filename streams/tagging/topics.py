"""A topic as an analyst writes it: a YAML file of weighted rules and exclusions."""

from typing import Annotated, cast

import msgspec
import yaml
from msgspec import Meta, Struct

from streams.errors import TopicFileError
from streams.tagging.folding import fold

TOPIC_FILE_LIMIT = 1024 * 1024
"""Characters in a topic file."""

_DEEPEST = 8

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]
Term = Annotated[str, Meta(min_length=2, max_length=200)]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """Terms that say the same about an article.

    Each distinct term found adds `weight` to the score, once. With `needs_context` a term counts
    only in the title or within the topic's `context_within` words of another term of the topic.
    """

    id: Slug
    terms: Annotated[tuple[Term, ...], Meta(min_length=1)]
    weight: Annotated[float, Meta(gt=0, le=10)]
    subtopic: Slug | None = None
    needs_context: bool = False
    case_sensitive: bool = False


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """A subject that is watched. It fires on an article whose score reaches the threshold."""

    id: Slug
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    version: Annotated[str, Meta(min_length=1, max_length=64)]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]
    threshold: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    context_within: Annotated[int, Meta(ge=1, le=200)] = 20
    exclusions: tuple[Term, ...] = ()


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Safe YAML without repeated keys (no rule silently replaced), whose errors say where."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        mapping: dict[object, object] = super().construct_mapping(node, deep=deep)
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return mapping


def parse_topic(text: str, name: str) -> Topic:
    """The topic in a file's text. Raises `TopicFileError` that names the file, the place, the mend."""
    if len(text) > TOPIC_FILE_LIMIT:
        raise TopicFileError(f"{name}: a topic file may have {TOPIC_FILE_LIMIT} characters, this one is longer")
    try:
        _refuse_tricks(text)
        topic = msgspec.convert(yaml.load(text, _Loader), Topic)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        where = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TopicFileError(f"{name}{where}: {error.problem or 'this is not YAML'}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise TopicFileError(f"{name}: {' '.join(str(error).split())}") from None
    _check(topic, name)
    return topic


def _refuse_tricks(text: str) -> None:
    """No aliases (they make bombs), no tags (they make objects), no depths (they end the C loader)."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if trick := _trick(event, depth):
            raise yaml.MarkedYAMLError(problem=trick, problem_mark=cast("yaml.Mark", event.start_mark))


def _trick(event: yaml.Event, depth: int) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "aliases are not allowed"
    if getattr(event, "tag", None):
        return "tags are not allowed"
    return "this is nested too deeply" if depth > _DEEPEST else None


def _check(topic: Topic, name: str) -> None:
    seen: set[str] = set()
    for rule in topic.rules:
        if rule.id in seen:
            raise TopicFileError(f"{name}: two rules have the id {rule.id!r}; rename one")
        seen.add(rule.id)
    owners: dict[str, str] = {}
    for rule in topic.rules:
        for term in rule.terms:
            if other := owners.get(_spelling(term, rule)):
                raise TopicFileError(f"{name}: the term {term!r} stands in {other!r} and {rule.id!r}; keep one")
            owners[_spelling(term, rule)] = rule.id
    for term in (*(term for rule in topic.rules for term in rule.terms), *topic.exclusions):
        if not any(character.isalnum() for character in term):
            raise TopicFileError(f"{name}: the term {term!r} has neither letter nor digit, so it cannot match")


def _spelling(term: str, rule: Rule) -> str:
    return term if rule.case_sensitive else fold(term)
