"""Which topics could fire, told from where their phrases occur, before any query is evaluated.

Turtle and Flood, "Query evaluation: strategies and optimizations", Information Processing & Management
31(6), 1995: what cannot make the cut by its greatest possible score need not be scored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.tagging.leaves import Leaf, Term
from streams.tagging.matcher import Matcher, Sightings
from streams.tagging.text import Text
from streams.tagging.topics import Topic
from streams.tagging.weighing import DECIMALS, OCCURRENCES, SHARE_OF_REPEATS, damping_of

Bounds = tuple[float, ...]
"""The most that a phrase can add to the score of a topic, as a share of the threshold: its upper bounds.

For each place that may hold the first occurrence (title, lede, the rest) the most for one occurrence,
for two, and so on.
"""


class Stake(NamedTuple):
    """What a pattern is worth to a topic, if of each of the needs one stands there as well."""

    topic: int
    bounds: Bounds
    needs: tuple[frozenset[int], ...]


class Prospects:
    """What every pattern is worth to every topic."""

    def __init__(self, topics: Sequence[Topic], leaves: Sequence[Iterable[Leaf]], matcher: Matcher) -> None:
        """`leaves` are those of the topics, in the same order."""
        patterns = {phrase: sought.pattern for phrase, sought in matcher.sought.items()}
        waiting: list[list[tuple[int, Term]]] = [[] for _ in range(matcher.size)]
        for number, planted in enumerate(leaves):
            for leaf in planted:
                waiting[patterns[leaf.phrase]] += ((number, term) for term in leaf.wakes)
        shared: dict[Bounds, Bounds] = {}

        def stake(number: int, term: Term) -> Stake:
            bounds = _bounds(term, topics[number])
            needs = tuple(frozenset(map(patterns.__getitem__, need)) for need in term.needs)
            return Stake(number, shared.setdefault(bounds, bounds), needs)

        # Made pattern by pattern: what is looked at together lies together in memory.
        self._stakes = [tuple(stake(number, term) for number, term in each) for each in waiting]
        self._dampings = {(topic.damping, _rounding(topic)) for topic in topics}

    def woken(self, sightings: Sightings) -> list[int]:
        """The numbers of the topics that may find something, in order."""
        return sorted({stake.topic for pattern in sightings.places for stake in self._stakes[pattern]})

    def promising(self, sightings: Sightings, text: Text) -> list[int]:
        """The numbers of those that could fire if all that may be there were, and none cancelled, in order."""
        stakes, lacks = self._stakes, frozenset(sightings.places).isdisjoint
        body_start, lede_end = sightings.folded(text.body_start), sightings.folded(text.lede_end)
        most: defaultdict[int, float] = defaultdict(float)
        for pattern, places in sightings.places.items():
            if at_stake := stakes[pattern]:
                field = 0 if places[0] < body_start else 1 if places[0] < lede_end else 2
                case = field * OCCURRENCES + min(len(places), OCCURRENCES) - 1
                for topic, bounds, needs in at_stake:
                    if not needs or not any(map(lacks, needs)):
                        most[topic] += bounds[case]
        if not most:
            return []
        greatest = max(damping_of(strength, text) + rounding for strength, rounding in self._dampings)
        return sorted([topic for topic, share in most.items() if share * greatest >= 1])


def _bounds(term: Term, topic: Topic) -> Bounds:
    """`term` is one that may find something where the pattern stands."""
    boosts = (max(topic.title_boost, topic.lede_boost), topic.lede_boost, 1.0)
    return tuple(
        term.rule.weight * (boosts[0] if term.scatters else boost) * _share(term, times) / topic.threshold
        for boost in boosts
        for times in range(1, OCCURRENCES + 1)
    )


def _share(term: Term, times: int) -> float:
    """What all findings of a term add at most, in weights of one, where a phrase of it stands so many times."""
    found = OCCURRENCES if term.scatters else min(times * term.spans_for_each, OCCURRENCES)
    return 1 + SHARE_OF_REPEATS * (found - 1)


def _rounding(topic: Topic) -> float:
    """What must be added to the damping so that no weight is more for having been rounded."""
    lightest = min(rule.weight for rule in topic.rules) * SHARE_OF_REPEATS
    return 10.0**-DECIMALS / lightest
