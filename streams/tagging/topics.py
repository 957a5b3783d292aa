"""A topic as an analyst writes it: a YAML file of weighted rules, exclusions and examples."""

import re
from collections.abc import Iterator
from typing import Annotated, cast
from unicodedata import category

import msgspec
import yaml
from msgspec import Meta, Struct

from streams.errors import TopicFileError
from streams.tagging.folding import fold
from streams.tagging.language import LONGEST, QueryError, parse
from streams.tagging.mends import mend
from streams.tagging.query import AllOf, AtLeast, Phrase, Query, Without, nested

TOPIC_FILE_LIMIT = 1024 * 1024
"""Characters in a topic file."""

CANARY = "canary"
"""The id of the topic that is built in, and that no file may take."""

_DEEPEST = 8

_MOST_PROBLEMS = 20
_GLIMPSE = 40

_PLACE = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`\Z")
_STEP = re.compile(r"\.(?P<key>[A-Za-z_]\w*)|\[(?P<index>\d+)\]")
_UNKNOWN = re.compile(r"unknown field `(?P<key>.*?)`(?: - at|\Z)")
_OPERATOR = re.compile(r"(?:^|[\s():])(?:AND|OR|NOT|O?NEAR/\d+|ATLEAST/\d+)(?=[\s()]|$)")

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]
Term = Annotated[str, Meta(min_length=1, max_length=LONGEST, description="A word, a phrase or a whole query")]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Weight = Annotated[float, Meta(gt=0, le=10)]
Boost = Annotated[float, Meta(ge=1, le=10)]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """Terms that say the same about an article; each that is found adds the weight.

    With `needs_context` a term counts only in the title or within the topic's `context_within` steps
    of another term of the topic.
    """

    id: Slug
    terms: Annotated[tuple[Term, ...], Meta(min_length=1)]
    weight: Weight
    subtopic: Slug | None = None
    needs_context: bool = False


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that a topic is tried on."""

    title: str = ""
    body: str = ""


class Examples(Struct, frozen=True, forbid_unknown_fields=True):
    """Texts on which a topic must fire, and texts on which it must not."""

    match: tuple[str | Example, ...] = ()
    no_match: tuple[str | Example, ...] = ()


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """A subject that is watched. It fires on an article whose score reaches the threshold.

    What the numbers do to the score stands in docs/topics.md.
    """

    id: Slug
    title: Line
    version: Annotated[str, Meta(min_length=1, max_length=64)]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]
    threshold: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    context_within: Annotated[int, Meta(ge=1, le=200)] = 20
    title_boost: Boost = 2.0
    lede_boost: Boost = 1.5
    damping: Annotated[float, Meta(ge=0, le=10)] = 0.35
    subtopics: dict[Slug, Line] = {}
    exclusions: tuple[Term, ...] = ()
    examples: Examples = Examples()


_SHAPES: tuple[tuple[re.Pattern[str], type[Struct]], ...] = (
    (re.compile(r"\.rules\[\d+\]"), Rule),
    (re.compile(r"\.examples"), Examples),
    (re.compile(r"\.examples\.\w+\[\d+\]"), Example),
)
"""What stands at which path of a file; elsewhere, the topic."""


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
    """The topic in a file's text. Raises `TopicFileError` that names the file, each line, each mend."""
    if len(text) > TOPIC_FILE_LIMIT:
        raise TopicFileError(f"{name}: a topic file may have {TOPIC_FILE_LIMIT} characters, this one is longer")
    root: yaml.Node | None = None
    try:
        _refuse_tricks(text)
        loader = _Loader(text)
        root = loader.get_single_node()
        topic = msgspec.convert(loader.construct_document(root) if root else None, Topic)
    except yaml.MarkedYAMLError as error:
        where = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TopicFileError(f"{name}{where}: {error.problem or 'this is not YAML'}{_hint(text, error)}") from None
    except msgspec.ValidationError as error:
        raise TopicFileError(f"{name}{_misshapen(str(error), root)}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise TopicFileError(f"{name}: {' '.join(str(error).split())}") from None
    problems = [f"{name}{_line(_at(root, path))}: {problem}" for path, problem in _problems(topic, root)]
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        raise TopicFileError(*problems[:_MOST_PROBLEMS], *([f"{name}: and {more:,} more"] if more > 0 else []))
    return topic


def _misshapen(problem: str, root: yaml.Node | None) -> str:
    """Where in the file a value is not as msgspec wants it, and the mend."""
    place = _PLACE.search(problem)
    path = place["path"] if place else ""
    node = _at(root, path)
    value = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else "a value"
    shape = next((shape for pattern, shape in _SHAPES if pattern.fullmatch(path)), Topic)
    if unknown := _UNKNOWN.search(problem):
        node = next((key for key, _ in getattr(node, "value", ()) if key.value == unknown["key"]), node)
    *_, key = "", *(step["key"] for step in _STEP.finditer(path) if step["key"])
    return f"{_line(node)}: {mend(problem, key, value[:_GLIMPSE], shape.__struct_fields__)}"


def _hint(text: str, error: yaml.MarkedYAMLError) -> str:
    """What to do where a value goes on after its closing quotation mark."""
    if mark := error.problem_mark:
        line = text.splitlines()[mark.line : mark.line + 1]
        if line and line[0][: mark.column].rstrip().endswith('"'):
            return "; a term that begins with a quotation mark stands in single quotes: '\"a phrase\" NEAR/5 word'"
    return ""


def _at(root: yaml.Node | None, path: str) -> yaml.Node | None:
    """What a path such as `.rules[2].terms[0]` leads to; as far as it leads."""
    node = root
    for step in _STEP.finditer(path):
        match node:
            case yaml.MappingNode():
                node = next((value for key, value in node.value if key.value == step["key"]), node)
            case yaml.SequenceNode() if step["index"]:
                node = node.value[int(step["index"])]
    return node


def _line(node: yaml.Node | None) -> str:
    return f":{node.start_mark.line + 1}" if node else ":1"


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


def _problems(topic: Topic, root: yaml.Node | None) -> Iterator[tuple[str, str]]:
    """What the shape of a file does not forbid and yet is wrong: where, and the sentence."""
    if topic.id == CANARY:
        yield ".id", f"the id {CANARY!r} is reserved for what Northwire sends itself; choose another"
    for key in ("title", "version"):
        if any(category(character) == "Cc" for character in getattr(topic, key)):
            yield f".{key}", f"`{key}` holds a control character; take it out"
    yield from _problems_of_rules(topic, root)
    yield from _problems_of_exclusions(topic, root)


def _problems_of_rules(topic: Topic, root: yaml.Node | None) -> Iterator[tuple[str, str]]:
    owners: dict[object, str] = {}
    ids: set[str] = set()
    for number, rule in enumerate(topic.rules):
        here = f".rules[{number}]"
        if rule.id in ids:
            yield here, f"two rules have the id {rule.id!r}; rename one"
        ids.add(rule.id)
        if rule.subtopic and rule.subtopic not in topic.subtopics:
            yield f"{here}.subtopic", f"the sub-topic {rule.subtopic!r} is not under `subtopics`"
        for place, term in enumerate(rule.terms):
            there = f"{here}.terms[{place}]"
            query = _query(term, _at(root, there))
            if isinstance(query, str):
                yield there, f"rule {rule.id!r}, in the term {term!r}{query}"
                continue
            same = _same(query)
            if other := owners.get(same):
                both = f"twice in the rule {rule.id!r}" if other == rule.id else f"in {other!r} and {rule.id!r}"
                yield there, f"the term {term!r} stands {both}; keep one"
            owners[same] = rule.id


def _problems_of_exclusions(topic: Topic, root: yaml.Node | None) -> Iterator[tuple[str, str]]:
    for place, term in enumerate(topic.exclusions):
        there = f".exclusions[{place}]"
        query = _query(term, _at(root, there))
        if isinstance(query, str):
            yield there, f"in the exclusion {term!r}{query}"
        elif any(isinstance(part, AllOf | Without | AtLeast) for part in nested(query)):
            problem = f"the exclusion {term!r} has no place in the text: use NEAR instead of AND, NOT or ATLEAST"
            yield there, problem


def _query(term: str, node: yaml.Node | None) -> Query | str:
    """The query that a term writes, or why it is none."""
    if getattr(node, "style", None) == '"' and not set('"“”') & set(term) and _OPERATOR.search(term):
        phrase = "'\"" + term.replace("'", "''") + "\"'"
        return f": YAML took the quotation marks: write {phrase} for the phrase, or leave them away for the operators"
    try:
        return parse(term)
    except QueryError as error:
        return f" {error}"


def _same(query: Query) -> object:
    """What two terms have in common that find the same."""
    if isinstance(query, Phrase) and not query.exact:
        return fold(query.words), query.prefix
    return query
