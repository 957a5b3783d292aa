"""What forms of a word are one term, and how common a term is in its language.

Stems are Snowball's (Porter 2001). How common a word is comes from wordfreq (Speer 2022), which
counted books, subtitles, news and the web; so a rare name counts from the first article on, before a
topic has a past of its own to count in.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

import Stemmer
from wordfreq import available_languages, get_frequency_dict

from streams.tagging.folding import fold_case
from streams.tagging.words import is_unspaced

ENGLISH = "en"
WORDS_OF_AN_ARTICLE = 400
"""How many words an article is taken to have where the share of articles with a term is estimated."""

RAREST = 2e-8
"""The frequency of a word that nobody counted."""

RAREST_NUMBER = 1e-6
_COMMON = 0.5
_REMEMBERED = 1 << 17

_ALGORITHMS = MappingProxyType(
    {
        "ar": "arabic",
        "da": "danish",
        "de": "german",
        "el": "greek",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
        "fr": "french",
        "hi": "hindi",
        "hu": "hungarian",
        "id": "indonesian",
        "it": "italian",
        "lt": "lithuanian",
        "nb": "norwegian",
        "nl": "dutch",
        "nn": "norwegian",
        "no": "norwegian",
        "pt": "portuguese",
        "ro": "romanian",
        "ru": "russian",
        "sv": "swedish",
        "ta": "tamil",
        "tr": "turkish",
    }
)


class Word(NamedTuple):
    """What a word as it stands in a text comes to: its terms, and whether it has a capital."""

    terms: tuple[str, ...]
    has_capital: bool


class Lexicon:
    """The terms of one language. A term is the stem of a word whose letter case is folded."""

    def __init__(self, language: str) -> None:
        algorithm = _ALGORITHMS.get(language)
        self._stem: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord if algorithm else str
        self._frequencies = _frequencies(language, self._stem)
        self.share = lru_cache(maxsize=_REMEMBERED)(self._share)
        """The share of articles that have a term, in (0, 1], as far as the language alone tells."""
        self.word = lru_cache(maxsize=_REMEMBERED)(self._word)
        """What a word comes to, whose marks are folded. Words that half of all articles have come to nothing;
        those of a script without blanks to every two characters that follow one another.
        """

    def _share(self, term: str) -> float:
        frequency = self._frequencies.get(term) or (RAREST_NUMBER if term[:1].isdigit() else RAREST)
        return min(1.0, frequency * WORDS_OF_AN_ARTICLE)

    def _word(self, word: str) -> Word:
        plain = fold_case(word)
        whole = plain.removesuffix("'s")
        unspaced = not whole.isascii() and any(map(is_unspaced, whole))
        terms = map(self._stem, _pairs(whole) if unspaced else (whole,))
        return Word(tuple(term for term in terms if self._share(term) < _COMMON), word[0].isupper())


def _pairs(word: str) -> list[str]:
    return [first + second for first, second in pairwise(word)] or [word]


def lexicon_of(language: str | None) -> Lexicon:
    """The lexicon of an article's language (a BCP 47 tag); English where it is not told. Read once."""
    primary = (language or ENGLISH).partition("-")[0].lower()
    return _known(primary if primary in _ALGORITHMS or primary in available_languages("small") else "")


@cache
def _known(language: str) -> Lexicon:
    return Lexicon(language)


def _frequencies(language: str, stem: Callable[[str], str]) -> Mapping[str, float]:
    """How often each term is among words; those of English to one in a hundred million, others to a million."""
    listed = {"nn": "nb", "no": "nb"}.get(language, language)
    if listed not in available_languages("small"):
        return {}
    frequencies: dict[str, float] = defaultdict(float)
    for word, frequency in get_frequency_dict(listed, wordlist="large" if listed == ENGLISH else "small").items():
        frequencies[stem(word)] += frequency
    return dict(frequencies)
