"""Queries of every form for the oracle: always the same, and with words that stand near one another in prose."""

import random
import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
_WINDOW = 24
"""Words out of which a query is made: near enough for NEAR to find some of them and to miss others."""


def drawn(count: int, prose: Sequence[str]) -> list[str]:
    """So many queries, as written in a topic file."""
    texts = [words for text in prose if len(words := _WORD.findall(text)) > _WINDOW]
    return [_Draw(number, texts).query() for number in range(count)]


class _Draw:
    """One query, from one stretch of one text."""

    def __init__(self, number: int, texts: Sequence[Sequence[str]]) -> None:
        self._rng = random.Random(number)
        words = self._rng.choice(texts)
        start = self._rng.randrange(len(words) - _WINDOW)
        self._words = words[start : start + _WINDOW]

    def query(self) -> str:
        forms = (
            self._near,
            self._near,
            self._near,
            self._both,
            self._without,
            self._within,
            self._at_least,
            self._exact,
        )
        return self._rng.choice(forms)()

    def _near(self) -> str:
        operator = f"{self._rng.choice(('NEAR', 'ONEAR'))}/{self._rng.choice((1, 2, 3, 5, 8, 13, 30))}"
        return f"{self._operand()} {operator} {self._operand()}"

    def _both(self) -> str:
        return f"({self._near()}) AND {self._operand()}"

    def _without(self) -> str:
        return f"{self._operand()} NOT {self._operand()}"

    def _within(self) -> str:
        return f"{self._rng.choice(('title', 'lede'))}:({self._rng.choice((self._near, self._operand))()})"

    def _at_least(self) -> str:
        return f"ATLEAST/{self._rng.randint(2, 5)} {self._operand()}"

    def _exact(self) -> str:
        return f"case:({self._rng.choice((self._near, self._either))()})"

    def _operand(self) -> str:
        form = self._rng.random()
        if form < 0.15:
            return f"({self._near()})"
        return self._either() if form < 0.45 else self._phrase()

    def _either(self) -> str:
        return f"({self._phrase()} OR {self._phrase()})"

    def _phrase(self) -> str:
        start = self._rng.randrange(_WINDOW)
        words = list(self._words[start : start + self._rng.choice((1, 1, 1, 2, 3))])
        if self._rng.random() < 0.2 and len(words[-1]) > 4:
            words[-1] = words[-1][: self._rng.randint(3, len(words[-1]))] + "*"
        return '"' + " ".join(words) + '"'
