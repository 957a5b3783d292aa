"""Numbers as facts: which figures an article gives, and which numbers name a thing.

“14 dead” is a figure, and can change while the story goes on. “The 14th package” is a name: whoever
writes of the 15th writes of something else.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from streams.tagging.folding import fold_case

OPENING = 300
"""Characters of the body in which a figure is news, and not detail."""

MOST_FIGURES = 64
_LEAST = 3
_ABOUT = 0.03
"""Figures that differ by less than this share of one another are the same figure, rounded."""

_SMALL = (
    *("three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_SPELLED = {word: float(value) for value, word in enumerate(_SMALL, 3)} | {
    "dozen": 12.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
}
_ORDINALS = {
    word: str(value)
    for value, word in enumerate(
        (
            *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
            *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
            *("eighteenth", "nineteenth", "twentieth"),
        ),
        1,
    )
}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9, "crore": 1e7}
_NUMBERED = (
    *("package", "round", "tranche", "resolution", "regulation", "directive", "order", "decree", "flight", "session"),
    *("summit", "protocol"),
)
"""Things that go by a number."""

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
_WORD = re.compile(r"[^\W\d_]+")
_UNIT = re.compile(r"[ -]((?!(?:of|and|or|to|in|on|at|by|for|the|a|an|from|per)\b)[^\W\d_]+)")
_DURATIONS = frozenset(
    f"{unit}{ending}"
    for unit in ("second", "minute", "hour", "day", "week", "month", "year", "decade")
    for ending in ("", "s")
)
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_SCALE = re.compile(rf"[ -]?({'|'.join(_SCALES)})\b")
_NOT_AFTER = re.compile(rf".*(?:[\w.,:/–-]|\bage[ds]? |\b{_MONTH}[a-z]*\.? )", re.DOTALL)
_NOT_BEFORE = re.compile(rf"[^\W\d]|[–-]\d|(?:,| of)? ?\b{_MONTH}[a-z]*\b|[ -][ap]\.?m\b|[ -]years?[ -]old")
"""What makes a number a name, a date, a time of day, an age, or a part of a score or a range."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_LONGEST = 15
_BACK = 14
_NEAR = 40
_SPELLED_AS = {word: re.compile(rf"\b{word}\b") for word in _SPELLED}
_THINGS = {thing: re.compile(rf"\b{thing}s?\b") for thing in _NUMBERED}
_ORDINAL = re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)|({'|'.join(_ORDINALS)}))[ -](?:[^\W\d]+[ -]){{0,2}}\Z")
_FOLLOWING = re.compile(r" (?:no\.? ?|number )?(\d+(?:/\d+)?)\b")


class Facts(NamedTuple):
    """Figures in order of size, and things to the numbers they go by, such as `package` to `14`."""

    figures: tuple[float, ...]
    designations: Mapping[str, tuple[str, ...]]


class Clash(NamedTuple):
    """Two articles name a thing by different numbers."""

    thing: str
    one: str
    other: str


def facts_of(text: str, words: Collection[str]) -> Facts:
    """The figures of a text whose case is folded, each once and at most 64, and what it names by number.

    `words` are all words of the text: what is not among them need not be looked for.
    """
    figures = dict.fromkeys(value for value, _ in chain(_in_digits(text), _in_words(text, words)))
    return Facts(tuple(sorted(islice(figures, MOST_FIGURES))), _designations(text, words))


def new_figure(title: str, body: str, known: Collection[float]) -> str | None:
    """A figure in the title or the opening that differs from all that are known, with the word after it.

    How long something takes is told too often and too loosely to be news.
    """
    for text in (fold_case(title), fold_case(body[:OPENING])):
        for value, end in chain(_in_digits(text), _in_words(text, _WORD.findall(text))):
            unit = _UNIT.match(text, end)
            if unit and unit[1] in _DURATIONS:
                continue
            if not any(is_about(value, other) for other in known):
                return f"{value:,.15g} {unit[1]}" if unit else f"{value:,.15g}"
    return None


def clash(one: Mapping[str, Collection[str]], other: Mapping[str, Collection[str]]) -> Clash | None:
    """The thing, if any, that both name by number, and by no number in common."""
    for thing in sorted(one.keys() & other.keys()):
        if not set(one[thing]) & set(other[thing]):
            return Clash(thing, min(one[thing]), min(other[thing]))
    return None


def _in_digits(text: str) -> Iterator[tuple[float, int]]:
    """Each figure of at least 3 that is written in digits, and where it ends."""
    for found in _DIGITS.finditer(text):
        start, end = found.span()
        digits, scale = found[0], _SCALE.match(text, end)
        named = _NOT_AFTER.fullmatch(text, max(0, start - _BACK), start) or _NOT_BEFORE.match(text, end)
        if len(digits) > _LONGEST or (not scale and (named or _YEAR.fullmatch(digits))):
            continue
        value = _value(digits)
        if value is not None and (value := value * (_SCALES[scale[1]] if scale else 1)) >= _LEAST:
            yield value, scale.end() if scale else end


def _in_words(text: str, words: Collection[str]) -> Iterator[tuple[float, int]]:
    """Each figure that is written out, and where it ends."""
    for word, value in _SPELLED.items():
        if word in words:
            for found in _SPELLED_AS[word].finditer(text):
                yield value, found.end()


def _designations(text: str, words: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for thing, pattern in _THINGS.items():
        if thing not in words and f"{thing}s" not in words:
            continue
        for named in pattern.finditer(text):
            if before := _ORDINAL.search(text[max(0, named.start() - _NEAR) : named.start()]):
                found.setdefault(thing, set()).add(before[1] or _ORDINALS[before[2]])
            if after := _FOLLOWING.match(text, named.end()):
                found.setdefault(thing, set()).add(after[1])
    return {thing: tuple(sorted(numbers)) for thing, numbers in found.items()}


def _value(digits: str) -> float | None:
    """The number, unless it is none: a time of day, a date with dots or slashes."""
    plain = digits.replace(",", "") if _GROUPED.match(digits) else digits.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return None


def is_about(value: float, other: float) -> bool:
    """Whether two figures are the same, rounded."""
    return abs(value - other) <= _ABOUT * max(value, other)
