"""What tagging costs with the shipped topics and with 100 to 10,000 generated ones, beside the floor and the peers.

Run `python -m tests.benchmarks.tagging`; `make bench` installs the peers first. An article is 4,400
characters, whatever the length of those that are read. All figures of a size are of one run, in which
the contestants work in turn, round by round; a figure is the median of its rounds.
"""

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from streams.model import Article
from streams.settings import read_settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from streams.watchlist import load_topics
from tests.benchmarks.contest import Contestant, NotReady, PythonContestant
from tests.benchmarks.corpora import collections, prose
from tests.benchmarks.lucene.peer import PRESEARCHERS, Lucene, queries_of
from tests.benchmarks.peers import PEERS, literals
from tests.benchmarks.topics import generated
from tests.clusters import NotAvailable

SIZES = (100, 1_000, 10_000)
ROUNDS = 7
TURN = 0.4
"""Seconds of the processor in a round."""

WARM_UP = 10.0
"""Seconds before the first round: the JVM compiles what is used often."""

ARTICLE = 4_400
"""Characters."""

_QUERIES = ("Northwire", "Lucene Monitor")
"""Contestants that evaluate queries; all others find words and phrases only."""


def main() -> None:
    """Prints a table for each number of topics and each collection of articles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of generated topics")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--without", nargs="*", default=(), help="contestants to leave out, by name or its beginning")
    options = parser.parse_args()
    texts = prose()
    measure("shipped topics", load_topics(read_settings()), options.rounds, tuple(options.without))
    for size in options.sizes:
        measure(f"{size:,} generated topics", generated(size, texts), options.rounds, tuple(options.without))


def measure(title: str, topics: Sequence[Topic], rounds: int, without: tuple[str, ...]) -> None:
    """Prints what these topics cost every contestant on every collection."""
    terms = sum(len(rule.terms) for topic in topics for rule in topic.rules)
    print(f"\n## {title}: {terms:,} terms, {len(literals(topics)):,} different words and phrases\n", flush=True)
    named = collections()
    contestants = list(_contestants(topics, list(named.values()), without))
    tagger = Tagger(topics)
    for number, (what, articles) in enumerate(named.items()):
        fires = sorted(len(tagger.tag(article)) for article in articles)
        mean, median = statistics.mean(fires), statistics.median(fires)
        print(f"\n{len(articles)} articles, {what}; topics that fire on one: ", end="")
        print(f"{mean:.2f} in the mean, {median:.0f} in the median, at most {fires[-1]}\n")
        print("\n".join(_table(contestants, number, rounds)), flush=True)
    for contestant in contestants:
        contestant.stop()


def _contestants(
    topics: Sequence[Topic], collections: Sequence[Sequence[Article]], without: tuple[str, ...]
) -> Iterator[Contestant]:
    """Those that are asked for and get ready; of the others it is printed why they are missing."""
    makers: dict[str, Callable[[], Contestant]] = {
        name: partial(PythonContestant, name, topics, collections) for name in PEERS
    }
    for presearcher in PRESEARCHERS:
        makers[f"Lucene Monitor, {presearcher}"] = partial(Lucene, queries_of(topics), collections, presearcher)
    for name, make in makers.items():
        if name.startswith(without):
            continue
        try:
            yield make()
        except (NotReady, NotAvailable) as why:
            print(f"Without {name}: {why}.", flush=True)


def _table(contestants: Sequence[Contestant], collection: int, rounds: int) -> Iterator[str]:
    for contestant in contestants:
        contestant.run(collection, WARM_UP if contestant.name.startswith("Lucene") else TURN)
    costs: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _ in range(rounds):
        for contestant in contestants:
            characters, seconds = contestant.run(collection, TURN)
            costs[contestant.name].append(seconds / characters * ARTICLE)
    floor = statistics.median(costs["floor"])
    yield "| | finds | µs per article | articles/s per core | × floor | ready in, s | memory, MB |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for contestant in contestants:
        cost = statistics.median(costs[contestant.name])
        finds = "queries" if contestant.name.startswith(_QUERIES) else "phrases"
        yield (
            f"| {contestant.name} | {finds} | {cost * 1e6:,.0f} | {1 / cost:,.0f} | {cost / floor:,.2f} "
            f"| {contestant.built.seconds:,.2f} | {contestant.built.memory / 2**20:,.0f} |"
        )


if __name__ == "__main__":
    main()
