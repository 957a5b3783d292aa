"""What a word is, and how far two places of a text are apart.

A word is a run of letters and digits with the marks on them. Scripts that put no blanks between words
(Chinese, Japanese, Thai, Lao, Khmer, Burmese) have words of one character, as in the default of
UAX #29 and in Lucene's StandardTokenizer.
"""

import re
from functools import cache
from string import ascii_letters, digits

import regex

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc\uff70"
_REST_OF_WORD = rf"[\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}]]*+"
_WORD = rf"(?:[{_UNSPACED}&&[\p{{L}}\p{{N}}]]\p{{M}}*+|[\p{{L}}\p{{N}}--[{_UNSPACED}]]{_REST_OF_WORD})"
_REST = regex.compile(rf"(?V1)(?<=[{_UNSPACED}]\p{{M}}*)\p{{M}}*+|{_REST_OF_WORD}")
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
_IS_MARK = regex.compile(r"\p{M}")
_FIRST_MARK = "\u0300"
_FIRST_UNSPACED = "\u0e00"
_ASCII = frozenset(ascii_letters + digits)
_WINDOW = 16
"""Characters a step that are looked at first."""


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that puts no blanks between words."""
    return character >= _FIRST_UNSPACED and _IS_UNSPACED.match(character) is not None


def is_wordly(character: str) -> bool:
    """Whether the character can be part of a word: a letter, a digit, or a mark on one."""
    return character.isalnum() or _is_mark(character)


def goes_on(text: str, place: int) -> bool:
    """Whether a word goes on across a place within the text, between two of its characters."""
    before, after = text[place - 1], text[place]
    if before < _FIRST_MARK and after < _FIRST_MARK:
        return before.isalnum() and after.isalnum()
    if not after.isalnum():
        return _is_mark(after)
    last = place - 1
    while last and _is_mark(text[last]):
        last -= 1
    before = text[last]
    return before.isalnum() and not is_unspaced(before) and not is_unspaced(after)


def _is_mark(character: str) -> bool:
    return character >= _FIRST_MARK and _IS_MARK.match(character) is not None


def end_of_word(text: str, place: int) -> int:
    """Where the word ends that is being read at a place."""
    end = place
    if text[place - 1 : place] in _ASCII:
        while end < len(text) and text[end] in _ASCII:
            end += 1
        if end == len(text) or (text[end] < _FIRST_MARK and not text[end].isalnum()):
            return end
    rest = _REST.match(text, place)
    return rest.end() if rest else place


def within_steps(text: str, end: int, start: int, steps: int) -> bool:
    """Whether what begins at `start` is at most so many steps from what ends at `end`; neighbours are one apart."""
    if start - end < steps:
        return True
    window = text[end : min(start, end + steps * _WINDOW)]
    if window.isascii():
        if _ascii_words(steps).match(window):
            return False
        if end + len(window) == start:
            return True
    return not _words(steps).match(text, end, start)


@cache
def _ascii_words(count: int) -> re.Pattern[str]:
    """So many words; most of what stands in between is ASCII, for which this is ten times as fast."""
    return re.compile(rf"(?:[^A-Za-z0-9]*+[A-Za-z0-9]++){{{count}}}+")


@cache
def _words(count: int) -> regex.Pattern[str]:
    return regex.compile(rf"(?V1)(?:[^\p{{L}}\p{{N}}]*+{_WORD}){{{count}}}+")
