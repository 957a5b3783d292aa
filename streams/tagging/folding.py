"""The form in which text and terms are compared.

Letter case, hyphens, line breaks and typographic quotes make no difference; an empty line between
paragraphs becomes two blanks, which no phrase contains. Case is folded as Unicode says (full case
folding, Unicode Standard 3.13), so that a folded text can be longer than the text: Straße is strasse.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache

_MARKS = (
    *(("’", "'"), ("‘", "'"), ("ʼ", "'"), ("“", '"'), ("”", '"'), ("-", " "), ("\n", " ")),
    *((hyphen, " ") for hyphen in "‐‑‒–—"),
)
_LAST_TO_EXPAND = 0xFFFF


def fold(text: str) -> str:
    """The text in the form for comparison."""
    return fold_case(fold_marks(text))


def fold_marks(text: str) -> str:
    """The text with hyphens, line breaks and quotes folded, of the same length; the letters stay as they are.

    What is left is often plain ASCII, on which all else is faster.
    """
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    return text


def fold_case(text: str) -> str:
    """The text with letter case folded."""
    return text.lower() if text.isascii() else text.replace("İ", "i").casefold()


def unfold(text: str, folded: str) -> Callable[[int], int] | None:
    """For offsets into `folded`, which is `fold_case(text)`: the offset into the text. None where they are the same.

    An offset within what one character became is that of the character.
    """
    if len(folded) == len(text):
        return None
    added: list[int] = []
    for expanding in _expanding().finditer(text):
        first = expanding.start() + len(added) + 1
        added.extend(range(first, first + len(expanding[0].casefold()) - 1))
    return lambda offset: offset - bisect_right(added, offset)


@cache
def _expanding() -> re.Pattern[str]:
    """The characters that become more than one."""
    characters = (chr(code) for code in range(_LAST_TO_EXPAND + 1))
    return re.compile("[" + "".join(one for one in characters if len(fold_case(one)) > 1) + "]")
