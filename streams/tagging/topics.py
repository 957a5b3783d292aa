"""A topic as an analyst writes it: a YAML file of weighted rules and exclusions."""

from typing import Annotated

import msgspec
import yaml
from msgspec import Meta, Struct

from streams.errors import TopicFileError
from streams.tagging.folding import fold

TOPIC_FILE_LIMIT = 1024 * 1024
"""Characters in a topic file."""

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
    threshold: Annotated[float, Meta(gt=0)] = 1.0
    context_within: Annotated[int, Meta(ge=1, le=200)] = 20
    exclusions: tuple[Term, ...] = ()


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Safe YAML without aliases (no bombs) and without repeated keys (no rule silently replaced)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)  # type: ignore[no-any-return]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        mapping: dict[object, object] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            mark = node.start_mark
            raise yaml.MarkedYAMLError(problem="a key is given twice", problem_mark=mark)
        return mapping


def parse_topic(text: str, name: str) -> Topic:
    """The topic in a file's text. Raises `TopicFileError` that names the file, the place, the mend."""
    if len(text) > TOPIC_FILE_LIMIT:
        raise TopicFileError(f"{name}: a topic file may have {TOPIC_FILE_LIMIT} characters, this one is longer")
    try:
        topic = msgspec.convert(yaml.load(text, _Loader), Topic)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        where = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TopicFileError(f"{name}{where}: {error.problem or 'this is not YAML'}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise TopicFileError(f"{name}: {error}") from None
    _check(topic, name)
    return topic


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
    for term in (*owners, *topic.exclusions):
        if not any(character.isalnum() for character in term):
            raise TopicFileError(f"{name}: the term {term!r} has neither letter nor digit, so it cannot match")


def _spelling(term: str, rule: Rule) -> str:
    return term if rule.case_sensitive else fold(term)
