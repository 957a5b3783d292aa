"""What an article costs, from bytes to matches, beside decoding and a bare scan of the same text.

Run `python -m tests.benchmarks.cost`. The two are timed in turn, round by round, and the ratio is
taken in each round, so that a machine that speeds up or slows down does not show.
"""

import statistics
from time import perf_counter

from streams.model import Untagged
from streams.pipeline import tag
from streams.settings import read_settings
from streams.tagging.tagger import Tagger
from streams.watchlist import load_topics
from tests.benchmarks.articles import messages
from tests.benchmarks.floor import bare_scan

ARTICLES = 400
ROUNDS = 25


def main() -> None:
    """Prints the median cost of an article, of the floor, and their ratio."""
    topics = load_topics(read_settings())
    tagger = Tagger(topics)
    values = [value for _, value in messages(0, ARTICLES)]
    bare = bare_scan(topics, values)

    def ours() -> float:
        started = perf_counter()
        for value in values:
            tag(value, tagger)
        return perf_counter() - started

    bare(), ours()
    pairs = [(bare(), ours()) for _ in range(ROUNDS)]
    matching = sum(not isinstance(tag(value, tagger), Untagged) for value in values)
    size = sum(map(len, values)) / len(values)
    print(f"{ARTICLES} articles of {size:.0f} bytes, {matching} matching; median of {ROUNDS} rounds")
    print(f"decode + lower + bare scan   {statistics.median(b for b, _ in pairs) / ARTICLES * 1e6:7.1f} µs")
    print(f"decode to match              {statistics.median(o for _, o in pairs) / ARTICLES * 1e6:7.1f} µs")
    print(f"ratio                        {statistics.median(o / b for b, o in pairs):7.2f}")


if __name__ == "__main__":
    main()
