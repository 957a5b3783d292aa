"""The query language of topic files: text in, a tree out, or an error that names the place.

docs/topics.md says what each form means. The terms of the language are those of Factiva and
LexisNexis; words that follow one another are a phrase, as there.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken
from msgspec.structs import replace

from streams.tagging.query import (
    MOST_PHRASES,
    AllOf,
    AnyOf,
    AtLeast,
    Near,
    Phrase,
    Query,
    Within,
    Without,
    depth_of,
    nested,
    phrases_of,
)
from streams.tagging.words import is_unspaced, is_wordly

LONGEST = 2_000
"""Characters in a query."""

DEEPEST = 16

FARTHEST = 50
"""Steps that NEAR may reach."""

MOST_TIMES = 100
SHORTEST_PREFIX = 3
"""Characters before the asterisk, in scripts that put blanks between words."""


_WORDS = re.compile(r"\S+")
_ASTERISK = f"an asterisk stands behind a word of at least {SHORTEST_PREFIX} characters"
_NAMES = {
    "WORD": "a word",
    "QUOTED": 'a "phrase"',
    "LPAR": "(",
    "RPAR": ")",
    "_AND": "AND",
    "_OR": "OR",
    "_NOT": "NOT",
    "NEAR": "NEAR/5",
    "ONEAR": "ONEAR/5",
    "FIELD": "title: or lede:",
    "_CASE": "case:",
    "ATLEAST": "ATLEAST/2",
    "$END": "the end",
}
"""How the terminals of the grammar are told to people."""

_HABITS = (
    (re.compile(r"(?i)(o?near|adj|within)/?[0-9]+|(w|n|pre|~)/[0-9]+"), "write NEAR/5 or ONEAR/5 in capitals"),
    (re.compile(r"(?i)atleast/?[0-9]+"), "write ATLEAST/2 in capitals"),
    (re.compile(r"(AND|OR|NOT)?/[0-9]+"), "write NEAR/5 or ONEAR/5"),
    (re.compile(r"[+-]\w.*"), "write AND or NOT"),
    (re.compile(r".*[?!~]+"), "write * for the rest of a word"),
)
"""Operators of other tools."""

_MISTAKES = tuple(
    (re.compile(wrong), problem)
    for wrong, problem in (
        (r"O?NEAR(?!/[0-9]+(?![^\s()]))", "NEAR needs a distance, such as NEAR/5"),
        (r"ATLEAST(?!/[0-9]+(?![^\s()]))", "ATLEAST needs a number, such as ATLEAST/2"),
        (r'["“”][^"“”]*$', "this quotation mark is never closed"),
        (r"[^\s()\"“”:*]*\*", _ASTERISK + ", at its end"),
        (r"NOT\b", "NOT needs something before it: say first what to find"),
        (r"[^\s()\"“”:*]*:", "a colon stands after title, lede or case; elsewhere it needs quotation marks"),
    )
)


class QueryError(ValueError):
    """A query is not one. `position` is the offset of the character at fault."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(f"at character {position + 1}: {problem}")
        self.problem = problem
        self.position = position


@lru_cache(maxsize=1 << 17)
def parse(text: str) -> Query:
    """The query that a text writes. Raises `QueryError`."""
    if len(text) > LONGEST:
        raise QueryError(f"a query may have {LONGEST:,} characters, this one has {len(text):,}", LONGEST)
    try:
        query = cast("Query", _parser().parse(text))
    except (UnexpectedCharacters, UnexpectedToken) as error:
        raise _explain(error, text) from None
    if (depth := depth_of(query)) > DEEPEST:
        raise QueryError(f"a query may nest {DEEPEST} deep, this one nests {depth}: make several of it", 0)
    if sum(1 for _ in phrases_of(query)) > MOST_PHRASES:
        raise QueryError(f"a query may hold {MOST_PHRASES} words and phrases: make several of it", 0)
    return query


