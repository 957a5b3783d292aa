"""The floor under every figure: what decoding an article and a bare scan for all words and phrases cost."""

from collections.abc import Callable, Iterable
from time import perf_counter

from msgspec.json import Decoder

from streams.tagging.matcher import automaton
from streams.tagging.topics import Topic
from streams.wire import IncomingArticle
from tests.benchmarks.peers import literals


def bare_scan(topics: Iterable[Topic], values: list[bytes]) -> Callable[[], float]:
    """Something to call that decodes the values, lowers and scans them, and gives the seconds it took."""
    scan = automaton(list(literals(topics))).find_matches_as_indexes
    decoder = Decoder(IncomingArticle)

    def run() -> float:
        started = perf_counter()
        for value in values:
            article = decoder.decode(value)
            scan(article.title.lower(), overlapping=True)
            scan(article.body.lower(), overlapping=True)
        return perf_counter() - started

    return run
