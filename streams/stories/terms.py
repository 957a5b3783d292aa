"""The terms of an article, by what they are: names, other words, those of the title, those of its opening."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.stories.lexicon import Lexicon

LEDE = 500
"""Characters of the body that count as the opening of an article."""

_LAST_DIGIT = "9"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class Terms(NamedTuple):
    """How often each term occurs, by part of the article. `lede` takes in the title; numbers count in these alone."""

    words: Mapping[str, int]
    names: Mapping[str, int]
    lede: Mapping[str, int]
    title: Mapping[str, int]


def words_of(text: str) -> list[str]:
    """The words of a text whose marks are folded, numbers included, as they are written."""
    return _WORD.findall(text)


def terms_of(title: Iterable[str], body: Iterable[str], lede: Iterable[str], lexicon: Lexicon) -> Terms:
    """The terms of these words. A name is what is written with a capital, always and anywhere."""
    in_title = _counted(title, lexicon)
    written = Counter(body)
    words: defaultdict[str, int] = defaultdict(int, in_title)
    named: set[str] = set()
    common: set[str] = set()
    for word, count in written.items():
        terms, has_capital = lexicon.word(word)
        for term in terms:
            words[term] += count
        (named if has_capital else common).update(terms)
    names = {term: words.pop(term) for term in named - common}
    for term in [term for term in words if term[0] <= _LAST_DIGIT]:
        del words[term]
    in_lede = _counted(lede, lexicon)
    in_lede.update(in_title)
    return Terms(words, names, in_lede, in_title)


def _counted(words: Iterable[str], lexicon: Lexicon) -> Counter[str]:
    word = lexicon.word
    return Counter([term for each in words for term in word(each).terms])
