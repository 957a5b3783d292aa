"""The queries of a topic, taken apart into the phrases that the matcher looks for.

Only queries of which a phrase occurred that they cannot do without are evaluated: the idea of the
presearcher in Lucene Monitor.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from streams.tagging.language import parse
from streams.tagging.query import AllOf, Phrase, Query, keys_of, needs_of, nested, phrases_of, spans_for_each
from streams.tagging.topics import Rule, Topic


class Term:
    """A query of a rule, and its place in the file."""

    __slots__ = ("keys", "needs", "number", "query", "rule", "scatters", "spans_for_each", "text")

    def __init__(self, number: int, text: str, rule: Rule) -> None:
        self.number = number
        self.text = text
        self.rule = rule
        self.query: Query = parse(text)
        self.keys = keys_of(self.query)
        """The phrases of which the query needs one, and that are the rarest."""
        self.needs = tuple(need for need in needs_of(self.query) if need != self.keys)
        """What else it needs one of, each."""
        self.scatters = any(isinstance(part, AllOf) for part in nested(self.query))
        """Whether the query also finds what is nowhere near any of its keys."""
        self.spans_for_each = spans_for_each(self.query)
        """If it does not: how many spans one occurrence of a key leads to at most."""

    def may_find(self, present: frozenset[Phrase]) -> bool:
        """Whether the query can find anything where one of its keys occurs, and just these phrases."""
        return not any(map(present.isdisjoint, self.needs))


class Exclusion(NamedTuple):
    """A query whose spans do not count, and its place in the file."""

    number: int
    text: str
    query: Query


class Leaf:
    """A phrase in the queries of one topic, and what is to be done where it occurs."""

    __slots__ = ("asks", "asks_exclusions", "exclusion", "phrase", "term", "terms")

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase
        self.term: Term | None = None
        """The term that is nothing but this phrase."""
        self.exclusion: Exclusion | None = None
        """The exclusion that is nothing but this phrase."""
        self.terms: list[Term] = []
        """All terms that have this phrase in them."""
        self.asks: list[Term] = []
        """Composite terms that may find something where this phrase occurs."""
        self.asks_exclusions: list[Exclusion] = []
        """Composite exclusions, likewise."""

    @property
    def wakes(self) -> list[Term]:
        """The terms that may find something where this phrase occurs."""
        return [self.term, *self.asks] if self.term else self.asks


def leaves_of(topic: Topic) -> Sequence[Leaf]:
    """The leaves of all queries of a topic, one for each phrase."""
    leaves: dict[Phrase, Leaf] = {}

    def leaf(phrase: Phrase) -> Leaf:
        return leaves.setdefault(phrase, Leaf(phrase))

    terms = ((text, rule) for rule in topic.rules for text in rule.terms)
    for place, (text, rule) in enumerate(terms):
        _plant(Term(place, text, rule), leaf)
    for place, text in enumerate(topic.exclusions):
        _plant_exclusion(Exclusion(place, text, parse(text)), leaf)
    return tuple(leaves.values())


def _plant(term: Term, leaf: Callable[[Phrase], Leaf]) -> None:
    for phrase in dict.fromkeys(phrases_of(term.query)):
        leaf(phrase).terms.append(term)
    if isinstance(term.query, Phrase):
        leaf(term.query).term = term
        return
    for phrase in term.keys:
        leaf(phrase).asks.append(term)


def _plant_exclusion(exclusion: Exclusion, leaf: Callable[[Phrase], Leaf]) -> None:
    if isinstance(exclusion.query, Phrase):
        one = leaf(exclusion.query)
        one.exclusion = one.exclusion or exclusion
        return
    for phrase in phrases_of(exclusion.query):
        leaf(phrase)
    for phrase in keys_of(exclusion.query):
        leaf(phrase).asks_exclusions.append(exclusion)
