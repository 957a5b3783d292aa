"""What is wrong with a topic that can be read: terms that never count, and what is declared for nothing."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from streams.model import Article
from streams.proofreading.witnesses import witnesses
from streams.tagging.language import parse
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.topics import Rule, Topic
from streams.tagging.weighing import OCCURRENCES, SHARE_OF_REPEATS

_COMPANIONS = 8
"""Other terms that are tried as the context of one that needs it."""


class Flaw(NamedTuple):
    """Something that is certainly not meant, and what to do about it."""

    rule: str | None
    term: str | None
    problem: str
    mend: str

    def __str__(self) -> str:
        """One sentence, without the file."""
        where = (f"rule {self.rule}" if self.rule else None, self.term, self.problem)
        return ": ".join((*filter(None, where), self.mend))


def flaws(topic: Topic) -> Iterator[Flaw]:
    """The flaws of a topic, in the order of the file."""
    tagger = Tagger([topic])
    for rule in topic.rules:
        dead = [flaw for term in rule.terms if (flaw := _flaw_of(term, rule, topic, tagger))]
        yield from dead
        if len(dead) == len(rule.terms):
            yield Flaw(rule.id, None, "none of its terms can ever count", "mend its terms or remove the rule")
    if (most := _most(topic)) < topic.threshold:
        problem = f"the threshold of {topic.threshold:g} is beyond reach: all terms together weigh at most {most:g}"
        yield Flaw(None, None, problem, "lower it, or raise the weights")
    for subtopic in sorted(topic.subtopics.keys() - {rule.subtopic for rule in topic.rules}):
        yield Flaw(None, None, f"no rule names the sub-topic {subtopic!r}", "name it in a rule, or remove it")
    for kind, verb in (("match", "fires"), ("no_match", "does not fire")):
        if not getattr(topic.examples, kind):
            yield Flaw(None, None, f"no example says on what it {verb}", f"add one under `examples`, `{kind}`")


def _flaw_of(term: str, rule: Rule, topic: Topic, tagger: Tagger) -> Flaw | None:
    """Why a term never counts; None where it can."""
    verdicts: list[Verdict] = []
    for witness in witnesses(parse(term)):
        for verdict in tagger.weigh(witness):
            if _counts(verdict, term, rule):
                return None
            if _lacks_context(verdict, term, rule) and _has_company(witness, term, rule, topic, tagger):
                return None
            verdicts.append(verdict)
    return Flaw(rule.id, term, *_reason(verdicts, term, rule))


def _counts(verdict: Verdict, term: str, rule: Rule) -> bool:
    return any(found.rule == rule.id and found.term == term and found.weight for found in verdict.match.why)


def _lacks_context(verdict: Verdict, term: str, rule: Rule) -> bool:
    return any(found.rule == rule.id and found.term == term for found in verdict.out_of_context)


def _has_company(witness: Article, term: str, rule: Rule, topic: Topic, tagger: Tagger) -> bool:
    """Whether the term counts beside another term of the topic."""
    others = (other for each in topic.rules for other in each.terms if other != term)
    for other in islice(others, _COMPANIONS):
        for company in islice(witnesses(parse(other)), 1):
            beside = Article("witness", witness.title, f"{witness.body}. {company.body}")
            if any(_counts(verdict, term, rule) for verdict in tagger.weigh(beside)):
                return True
    return False


def _reason(verdicts: list[Verdict], term: str, rule: Rule) -> tuple[str, str]:
    """The problem of a term that never counts, and the mend."""
    cancelled = [one for each in verdicts for one in each.match.excluded if (one.rule, one.term) == (rule.id, term)]
    if cancelled:
        problem = f"it never counts, since the exclusion {cancelled[0].excluded_by!r} always cancels it"
        return problem, "remove the term, or narrow the exclusion"
    found = [one for each in verdicts for one in each.match.why]
    if any((one.rule, one.term) == (rule.id, term) for one in found):
        return f"its weight of {rule.weight:g} is rounded to nothing", "raise it"
    if any(_lacks_context(verdict, term, rule) for verdict in verdicts):
        return "it needs context, and no other term of the topic can give it any", "take `needs_context` away"
    if found:
        problem = f"it never counts, since {found[0].term!r} (rule {found[0].rule}) finds the same or more"
        return problem, "remove the one or the other"
    return "it finds nothing: no text was found that satisfies it", "rewrite or remove it"


def _most(topic: Topic) -> float:
    """A bound of the score: every term found as often as counts, in the place that is worth most."""
    place = max(topic.title_boost, topic.lede_boost)
    often = 1 + SHARE_OF_REPEATS * (OCCURRENCES - 1)
    return sum(rule.weight * len(rule.terms) for rule in topic.rules) * place * often
