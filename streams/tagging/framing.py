"""Text as the automaton reads it: whatever is no word is blank, so that a word with blanks around it is a whole one.

A sign of a script that puts no blanks between words gets some. Marks on letters are blank, too: what is
found may be a little too much, never too little.
"""

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

from streams.tagging.words import is_unspaced

_ASCII = bytes(range(128))
_BLANKED = bytes(code if code in range(128, 256) or chr(code).isalnum() else ord(" ") for code in range(256))
_FEW = 16
"""Different characters up to which it is faster to replace one after the other."""


def frame_words(text: str) -> str:
    """The text, in which every character may have become blank or stand between two blanks."""
    raw = text.encode("utf-8", "surrogatepass")
    framed = raw.translate(_BLANKED).decode("utf-8", "surrogatepass")
    if len(raw) == len(text):
        return framed
    beyond_ascii = set(raw.translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    frames = {character: frame for character in beyond_ascii if (frame := _frame(character)) != character}
    if len(frames) > _FEW:
        return framed.translate({ord(character): frame for character, frame in frames.items()})
    for character, frame in frames.items():
        framed = framed.replace(character, frame)
    return framed


def unframe(text: str, framed: str) -> Callable[[int], int] | None:
    """For offsets into `framed`, which is `frame_words(text)`: the offset into the text. None if they are the same."""
    if len(framed) == len(text):
        return None
    starts = list(accumulate((len(_frame(character)) for character in text), initial=0))
    return lambda offset: bisect_right(starts, offset) - 1


@lru_cache(maxsize=1 << 16)
def _frame(character: str) -> str:
    if not character.isalnum():
        return " "
    return f" {character} " if is_unspaced(character) else character
