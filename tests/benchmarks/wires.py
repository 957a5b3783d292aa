"""News of any number of stories, drawn, not written: real words as often as in real prose, and names nobody bears.

What decides the cost of placing an article is how many different words it has, and how many live articles
share them. So words are drawn as often as they stand in the real articles (which is Zipf's law, without the
law), and one in five is a word that the article has already, as in real prose (Simon, "On a Class of
Skew Distribution Functions", 1955). A word that stands once in all the real prose speaks for those that
happen not to stand there, which are as frequent together (Good, "The Population Frequencies of Species",
1953): one of 48 invented words takes its place. Each story has subjects of its own: rare
words and invented names.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

from streams.model import Article
from tests.invented import invented

LENGTH = 4_400
"""Characters of a body."""

WRITTEN = datetime(2026, 1, 5, 6, tzinfo=UTC)

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_RARE = 2_000
"""The words that stand most often are nobody's subject."""

_REPEATED = 0.2
_ENDINGS = [consonant + vowel for consonant in ("", "b", "d", "g", "k", "m", "n", "v") for vowel in "aeioux"]


class Wires:
    """Draws articles: number `n` is always the same one, and tells a story of its own."""

    def __init__(self, prose: Sequence[str]) -> None:
        counts = Counter(word for text in prose for word in _WORD.findall(text))
        ranked = [word for word, _ in counts.most_common()]
        self._words = ranked
        self._weights = list(accumulate(counts[word] for word in ranked))
        self._once = {word for word in ranked if counts[word] == 1}
        self._subjects = [word.lower() for word in ranked[_RARE:]] or ranked

    def article(self, number: int) -> Article:
        """Article `number`, as it is when it comes to be placed: cleaned and dated."""
        rng = random.Random(number)
        names = [name.capitalize() for name in invented(f"name {number}", rng.randint(4, 7)).split()]
        subjects = [*names, *self._varied(rng, rng.choices(self._subjects, k=12))]
        sentences: list[str] = []
        said: list[str] = []
        length = 0
        while length < LENGTH:
            sentences.append(self._sentence(rng, subjects, said))
            length += len(sentences[-1]) + 1
        headline = " ".join([names[0], *rng.choices(subjects, k=4), *self._drawn(rng, 3)])
        return Article(
            id=f"wire-{number}",
            title=headline,
            body=_paragraphs(sentences, rng),
            url=f"https://paper{number % 50}.example/{number}",
            source=f"Paper {number % 50}",
            published_at=WRITTEN,
            language="en",
        )

    def _sentence(self, rng: random.Random, subjects: Sequence[str], said: list[str]) -> str:
        words = self._drawn(rng, rng.randint(9, 26))
        if said:
            words = [rng.choice(said) if rng.random() < _REPEATED else word for word in words]
        said.extend(words)
        for place in rng.sample(range(1, len(words)), k=rng.randint(1, 3)):
            words[place] = rng.choice(subjects)
        if rng.random() < 0.2:
            words.insert(3, str(rng.randint(3, 900)))
        sentence = " ".join(words)
        return f"{sentence[0].upper()}{sentence[1:]}."

    def _drawn(self, rng: random.Random, count: int) -> list[str]:
        return self._varied(rng, rng.choices(self._words, cum_weights=self._weights, k=count))

    def _varied(self, rng: random.Random, words: Sequence[str]) -> list[str]:
        return [word + rng.choice(_ENDINGS) if word in self._once else word for word in words]


def _paragraphs(sentences: list[str], rng: random.Random) -> str:
    paragraphs: list[str] = []
    start = 0
    while start < len(sentences):
        end = start + rng.randint(1, 4)
        paragraphs.append(" ".join(sentences[start:end]))
        start = end
    return "\n\n".join(paragraphs)
