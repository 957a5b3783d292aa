"""The floor under every figure: what decoding an article and a bare scan for all terms cost, and no more."""

from collections.abc import Callable, Iterable
from time import perf_counter

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from msgspec.json import Decoder

from streams.tagging.folding import fold
from streams.tagging.topics import Topic
from streams.wire import IncomingArticle


def bare_scan(topics: Iterable[Topic], values: list[bytes]) -> Callable[[], float]:
    """Something to call that decodes the values, lowers and scans them, and gives the seconds it took."""
    topics = tuple(topics)
    terms = {fold(term) for topic in topics for rule in topic.rules for term in rule.terms}
    terms |= {fold(term) for topic in topics for term in topic.exclusions}
    automaton = AhoCorasick(sorted(terms), matchkind=MatchKind.Standard, implementation=Implementation.DFA)
    decoder = Decoder(IncomingArticle)

    def run() -> float:
        started = perf_counter()
        for value in values:
            article = decoder.decode(value)
            automaton.find_matches_as_indexes(article.title.lower(), overlapping=True)
            automaton.find_matches_as_indexes(article.body.lower(), overlapping=True)
        return perf_counter() - started

    return run
