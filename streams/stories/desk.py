"""The desk: places each tagged article in a story, and decides whether anyone needs to hear of it."""

from datetime import datetime, timedelta

from streams.identity import derive
from streams.model import Article, Cause, Story, TaggedArticle
from streams.severity import severity_of
from streams.stories.beat import Beat, Ledger
from streams.stories.belonging import Belonging, belonging
from streams.stories.likeness import THRESHOLD
from streams.stories.placement import Placement
from streams.stories.portrait import portray
from streams.stories.verdict import Heard, judge, told_after
from streams.stories.voices import voice_of
from streams.tagging.topics import CANARY

WINDOW = timedelta(days=14)
"""How long after its last article a story is live."""

HEADLINE_LENGTH = 140
"""Characters of a headline made from the body of an article that has no title."""

MOST_CANARIES = 100
"""Live canaries: nothing is ever like one, and only the same canary again is worth remembering."""

MOST_SOURCES = 30
MOST_VOICES = 64


class Desk:
    """Places articles in stories, topic by topic, in the order they come.

    The desk knows nothing but what it keeps: a desk that kept the same placements in the same order
    answers the same, whether it made them itself or read them from a journal.
    """

    def __init__(self, window: timedelta = WINDOW, threshold: float = THRESHOLD) -> None:
        self._window, self._threshold = window, threshold
        self._beats: dict[str, Beat] = {}
        self._clock: datetime | None = None

    def place(self, tagged: TaggedArticle, arrival: datetime | None) -> Placement:
        """Where an article belongs that came at this time, if it is known; the desk keeps it.

        Time never goes back: an article that comes with an earlier time came when the last one did.
        """
        article, match = tagged.article, tagged.match
        title = article.title or _first_words(article.body)
        self._advance(arrival)
        beat = self._beat(match.topic)
        portrait = portray(article, match.why, beat.rarity)
        time = _time(article, self._clock)
        belongs = belonging(beat, article.id, portrait, time, self._threshold)
        ledger = beat.stories[belongs.nearest.story_id] if belongs else None
        voice = _voice(article, belongs)
        voices = _with(ledger.voices if ledger else (), voice, MOST_VOICES)
        heard = Heard(article, portrait, severity_of(match.score), len(voices), self._old_since(article))
        verdict = judge(heard, belongs, ledger)
        placement = Placement(
            topic=match.topic,
            article_id=article.id,
            title=title,
            source=article.source,
            url=article.url,
            time=time,
            arrival=self._clock,
            severity=heard.severity,
            score=match.score,
            kind=verdict.kind,
            cause=verdict.cause,
            because=verdict.because,
            likeness=belongs.likeness if belongs else None,
            opens=_opens(belongs),
            story=_story(article, title, match.topic, belongs, ledger, len(voices)),
            voices=voices,
            voice=voice,
            told=told_after(verdict, heard, ledger.told if ledger else None),
            portrait=portrait,
        )
        self.keep(placement)
        return placement

    def keep(self, placement: Placement) -> None:
        """Remembers a placement, made by this desk or by another one before it."""
        self._advance(placement.arrival)
        self._beat(placement.topic).keep(placement)

    def forget_before(self, moment: datetime) -> None:
        """Forgets the stories whose last article came before a moment, and topics with none left."""
        for topic, beat in list(self._beats.items()):
            beat.forget_before(moment)
            if not beat:
                del self._beats[topic]

    def forget_expired(self) -> None:
        """Forgets, in all topics, what the desk would forget anyway before it looked at it again."""
        if self._clock:
            self.forget_before(self._clock - self._window)

    def count(self) -> dict[str, tuple[int, int]]:
        """The live stories and articles of each topic."""
        return {topic: (len(beat.stories), len(beat)) for topic, beat in self._beats.items()}

    def _advance(self, arrival: datetime | None) -> None:
        if arrival and (self._clock is None or arrival > self._clock):
            self._clock = arrival

    def _beat(self, topic: str) -> Beat:
        if topic not in self._beats:
            self._beats[topic] = Beat(MOST_CANARIES) if topic == CANARY else Beat()
        beat = self._beats[topic]
        if self._clock:
            beat.forget_before(self._clock - self._window)
        return beat

    def _old_since(self, article: Article) -> datetime | None:
        """When an article was published that comes after its window."""
        published, clock = article.published_at, self._clock
        return published if published and clock and clock - published > self._window else None


def _time(article: Article, clock: datetime | None) -> datetime | None:
    """When an article speaks: as published or fetched, but not after it came."""
    claimed = _claimed(article)
    return min(claimed or clock, clock) if clock else claimed


def arrival_of(article: Article) -> datetime | None:
    """When an article of an archive came: when it was fetched, else when it was published."""
    return article.fetched_at or article.published_at


def _claimed(article: Article) -> datetime | None:
    return article.published_at or article.fetched_at


def _opens(belongs: Belonging | None) -> bool:
    """Whether the story begins with the article; a revision takes the place of what it revises."""
    return belongs is None or (_is_again(belongs) and belongs.nearest.opens)


def _is_again(belongs: Belonging) -> bool:
    return belongs.how in (Cause.SEEN, Cause.REVISION)


def _voice(article: Article, belongs: Belonging | None) -> str | None:
    """Whose words they are: those of a copy are its original's."""
    if belongs and (belongs.how is Cause.COPY or _is_again(belongs)) and belongs.nearest.voice:
        return belongs.nearest.voice
    return voice_of(article)


def _story(
    article: Article, title: str, topic: str, belongs: Belonging | None, ledger: Ledger | None, outlets: int
) -> Story:
    """The story as it is after the article."""
    before = ledger.story if ledger else None
    times = [time for time in (_claimed(article), before and before.first_seen, before and before.last_seen) if time]
    return Story(
        id=before.id if before else derive("story", topic, article.id),
        headline=before.headline if before else title,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        articles=(before.articles if before else 0) + (not (belongs and _is_again(belongs))),
        outlets=outlets,
        sources=_with(before.sources if before else (), article.source, MOST_SOURCES),
    )


def _with(names: tuple[str, ...], name: str | None, most: int) -> tuple[str, ...]:
    return (*names, name) if name and name not in names and len(names) < most else names


def _first_words(body: str) -> str:
    line = body.split("\n", 1)[0]
    if len(line) <= HEADLINE_LENGTH:
        return line
    return line[:HEADLINE_LENGTH].rsplit(" ", 1)[0] + "…"