class _Builder(Transformer[Token, Query]):
    """Builds the tree while the text is parsed, so that no depth of parentheses costs stack."""

    def start(self, parts: list[Query]) -> Query:
        return parts[0]

    def phrase(self, words: list[Token]) -> Query:
        for word in words:
            _check_habit(word)
        return _phrase([(str(word), word.start_pos or 0) for word in words], 0)

    def quoted(self, tokens: list[Token]) -> Query:
        (quoted,) = tokens
        start = quoted.start_pos or 0
        return _phrase([(word[0], start + 1 + word.start()) for word in _WORDS.finditer(quoted[1:-1])], start)

    def any_of(self, parts: list[Query]) -> Query:
        left, right = parts
        return AnyOf((*(left.parts if isinstance(left, AnyOf) else (left,)), right))

    def all_of(self, parts: list[Query]) -> Query:
        left, right = parts
        return AllOf((*(left.parts if isinstance(left, AllOf) else (left,)), right))

    def without(self, parts: list[Query]) -> Query:
        return Without(*parts)

    def near(self, parts: list[Any]) -> Query:
        left, operator, right = parts
        for part in (left, right):
            _check_operand(part, operator)
        return Near(left, right, _number(operator, FARTHEST), ordered=operator.type == "ONEAR")

    def within(self, parts: list[Any]) -> Query:
        field, part = parts
        return Within(field[:-1], part)

    def exact(self, parts: list[Query]) -> Query:
        return _exact(parts[0])

    def at_least(self, parts: list[Any]) -> Query:
        times, part = parts
        return AtLeast(_number(times, MOST_TIMES), part)


@cache
def _parser() -> Lark:
    grammar = files("streams.tagging").joinpath("query.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), cache=False)


def _phrase(words: list[tuple[str, int]], start: int) -> Query:
    """The phrase that these words make, each with its place; words with an asterisk inside it part it."""
    pieces: list[Phrase] = []
    piece: list[str] = []
    for word, place in words:
        stem = word.removesuffix("*")
        _check_word(stem, place, prefix=stem != word)
        piece.append(stem)
        if stem != word:
            pieces.append(Phrase(" ".join(piece), prefix=True))
            piece = []
    if piece:
        pieces.append(Phrase(" ".join(piece)))
    if not pieces:
        raise QueryError("there is nothing between these quotation marks", start)
    query: Query = pieces[0]
    for following in pieces[1:]:
        query = Near(query, following, 1, ordered=True)
    return query


def _check_habit(word: Token) -> None:
    """Refuses what is an operator elsewhere and would be a word here; within quotation marks it is one."""
    for habit, mend in _HABITS:
        if habit.fullmatch(word):
            raise QueryError(f"{str(word)!r} would be a word here: {mend}, or quote it", word.start_pos or 0)


def _check_word(word: str, place: int, *, prefix: bool) -> None:
    if "*" in word:
        raise QueryError(f"{_ASTERISK}, at its end", place + word.index("*"))
    if not any(character.isalnum() for character in word):
        raise QueryError(f"{word!r} has neither letter nor digit, so it matches nothing", place)
    shortest = 1 if any(map(is_unspaced, word)) else SHORTEST_PREFIX
    if prefix and (len(word) < shortest or not is_wordly(word[-1])):
        raise QueryError(f"{_ASTERISK}; {word!r} would find too much", place)


def _exact(query: Query) -> Query:
    match query:
        case Phrase():
            return replace(query, exact=True)
        case AnyOf(parts) | AllOf(parts):
            return type(query)(tuple(map(_exact, parts)))
        case Without(wanted, unwanted):
            return Without(_exact(wanted), _exact(unwanted))
        case Near(left, right):
            return replace(query, left=_exact(left), right=_exact(right))
        case Within(_, part) | AtLeast(_, part):
            return replace(query, part=_exact(part))


def _number(operator: Token, most: int) -> int:
    name, _, digits = operator.partition("/")
    if len(digits) > len(str(most)) or not 1 <= int(digits) <= most:
        raise QueryError(f"{name} takes a number from 1 to {most}", (operator.start_pos or 0) + len(name) + 1)
    return int(digits)


def _check_operand(part: Query, operator: Token) -> None:
    for inner in nested(part):
        if isinstance(inner, AllOf | Without | AtLeast):
            names = {AllOf: "AND", Without: "NOT", AtLeast: "ATLEAST"}
            raise QueryError(
                f"{operator} takes words, phrases and OR groups on both sides, not {names[type(inner)]}",
                operator.start_pos or 0,
            )


def _explain(error: UnexpectedCharacters | UnexpectedToken, text: str) -> QueryError:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    place = len(text) if at_end else cast("int", error.pos_in_stream)
    for wrong, problem in _MISTAKES:
        if wrong.match(text, place):
            return QueryError(problem, place)
    allowed = (error.accepts if isinstance(error, UnexpectedToken) else error.allowed) or ()
    *expected, last = (name for terminal, name in _NAMES.items() if terminal in allowed)
    found = _WORDS.match(text, place)
    choice = f"{', '.join(expected)} or {last}" if expected else last
    return QueryError(f"expected {choice}, found {found[0]!r}" if found else f"expected {choice}, found the end", place)
