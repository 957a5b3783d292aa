"""What tagging means, written as slowly and plainly as possible, to hold the real tagger to.

Every place of the text is compared with every term, and every finding with every other: no automaton,
no order that matters, no early end.
"""

from dataclasses import dataclass

from streams.model import Article, Evidence, Exclusion, Field, Match
from streams.tagging.tagger import EXCLUSIONS_SHOWN, SPANS_SHOWN
from streams.tagging.topics import Rule, Topic

GAP = "\n\n"
_SAME = {
    **dict.fromkeys("’‘ʼ", "'"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("-‐‑‒–—\n", " "),
}


@dataclass(frozen=True)
class Found:
    """A term of a rule where it stands in the text."""

    start: int
    end: int
    term: str
    rule: Rule
    place_in_file: int


def verdict(topic: Topic, article: Article) -> Match | None:
    """The match of one topic on one article, or None."""
    text = article.title + GAP + article.body
    terms = [(term, rule) for rule in topic.rules for term in rule.terms]
    found = [
        Found(start, end, term, rule, place)
        for place, (term, rule) in enumerate(terms)
        for start, end in occurrences(term, text, exact_case=rule.case_sensitive)
    ]
    excluders = sorted(
        (start, end, term) for term in topic.exclusions for start, end in occurrences(term, text, exact_case=False)
    )
    longest = sorted(
        (one for one in found if not any(_swallows(other, one) for other in found)), key=lambda one: one.start
    )
    excluded_by = {one: [term for *span, term in excluders if _cancels(span, one)] for one in longest}
    standing = [one for one in longest if not excluded_by[one]]
    counted = [one for one in standing if _counts(one, standing, topic, article, text)]
    why = _why(counted, article, text)
    score = round(sum(evidence.weight for evidence in why), 3)
    if not found or score < topic.threshold:
        return None
    cancelled = [one for one in longest if excluded_by[one]][:EXCLUSIONS_SHOWN]
    return Match(
        topic=topic.id,
        topic_version=topic.version,
        score=score,
        threshold=topic.threshold,
        subtopics=_subtopics(why, topic),
        why=why,
        excluded=tuple(
            Exclusion(one.rule.id, *_located(one, article, text), excluded_by=excluded_by[one][0]) for one in cancelled
        ),
    )


def occurrences(term: str, text: str, *, exact_case: bool) -> list[tuple[int, int]]:
    """Where the term stands as whole tokens."""
    wanted = " ".join(_plain(term).split())
    size = len(wanted)
    return [
        (start, start + size)
        for start in range(len(text) - size + 1)
        if _equal(_plain(text[start : start + size]), wanted, exact_case=exact_case)
        and not _joined(text, start)
        and not _joined(text, start + size)
    ]


def _plain(text: str) -> str:
    return "".join(_SAME.get(character, character) for character in text)


def _equal(one: str, other: str, *, exact_case: bool) -> bool:
    return one == other if exact_case else one.lower() == other.lower()


def _joined(text: str, place: int) -> bool:
    """Whether a token goes on across this place."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _swallows(one: Found, other: Found) -> bool:
    if (one.start, one.end) == (other.start, other.end):
        return one.place_in_file < other.place_in_file
    return one.start <= other.start and other.end <= one.end


def _cancels(span: list[int], one: Found) -> bool:
    start, end = span
    overlap = start < one.end and one.start < end
    says_more = one.start <= start and end <= one.end and one.end - one.start > end - start
    return overlap and not says_more


def _counts(one: Found, standing: list[Found], topic: Topic, article: Article, text: str) -> bool:
    if not one.rule.needs_context or one.start < len(article.title):
        return True
    others = [other for other in standing if other.term != one.term]
    return any(_steps(one, other, text) <= topic.context_within for other in others)


def _steps(one: Found, other: Found, text: str) -> int:
    first, second = sorted((one, other), key=lambda found: found.start)
    return _plain(text[first.end : second.start]).count(" ")


def _why(counted: list[Found], article: Article, text: str) -> tuple[Evidence, ...]:
    why: list[Evidence] = []
    for one in counted:
        before = sum(other.term == one.term and other.start < one.start for other in counted)
        if before >= SPANS_SHOWN:
            continue
        boost = 2 if one.start < len(article.title) else 1
        weight = 0.0 if before else round(one.rule.weight * boost, 3)
        why.append(Evidence(one.rule.id, *_located(one, article, text), weight))
    return tuple(why)


def _located(one: Found, article: Article, text: str) -> tuple[Field, int, int, str]:
    if one.start < len(article.title):
        return "title", one.start, one.end, text[one.start : one.end]
    before = len(article.title) + len(GAP)
    return "body", one.start - before, one.end - before, text[one.start : one.end]


def _subtopics(why: tuple[Evidence, ...], topic: Topic) -> tuple[str, ...]:
    named = {rule.id: rule.subtopic for rule in topic.rules}
    weights: dict[str, float] = {}
    for evidence in why:
        if subtopic := named[evidence.rule]:
            weights[subtopic] = weights.get(subtopic, 0.0) + evidence.weight
    return tuple(sorted(weights, key=lambda name: (-weights[name], name)))
