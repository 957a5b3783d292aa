"""What it costs to gather articles into stories with 1,000 to 100,000 live ones in one topic, and how well it is done.

Run `python -m tests.benchmarks.stories`; `make bench` installs the peers first. The live articles are
drawn (see wires.py), 4,400 characters each, each of a story of its own. What is timed comes after them:
news items of one to three sentences, and articles like the live ones, of which every other one retells a
live story. A figure is the median of its rounds, in which the sizes take turns. Quality needs the labelled
articles in ../shared.
"""

import argparse
import statistics
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from tests.benchmarks.gatherers import FAMILIES, grouping
from tests.benchmarks.live import NORTHWIRE, Length, Live, NotRun
from tests.evaluation.copies import sightings
from tests.evaluation.grouping import Grouping, by_desk
from tests.evaluation.stories import SHARED, best, grouped, labelled_stories, real_articles

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5
ARTICLES = 25
"""Placed in a round, of each length."""

FORGOTTEN = 500
LENGTHS: tuple[Length, ...] = ("short", "long")
LIMIT = 900.0
"""Seconds to fill a gatherer in, after which it is given up."""

ALIKE = 0.5
"""The least Jaccard index of a copy that should be recognised."""


class Contestant(NamedTuple):
    """A gatherer of `FAMILIES` at one threshold, or Northwire at its own."""

    family: str
    threshold: float = 0.0

    def __str__(self) -> str:
        return f"{self.family}, {self.threshold:g}" if self.threshold else self.family

    def grouping(self) -> Grouping:
        """How it groups articles when it has seen none before."""
        return by_desk if self.family == NORTHWIRE else _grouping(self.family, self.threshold)


CONTESTANTS = (
    Contestant(NORTHWIRE),
    Contestant("MinHash-LSH, 5 words", 0.5),
    Contestant("MinHash-LSH, 5 words", 0.8),
    Contestant("MinHash-LSH, 3 words", 0.5),
    Contestant("MinHash-LSH, 3 words", 0.8),
    Contestant("SimHash", 3),
    Contestant("SimHash", 10),
    Contestant("all-pairs TF-IDF", 0.22),
)


def main() -> None:
    """Prints one table for all, and then what is told of single ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of live stories")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--without", nargs="*", default=(), help=f"leave out {'; '.join((NORTHWIRE, *FAMILIES))}")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds to fill one in before it is given up")
    parser.add_argument("--no-quality", action="store_true", help="cost alone")
    options = parser.parse_args()
    judged = SHARED.exists() and not options.no_quality
    print("\n".join(_head(options.sizes)), flush=True)
    notes: list[str] = []
    for contestant in CONTESTANTS:
        if not {contestant.family, str(contestant)} & set(options.without):
            cells = chain(
                _quality(contestant, notes) if judged else ("-",) * 3,
                _costs(contestant, options.sizes, options.rounds, options.limit, notes),
            )
            print(f"| {contestant} | {' | '.join(cells)} |", flush=True)
    print("", *notes, sep="\n")


def _head(sizes: Sequence[int]) -> Iterator[str]:
    costs = [f"{length}: µs at {size:,}" for length in LENGTHS for size in sizes]
    grows = f"long: {sizes[-1]:,} to {sizes[0]:,}"
    yield f"| | F1 | best F1, at | copies | {' | '.join(costs)} | {grows} | KB a story |"
    yield f"|---|{'--:|' * (len(costs) + 5)}"


def _quality(contestant: Contestant, notes: list[str]) -> Iterator[str]:
    """B-cubed F1, also at the best threshold, and the share of copies recognised that are alike enough."""
    try:
        yield f"{grouped(contestant.grouping(), labelled_stories()).f1:.3f}"
        yield _best(contestant.family)
        seen = [
            one.recognised for one in sightings(contestant.grouping(), real_articles()) if one.copy.likeness >= ALIKE
        ]
        yield f"{statistics.mean(seen):.3f}"
    except ImportError as why:
        notes.append(f"Without {contestant}: {why}; `make bench` installs the peers.")
        yield from ("-",) * 3


@cache
def _best(family: str) -> str:
    if family == NORTHWIRE:
        return "-"
    threshold, score = best({least: _grouping(family, least) for least in FAMILIES[family][1]}, labelled_stories())
    return f"{score.f1:.3f}, {threshold:g}"


def _grouping(family: str, threshold: float) -> Grouping:
    make, _ = FAMILIES[family]
    return grouping(partial(make, threshold))


def _costs(contestant: Contestant, sizes: Sequence[int], rounds: int, limit: float, notes: list[str]) -> Iterator[str]:
    """µs for an article of each length at each size, how the cost of a long one grows, and memory for a story."""
    live: dict[int, Live] = {}
    for size in sizes:
        try:
            live[size] = Live(*contestant, size, limit)
        except NotRun as why:
            notes.append(f"Without {contestant} at {size:,}: {why}.")
    spent: dict[tuple[Length, int], list[float]] = {(length, size): [] for length in LENGTHS for size in live}
    for number in range(rounds + 1):
        for (length, size), seconds in spent.items():
            cost = live[size].place(length, ARTICLES) / ARTICLES
            if number:  # the first round warms up
                seconds.append(cost)
    costs = {key: statistics.median(seconds) for key, seconds in spent.items()}
    yield from (_microseconds(costs.get((length, size))) for length in LENGTHS for size in sizes)
    least, most = costs.get(("long", sizes[0])), costs.get(("long", sizes[-1]))
    yield f"{most / least:.2f}" if least and most else "-"
    yield f"{live[max(live)].filled.memory / max(live) / 1024:.1f}" if live else "-"
    notes.extend(_notes(contestant, live))
    for one in live.values():
        one.stop()


def _microseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1e6:,.0f}"


def _notes(contestant: Contestant, live: dict[int, Live]) -> Iterator[str]:
    """What is told of single contestants."""
    for size, one in live.items():
        if contestant.family == "all-pairs TF-IDF" and size <= 10_000:
            yield f"{contestant}: all pairs of {size:,} take {one.filled.seconds + one.link():,.1f} s."
        if contestant.family == NORTHWIRE:
            forgotten = one.forget(FORGOTTEN) / FORGOTTEN * 1e6
            restored = one.restore()
            yield (
                f"{contestant} with {size:,}: to forget the oldest article takes {forgotten:,.0f} µs; to restore "
                f"{restored.entries:,} {restored.seconds:,.1f} s, {restored.size / restored.entries:,.0f} bytes each; "
                f"a full collection of garbage {restored.collection:,.2f} s."
            )


if __name__ == "__main__":
    main()
