"""What queries and topics mean, written from docs/topics.md as slowly and plainly as possible.

Every place of a text is compared with every phrase, character by character, every span with every
other: no automaton, no order that matters, no early end. Nothing of the engine is used but the tree
of a query and the nouns.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count, takewhile
from math import log2
from typing import NamedTuple

from msgspec.structs import replace

from streams.model import Article, Evidence, Exclusion, Field, Match
from streams.tagging.language import parse
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without, phrases_of
from streams.tagging.tagger import Verdict
from streams.tagging.topics import Rule, Topic

GAP = "\n\n"
LEDE = 600
LONG = 3_000
SHOWN = 5
CANCELLED_SHOWN = 20

_UNSPACED = (
    *("CJK ", "IDEOGRAPHIC ", "VERTICAL IDEOGRAPHIC", "HANGZHOU ", "HIRAGANA ", "KATAKANA", "HALFWIDTH KATAKANA"),
    *("THAI ", "LAO ", "KHMER ", "MYANMAR "),
)
"""How the names of letters begin in scripts that put no blanks between words."""

_SAME = {
    **dict.fromkeys("’‘ʼ", "'"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("-‐‑‒–—\n", " "),
    "İ": "i",
}


class Span(NamedTuple):
    """A half-open part of `title + GAP + body`."""

    start: int
    end: int


class Cancelled(NamedTuple):
    """The span of an exclusion, and the exclusion as written."""

    span: Span
    excluded_by: str


@dataclass(frozen=True, eq=False)
class Text:
    """The text of an article, and its words."""

    title: str
    body: str

    @cached_property
    def whole(self) -> str:
        return self.title + GAP + self.body

    @cached_property
    def body_starts(self) -> int:
        return len(self.title + GAP)

    @cached_property
    def kinds(self) -> list[str]:
        """What each character is part of: a word, a sign that is a word by itself, or nothing."""
        kinds: list[str] = []
        for character in self.whole:
            kinds.append(kinds[-1] if kinds and _is_mark(character) else _kind(character))
        return kinds

    @cached_property
    def words(self) -> list[Span]:
        """All words, in order."""
        starts = [place for place, kind in enumerate(self.kinds) if kind and not self.goes_on(place)]
        return [Span(start, self._end_of(start)) for start in starts]

    def goes_on(self, place: int) -> bool:
        """Whether a word, or a letter with its marks, goes on across a place."""
        if not 0 < place < len(self.whole):
            return False
        return _is_mark(self.whole[place]) or self.kinds[place - 1] == self.kinds[place] == "word"

    def field_of(self, span: Span) -> Field:
        return "title" if span.end <= len(self.title) else "body"

    def in_lede(self, span: Span) -> bool:
        return self.body_starts <= span.start and span.end <= self.body_starts + LEDE

    def steps(self, one: Span, other: Span) -> int:
        """How far apart two spans are: none if they overlap, one if they are neighbours."""
        first, second = sorted((one, other))
        if _overlap(one, other):
            return 0
        return 1 + sum(1 for word in self.words if first.end <= word.start and word.end <= second.start)

    def end_of_word(self, place: int) -> int:
        """Where the word ends that holds the character at a place."""
        return next((word.end for word in self.words if word.start <= place < word.end), place + 1)

    def _end_of(self, start: int) -> int:
        return next(place for place in count(start + 1) if place == len(self.whole) or not self.goes_on(place))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _kind(character: str) -> str:
    if (character in _SAME and character != "İ") or unicodedata.category(character)[0] not in "LN":
        return ""
    return "sign" if unicodedata.name(character, "").startswith(_UNSPACED) else "word"


@cache
def _plain(character: str, *, exact: bool) -> str:
    """What a character is compared as."""
    if exact:
        return character if character == "İ" else _SAME.get(character, character)
    return _SAME.get(character, character).casefold()


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _contains(one: Span, other: Span) -> bool:
    """Whether one span is more than another and holds it."""
    return one != other and one.start <= other.start and other.end <= one.end


# ---------------------------------------------------------------- queries


def spans_of(query: Query, title: str, body: str) -> list[Span]:
    """All that a query finds, in order, as offsets into `title + GAP + body`."""
    return sorted(_found(query, Text(title, body), []))


def occurrences(phrase: Phrase, text: Text) -> Iterator[Span]:
    """Wherever a phrase stands."""
    folded = "".join(_plain(character, exact=phrase.exact) for character in phrase.words)
    wanted = " ".join(folded.split())
    for start in range(len(text.whole)):
        if not text.goes_on(start) and (end := _end_of_phrase(phrase, wanted, start, text)):
            yield Span(start, end)


def _end_of_phrase(phrase: Phrase, wanted: str, start: int, text: Text) -> int | None:
    """Where the phrase ends that begins here. A character that folds to several is never divided."""
    read = ""
    for place in range(start, len(text.whole)):
        read += _plain(text.whole[place], exact=phrase.exact)
        if phrase.prefix and len(read) >= len(wanted):
            return text.end_of_word(place) if read.startswith(wanted) else None
        if read == wanted and not text.goes_on(place + 1):
            return place + 1
        if not wanted.startswith(read):
            return None
    return None


def _found(query: Query, text: Text, cancelled: Iterable[Cancelled]) -> set[Span]:
    """What a query finds where these exclusions came first."""
    match query:
        case Phrase():
            return {span for span in occurrences(query, text) if not any(_cancels(one, span) for one in cancelled)}
        case AnyOf(parts):
            return set().union(*(_found(part, text, cancelled) for part in parts))
        case AllOf(parts):
            found = [_found(part, text, cancelled) for part in parts]
            return set().union(*found) if all(found) else set()
        case Without(wanted, unwanted):
            return set() if _found(unwanted, text, cancelled) else _found(wanted, text, cancelled)
        case Near(left, right):
            return _near(query, _found(left, text, cancelled), _found(right, text, cancelled), text)
        case Within("title", part):
            return {span for span in _found(part, text, cancelled) if text.field_of(span) == "title"}
        case Within(_, part):
            return {span for span in _found(part, text, cancelled) if text.in_lede(span)}
        case AtLeast(times, part):
            found_there = _found(part, text, cancelled)
            return found_there if _most_disjoint(found_there) >= times else set()


def _near(query: Near, left: set[Span], right: set[Span], text: Text) -> set[Span]:
    together = {
        Span(min(one.start, other.start), max(one.end, other.end))
        for one in left
        for other in right
        if not _overlap(one, other)
        and text.field_of(one) == text.field_of(other)
        and text.steps(one, other) <= query.steps
        and (one < other or not query.ordered)
    }
    return {span for span in together if not any(_contains(span, other) for other in together)}


def _most_disjoint(spans: set[Span]) -> int:
    """The greatest number of spans of which no two overlap."""

    @cache
    def most_from(place: int) -> int:
        return max((1 + most_from(span.end) for span in spans if span.start >= place), default=0)

    return most_from(0)


def _cancels(exclusion: Cancelled, span: Span) -> bool:
    return _overlap(exclusion.span, span) and not _contains(span, exclusion.span)


# ---------------------------------------------------------------- topics


@dataclass(frozen=True)
class Finding:
    """What a term of a rule found."""

    span: Span
    number: int
    term: str
    rule: Rule
    query: Query

    def in_order(self) -> tuple[int, int, int]:
        return self.span.start, -self.span.end, self.number


def verdict(topic: Topic, article: Article) -> Verdict:
    """What a topic makes of an article."""
    text = Text(article.title, article.body)
    cancelled = _cancelled(topic, text)
    found = [
        Finding(span, number, term, rule, query)
        for number, term, rule, query in _terms(topic)
        for span in _found(query, text, cancelled)
    ]
    standing = sorted((one for one in found if not any(_swallows(other, one) for other in found)), key=Finding.in_order)
    counted = [one for one in standing if _counts(one, standing, topic, text)]
    damping = _damping(topic, article)
    why = tuple(
        _evidence(one, topic, text, damping, times)
        for one, times in ((one, _times_before(one, counted)) for one in counted)
        if times < SHOWN
    )
    score = round(sum(evidence.weight for evidence in why), 3)
    match = Match(
        topic=topic.id,
        topic_version=topic.version,
        score=score,
        threshold=topic.threshold,
        damping=damping,
        subtopics=_subtopics(why, topic),
        why=why,
        excluded=tuple(_excluded(topic, text, cancelled))[:CANCELLED_SHOWN],
    )
    return Verdict(
        match=match,
        fires=score >= topic.threshold,
        out_of_context=tuple(_weightless(one, text) for one in standing if one not in counted),
    )


def _terms(topic: Topic) -> list[tuple[int, str, Rule, Query]]:
    terms = [(term, rule) for rule in topic.rules for term in rule.terms]
    return [(number, term, rule, parse(term)) for number, (term, rule) in enumerate(terms)]


def _cancelled(topic: Topic, text: Text) -> list[Cancelled]:
    """The spans of all exclusions: by start, then in the order of the file."""
    spans = [Cancelled(span, term) for term in topic.exclusions for span in sorted(_found(parse(term), text, []))]
    return sorted(spans, key=lambda one: one.span.start)


def _swallows(other: Finding, one: Finding) -> bool:
    """Whether `one` is a phrase within a longer phrase, or on the span of an earlier one."""
    if not isinstance(one.query, Phrase) or not isinstance(other.query, Phrase):
        return False
    return _contains(other.span, one.span) or (other.span == one.span and other.number < one.number)


def _counts(one: Finding, standing: list[Finding], topic: Topic, text: Text) -> bool:
    if not one.rule.needs_context or text.field_of(one.span) == "title":
        return True
    return any(
        text.field_of(other.span) == text.field_of(one.span)
        and text.steps(one.span, other.span) <= topic.context_within
        for other in standing
        if other.number != one.number
    )


def _times_before(one: Finding, counted: list[Finding]) -> int:
    earlier = takewhile(lambda other: other != one, counted)
    return sum(other.number == one.number for other in earlier)


def _damping(topic: Topic, article: Article) -> float:
    length = len(article.title) + len(article.body)
    return round(1 / (1 + topic.damping * log2(length / LONG)), 4) if length > LONG else 1.0


def _evidence(one: Finding, topic: Topic, text: Text, damping: float, times: int) -> Evidence:
    boost = _place(one, topic, text) * (0.25 if times else 1.0)
    weight = round(one.rule.weight * boost * damping, 3)
    return replace(_weightless(one, text), boost=boost, weight=weight)


def _weightless(one: Finding, text: Text) -> Evidence:
    located = _located(one.span, text)
    return Evidence(one.rule.id, one.term, *located, rule_weight=one.rule.weight, boost=0.0, weight=0.0)


def _place(one: Finding, topic: Topic, text: Text) -> float:
    if text.field_of(one.span) == "title":
        return topic.title_boost
    return topic.lede_boost if text.in_lede(one.span) else 1.0


def _located(span: Span, text: Text) -> tuple[Field, int, int, str]:
    before = 0 if text.field_of(span) == "title" else text.body_starts
    return text.field_of(span), span.start - before, span.end - before, text.whole[span.start : span.end]


def _excluded(topic: Topic, text: Text, cancelled: list[Cancelled]) -> Iterator[Exclusion]:
    """Every word and phrase of a term that an exclusion cancels, once for each term."""
    places = {
        (span.start, -span.end, number)
        for number, _, _, query in _terms(topic)
        for phrase in phrases_of(query)
        for span in occurrences(phrase, text)
    }
    terms = _terms(topic)
    for start, minus_end, number in sorted(places):
        span = Span(start, -minus_end)
        _, term, rule, _ = terms[number]
        for exclusion in [one for one in cancelled if _cancels(one, span)][:1]:
            yield Exclusion(rule.id, term, *_located(span, text), excluded_by=exclusion.excluded_by)


def _subtopics(why: tuple[Evidence, ...], topic: Topic) -> tuple[str, ...]:
    named = {rule.id: rule.subtopic for rule in topic.rules}
    weights: dict[str, float] = {}
    for evidence in why:
        if subtopic := named[evidence.rule]:
            weights[subtopic] = round(weights.get(subtopic, 0.0) + evidence.weight, 3)
    return tuple(sorted(weights, key=lambda name: (-weights[name], name)))
