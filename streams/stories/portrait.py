"""What is kept of an article to know its story by: its terms, weighted, and its hard facts.

TF-IDF by part of the article, as in Miranda et al. 2018 (Multilingual Clustering of Streaming News);
a part that says little counts less than its direction alone would, so that two short titles with one
word in common are not taken for the same.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from itertools import islice
from math import log, sqrt
from typing import Annotated
from zlib import crc32

from msgspec import Meta, Struct

from streams.identity import derive
from streams.model import Article, Evidence
from streams.stories.figures import facts_of
from streams.stories.lexicon import lexicon_of
from streams.stories.rarity import Rarity
from streams.stories.terms import LEDE, terms_of, words_of
from streams.tagging.folding import fold_case, fold_marks

FULL = 255
"""The weight of a term that is all there is, in a vector of length 1."""

KEYS = 40
"""Terms by which an article is found."""

READ = 3_000
"""Characters of the body that are read for terms and facts."""

MOST_SENTENCES = 96
_LEAST_IDF = 0.7
"""Terms that half of all articles have say nothing."""

_MOST_TERMS = (80, 40, 25, 12)
_SMOOTHING = (300.0, 100.0, 600.0, 100.0)
"""Of words, names, lede and title: added to the square of a vector's length."""

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…。])[\"')]* +|  +")
_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class Vector(Struct, frozen=True, gc=False):
    """Terms, the weightiest first, and a weight from 0 to 255 for each: 255 times its share of the length."""

    terms: tuple[str, ...]
    weights: Annotated[bytes, Meta(extra_json_schema={"pattern": _BASE64})]


class Portrait(Struct, frozen=True, gc=False):
    """An article as the desk remembers it.

    `keys` are its rarest terms. `sentences` are digests, of which those in `grounds` hold evidence.
    """

    text: str
    words: Vector
    names: Vector
    lede: Vector
    title: Vector
    keys: tuple[str, ...]
    figures: tuple[float, ...]
    designations: Mapping[str, tuple[str, ...]]
    sentences: tuple[int, ...]
    grounds: tuple[int, ...]


def portray(article: Article, why: tuple[Evidence, ...], rarity: Rarity) -> Portrait:
    """The portrait of a cleaned article, in which terms weigh as much as they are rare."""
    lexicon = lexicon_of(article.language)
    title, body = fold_marks(article.title), fold_marks(article.body)
    written = words_of(body[:READ])
    terms = terms_of(words_of(title), written, words_of(body[:LEDE]), lexicon)
    idf = rarity.idf({*terms.words, *terms.names, *terms.lede}, lexicon)
    words, names, lede, title_vector = (
        _vector(counted, idf, most, smoothing)
        for counted, most, smoothing in zip(terms, _MOST_TERMS, _SMOOTHING, strict=True)
    )
    sought = {*words.terms, *names.terms, *lede.terms}
    facts = facts_of(fold_case(f"{article.title}\n{article.body[:READ]}"), {word.lower() for word in set(written)})
    return Portrait(
        text=derive("text", fold_case(title), fold_case(body)),
        words=words,
        names=names,
        lede=lede,
        title=title_vector,
        keys=tuple(term for _, term in sorted([(-idf[term], term) for term in sought])[:KEYS]),
        figures=facts.figures,
        designations=facts.designations,
        **_sentences(title, body, why),
    )


def sentences_of(body: str) -> list[tuple[int, int]]:
    """Where the first sentences of a text begin and end whose marks are folded; the last takes in the rest."""
    gaps = [gap.span() for gap in islice(_BETWEEN_SENTENCES.finditer(body), MOST_SENTENCES)]
    return list(zip([0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(body)], strict=True))


def digest(sentence: str) -> int:
    """The CRC-32 of a sentence in folded case."""
    return crc32(fold_case(sentence).encode(errors="surrogatepass"))


def _sentences(title: str, body: str, why: tuple[Evidence, ...]) -> dict[str, tuple[int, ...]]:
    """Digests of the title and of the sentences of the body, and of those that hold evidence."""
    spans = sentences_of(body)
    digests = [digest(body[start:end]) for start, end in spans]
    heading = digest(title)
    places = (None if one.field == "title" else bisect_right(spans, (one.start, len(body))) - 1 for one in why)
    grounds = {heading if place is None else digests[place] for place in islice(places, MOST_SENTENCES)}
    return {"sentences": tuple(sorted({heading, *digests})), "grounds": tuple(sorted(grounds))}


def _vector(counted: Mapping[str, int], idf: Mapping[str, float], most: int, smoothing: float) -> Vector:
    weighed = [
        (-rarity if count == 1 else -rarity * (1 + log(count)), term)
        for term, count in counted.items()
        if (rarity := idf[term]) > _LEAST_IDF
    ]
    weighed.sort()
    del weighed[most:]
    length = sqrt(sum(weight * weight for weight, _ in weighed) + smoothing)
    return Vector(
        tuple(term for _, term in weighed), bytes(min(FULL, round(-FULL * weight / length)) for weight, _ in weighed)
    )
