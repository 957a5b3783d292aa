"""Northwire, the floor under it, and what a user would pick instead: each built from topics, to be called with text.

The peers get the fair version of the job: all words and phrases of all queries, as whole words, in any
letter case. They evaluate no query, no exclusion, no context, no score. `re` and pyahocorasick also
honour the asterisk of a prefix; flashtext and spaCy look for its letters as a whole word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from streams.model import Article
from streams.tagging.folding import fold
from streams.tagging.language import parse
from streams.tagging.matcher import automaton
from streams.tagging.query import Phrase, phrases_of
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic

Matching = Callable[[Article], object]
"""Finds all there is in one article."""


def literals(topics: Iterable[Topic]) -> dict[str, bool]:
    """What to look for, folded, and whether more letters may follow it."""
    found: dict[str, bool] = {}
    for phrase in _phrases(topics):
        literal = " ".join(fold(phrase.words).split())
        found[literal] = found.get(literal, False) or phrase.prefix
    return dict(sorted(found.items()))


def floor(topics: Sequence[Topic]) -> Matching:
    """Case folding by Python and a bare scan with the automaton that Northwire uses, word boundaries or not."""
    return _bare(topics, str.casefold)


def lower_floor(topics: Sequence[Topic]) -> Matching:
    """The same with Northwire's folding, which is the faster one on text that is all but ASCII."""
    return _bare(topics, fold)


def northwire(topics: Sequence[Topic]) -> Matching:
    """All of it: queries, exclusions, context, scores, evidence."""
    return Tagger(topics).tag


def alternation(topics: Sequence[Topic]) -> Matching:
    """One regular expression of all alternatives, the longest first, over lower case: faster than IGNORECASE."""
    wanted = sorted(literals(topics).items(), key=lambda item: (-len(item[0]), item))
    alternatives = "|".join(re.escape(literal) + (r"\w*" if prefix else r"\b") for literal, prefix in wanted)
    find = re.compile(rf"\b(?:{alternatives})").findall
    return lambda article: find(article.title.lower()) + find(article.body.lower())


def pyahocorasick(topics: Sequence[Topic]) -> Matching:
    """An automaton in C over lower case, with the ends of each hit checked."""
    from ahocorasick import Automaton

    trie = Automaton()
    for literal, prefix in literals(topics).items():
        trie.add_word(literal, (len(literal), prefix))
    trie.make_automaton()

    def find(text: str) -> Iterator[tuple[int, int]]:
        size = len(text)
        for last, (length, prefix) in trie.iter(text):
            start, end = last - length + 1, last + 1
            if (not start or not text[start - 1].isalnum()) and (prefix or end == size or not text[end].isalnum()):
                yield start, end

    return lambda article: [*find(article.title.lower()), *find(article.body.lower())]


def flashtext(topics: Sequence[Topic]) -> Matching:
    """A trie of keywords in Python; of keywords that overlap it finds one."""
    from flashtext import KeywordProcessor

    keywords = KeywordProcessor()
    keywords.add_keywords_from_list(list(literals(topics)))
    find = keywords.extract_keywords
    return lambda article: [*find(article.title, span_info=True), *find(article.body, span_info=True)]


def spacy(topics: Sequence[Topic]) -> Matching:
    """The phrase matcher on lower case, behind the English tokeniser and nothing else."""
    from spacy import blank
    from spacy.matcher import PhraseMatcher

    pipeline = blank("en")
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    matcher.add("term", list(pipeline.tokenizer.pipe(literals(topics))))
    return lambda article: [*matcher(pipeline(article.title)), *matcher(pipeline(article.body))]


PEERS: Mapping[str, Callable[[Sequence[Topic]], Matching]] = {
    "floor": floor,
    "floor, folded by Northwire": lower_floor,
    "Northwire": northwire,
    "re": alternation,
    "pyahocorasick": pyahocorasick,
    "flashtext": flashtext,
    "spaCy PhraseMatcher": spacy,
}


def _bare(topics: Sequence[Topic], folding: Callable[[str], str]) -> Matching:
    scan = automaton(list(literals(topics))).find_matches_as_indexes
    return lambda article: scan(folding(f"{article.title}\n\n{article.body}"), overlapping=True)


def _phrases(topics: Iterable[Topic]) -> Iterator[Phrase]:
    for topic in topics:
        for term in (*(term for rule in topic.rules for term in rule.terms), *topic.exclusions):
            yield from phrases_of(parse(term))
