"""Topics for measurement: any number of them, always the same, about things as rare and as common as in news.

Words come from a vocabulary in the order of their frequency: first those of real prose (by the number of
texts they stand in), then invented ones, for most of what a large watch list names is in no article of
the day. A rank is drawn log-uniformly, which is Zipf's law: of two ranks, the one ten times as high is
drawn a tenth as often (Zipf, "Human Behavior and the Principle of Least Effort", 1949). What a
topic is about is drawn from the rarer words, what stands near it from more common ones, and one
name in fifty is one that stands in the prose. `python -m tests.benchmarks.tagging` prints what follows:
literals found in an article, and topics that fire.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from streams.tagging.topics import Rule, Topic

VOCABULARY = 200_000
"""Words, invented ones included: so many different ones stand in about a hundred thousand articles."""

SUBJECT = (2_000, VOCABULARY)
"""Ranks of words that a topic is about."""

SURROUNDINGS = (300, 20_000)
"""Ranks of words that count near another: talks, ban, tariffs."""

NAMES_IN_PROSE = 0.02

_WORD = re.compile(r"[^\W\d_]{3,}")
_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}")
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvzjh" for vowel in "aeiou"]
_STRIDE = 196_613
"""Prime: invented words of neighbouring ranks look nothing alike, and no two are the same."""


class Vocabulary:
    """Words by rank, and the names that stand in prose."""

    def __init__(self, prose: Iterable[str]) -> None:
        standing: Counter[str] = Counter()
        names: set[str] = set()
        for text in prose:
            standing.update(set(_WORD.findall(text.lower())))
            names.update(_NAME.findall(text))
        self._words = sorted(standing, key=lambda word: (-standing[word], word))
        self.names: Sequence[str] = sorted(names)

    def draw(self, rng: random.Random, ranks: tuple[int, int]) -> str:
        """A word with a rank between these two."""
        first, last = ranks
        rank = int(first * (last / first) ** rng.random())
        return self._words[rank] if rank < len(self._words) else _invented(rank)


def generated(count: int, prose: Iterable[str]) -> tuple[Topic, ...]:
    """So many topics. The first hundred of a thousand are the same as a hundred."""
    vocabulary = Vocabulary(prose)
    return tuple(_topic(number, vocabulary) for number in range(count))


def _topic(number: int, vocabulary: Vocabulary) -> Topic:
    rng = random.Random(number)
    subject = vocabulary.draw(rng, SUBJECT)
    names = dict.fromkeys(_name(rng, vocabulary) for _ in range(rng.randint(2, 3)))
    words = dict.fromkeys((subject, vocabulary.draw(rng, SUBJECT), _prefix(rng, vocabulary)))
    relations = dict.fromkeys(_relation(rng, vocabulary) for _ in range(rng.randint(1, 2)))
    both = f"{vocabulary.draw(rng, SUBJECT)} AND {vocabulary.draw(rng, SURROUNDINGS)}"
    return Topic(
        id=f"generated-{number}",
        title=f"Generated topic {number}: {subject}",
        version="1",
        rules=(
            Rule("names", tuple(names), 1.0),
            Rule("words", tuple(words), 0.5, needs_context=rng.random() < 0.5),
            Rule("relations", (*relations, both), 0.7),
        ),
        exclusions=(f"{subject} {vocabulary.draw(rng, SURROUNDINGS)}",),
    )


def _name(rng: random.Random, vocabulary: Vocabulary) -> str:
    if vocabulary.names and rng.random() < NAMES_IN_PROSE:
        return rng.choice(vocabulary.names)
    parts = [vocabulary.draw(rng, SUBJECT), *(vocabulary.draw(rng, SURROUNDINGS) for _ in range(rng.randint(1, 2)))]
    return " ".join(part.capitalize() for part in parts)


def _prefix(rng: random.Random, vocabulary: Vocabulary) -> str:
    word = vocabulary.draw(rng, SUBJECT)
    return f"{word[: max(5, len(word) - 2)]}*"


def _relation(rng: random.Random, vocabulary: Vocabulary) -> str:
    one, other = vocabulary.draw(rng, SURROUNDINGS), vocabulary.draw(rng, SURROUNDINGS)
    operator = rng.choice(("NEAR/5", "NEAR/10", "ONEAR/4"))
    return f"{vocabulary.draw(rng, SUBJECT)} {operator} ({one} OR {other})"


def _invented(rank: int) -> str:
    code = rank * _STRIDE % len(_SYLLABLES) ** 3
    word = ""
    for _ in range(3):
        code, syllable = divmod(code, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word
