"""The long run: random topics and texts, the engine held against the slow reference.

Run `python -m tests.unit.tagging.agreement --pairs 100000`. Each pair is a query and a text; every
fifth is a whole topic and an article. The same seed draws the same pairs. Exit status: 0 if all agree.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from msgspec.structs import replace

from streams.cleaning import clean
from streams.tagging.language import parse
from streams.tagging.matcher import Matcher
from streams.tagging.query import phrases_of
from streams.tagging.spans import find
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.text import Text
from tests.unit.nouns import article
from tests.unit.tagging.reference import spans_of, verdict
from tests.unit.tagging.traps import Case, draw_case, draw_query, draw_text

SHOWN = 3
"""Disagreements that are printed in full."""

CLEANED = 0.5
TOPICS = 0.2
"""Shares of texts that are cleaned before, and of pairs that are a topic and an article."""


@dataclass(frozen=True)
class Disagreement:
    """What was asked, and the two answers."""

    asked: str
    engine: str
    reference: str

    def __str__(self) -> str:
        return f"{self.asked}\n  engine     {self.engine}\n  reference  {self.reference}"


def found(query: str, title: str, body: str) -> list[tuple[int, int]]:
    """What the engine finds: spans of `title + GAP + body`."""
    tree = parse(query)
    text = Text(title, body)
    return list(find(tree, Matcher(phrases_of(tree)).find(text.even), text))


def weighed(case: Case) -> Verdict | None:
    """The engine's verdict, if it has one."""
    tagger = Tagger([case.topic])
    one = next(iter(tagger.weigh(case.article)), None)
    if tagger.tag(case.article) != ((one.match,) if one and one.fires else ()):
        raise AssertionError(f"tag and weigh do not agree on {case}")
    return one if one and (one.match.why or one.match.excluded or one.out_of_context) else None


def expected(case: Case) -> Verdict | None:
    """The reference's verdict, if there is anything to say.

    There is not where nothing is found with the exclusions nor without them, whatever they cancelled.
    """
    one = verdict(case.topic, case.article)
    freely = verdict(replace(case.topic, exclusions=()), case.article)
    return one if any(two.match.why or two.out_of_context for two in (one, freely)) else None


def agree(one: Verdict | None, other: Verdict | None) -> bool:
    """Whether engine and reference say the same; of what cannot be found the engine may speak or not."""
    return one == other or (other is None and one is not None and not one.match.why and not one.out_of_context)


def compare(random: Random, counts: Counter[str]) -> Disagreement | None:
    """Draws one pair, counts what it is good for, and puts it to both."""
    if random.random() < TOPICS:
        case = draw_case(random)
        if random.random() < CLEANED:
            case = Case(case.topic, clean(case.article))
        one, other = weighed(case), expected(case)
        counts["topics that say something"] += other is not None
        counts["topics that fire"] += other is not None and other.fires
        return None if agree(one, other) else Disagreement(f"{case.topic}\n{case.article}", str(one), str(other))
    query = draw_query(random, 3)
    told = article(draw_text(random, [query], 6), draw_text(random, [query]))
    told = clean(told) if random.random() < CLEANED else told
    spans = spans_of(parse(query), told.title, told.body)
    counts["queries that find something"] += bool(spans)
    counts["spans"] += len(spans)
    engine = found(query, told.title, told.body)
    if engine == spans:
        return None
    return Disagreement(f"{query}  in  {told.title!r}, {told.body!r}", str(engine), str(list(map(tuple, spans))))


def disagreements(pairs: int, seed: int, counts: Counter[str] | None = None) -> Iterator[Disagreement]:
    """Those of so many pairs."""
    counts = Counter() if counts is None else counts
    for number in range(pairs):
        if disagreement := compare(Random(f"{seed}/{number}"), counts):
            yield disagreement


def main() -> int:
    """Prints how many pairs agreed, and the first that did not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    counts: Counter[str] = Counter()
    differing = list(disagreements(asked.pairs, asked.seed, counts))
    print(f"{asked.pairs - len(differing):,} of {asked.pairs:,} pairs agree (seed {asked.seed})")
    for name, count in sorted(counts.items()):
        print(f"{count:9,} {name}")
    for one in differing[:SHOWN]:
        print(one)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
