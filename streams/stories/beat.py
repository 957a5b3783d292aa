"""What the desk remembers of one topic: its live articles, an index to find them, and its stories.

An article is forgotten when its arrival lies before the window, and a story with its last article.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable
from datetime import datetime
from heapq import nlargest
from itertools import chain, islice

from msgspec import Struct

from streams.stories.placement import Placement
from streams.stories.portrait import Portrait
from streams.stories.rarity import Rarity, take_off

MOST_ARTICLES = 150_000
"""Live articles of a topic; of more, those that came first are forgotten."""

_RAREST = 24
"""Terms by which candidates are looked for: those that the fewest live articles have."""

_LATEST = 48
"""Articles with a term that are looked at: the latest."""

_CANDIDATES = 12


class Member(Struct, frozen=True, gc=False):
    """A live article."""

    article_id: str
    story_id: str
    time: datetime | None
    arrival: datetime | None
    opens: bool
    voice: str | None
    portrait: Portrait


class Ledger:
    """A story with live articles: as it is after the last of them, and what they say."""

    def __init__(self, placement: Placement) -> None:
        self.members: set[int] = set()
        self.figures: Counter[float] = Counter()
        self.designations: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.update(placement)

    def update(self, placement: Placement) -> None:
        """Takes the story as it is after another article."""
        self.story, self.voices, self.told = placement.story, placement.voices, placement.told

    def add(self, number: int, portrait: Portrait) -> None:
        """Takes in a live article."""
        self.members.add(number)
        self.figures.update(portrait.figures)
        for thing, numbers in portrait.designations.items():
            self.designations[thing].update(numbers)

    def remove(self, number: int, portrait: Portrait) -> None:
        """Forgets an article."""
        self.members.remove(number)
        take_off(self.figures, portrait.figures)
        for thing, numbers in portrait.designations.items():
            take_off(self.designations[thing], numbers)
            if not self.designations[thing]:
                del self.designations[thing]


class Beat:
    """The memory of one topic. It changes by `keep` and `forget_before` alone."""

    def __init__(self, most: int = MOST_ARTICLES) -> None:
        self.rarity = Rarity()
        self.stories: dict[str, Ledger] = {}
        self._most = most
        self._next = 0
        self._members: dict[int, Member] = {}
        self._by_article: dict[str, int] = {}
        self._by_text: dict[str, int] = {}
        self._by_term: defaultdict[str, list[int]] = defaultdict(list)
        self._dated: deque[int] = deque()

    def __len__(self) -> int:
        """How many articles are live."""
        return len(self._members)

    def article(self, article_id: str) -> Member | None:
        """The live article with this id."""
        return self._members.get(self._by_article.get(article_id, -1))

    def text(self, fingerprint: str) -> Member | None:
        """The last live article with this text."""
        return self._members.get(self._by_text.get(fingerprint, -1))

    def candidates(self, keys: Iterable[str]) -> list[Member]:
        """The live articles that share most of these terms, of those that share a rare one: at most 12."""
        found = sorted((len(numbers), key, numbers) for key in keys if (numbers := self._by_term.get(key)))[:_RAREST]
        shared = Counter(chain.from_iterable(islice(reversed(numbers), _LATEST) for _, _, numbers in found))
        counts = [(count, number) for number, count in shared.items() if count > 1]
        if len(counts) < _CANDIDATES:  # most share one term only, and are seldom needed
            counts = [(count, number) for number, count in shared.items()]
        return [self._members[number] for _, number in nlargest(_CANDIDATES, counts)]

    def keep(self, placement: Placement) -> None:
        """Remembers an article, in place of an earlier revision of it."""
        if (earlier := self._by_article.get(placement.article_id)) is not None:
            self._forget(earlier)
        if len(self._members) >= self._most:
            self._forget(next(iter(self._members)))
        portrait = placement.portrait
        number, self._next = self._next, self._next + 1
        self._members[number] = Member(
            article_id=placement.article_id,
            story_id=placement.story.id,
            time=placement.time,
            arrival=placement.arrival,
            opens=placement.opens,
            voice=placement.voice,
            portrait=portrait,
        )
        if placement.arrival is not None:
            self._dated.append(number)
        self._by_article[placement.article_id] = number
        self._by_text[portrait.text] = number
        for key in portrait.keys:
            self._by_term[key].append(number)
        if placement.opens:
            self.rarity.opened(_terms(portrait))
        if ledger := self.stories.get(placement.story.id):
            ledger.update(placement)
        else:
            ledger = self.stories[placement.story.id] = Ledger(placement)
        ledger.add(number, portrait)

    def forget_before(self, moment: datetime) -> None:
        """Forgets the articles that arrived before a moment."""
        while self._dated:
            member = self._members.get(self._dated[0])
            if member and member.arrival and member.arrival >= moment:
                return
            number = self._dated.popleft()
            if member:
                self._forget(number)

    def _forget(self, number: int) -> None:
        member = self._members.pop(number)
        portrait = member.portrait
        if self._by_article.get(member.article_id) == number:
            del self._by_article[member.article_id]
        if self._by_text.get(portrait.text) == number:
            del self._by_text[portrait.text]
        for key in portrait.keys:
            numbers = self._by_term[key]
            numbers.remove(number)
            if not numbers:
                del self._by_term[key]
        if member.opens:
            self.rarity.closed(_terms(portrait))
        ledger = self.stories[member.story_id]
        ledger.remove(number, portrait)
        if not ledger.members:
            del self.stories[member.story_id]


def _terms(portrait: Portrait) -> Collection[str]:
    return {*portrait.words.terms, *portrait.names.terms, *portrait.lede.terms}
