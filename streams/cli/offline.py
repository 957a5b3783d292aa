"""`northwire tag` and `northwire replay`: the road without Kafka."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.cli.options import Json, Paths, TopicsDir
from streams.cli.screen import complain, print_line, show
from streams.cli.topicfiles import read_topics
from streams.errors import SourceError
from streams.ingest.sources import Message, Sources
from streams.model import Alert, Article, Match, News, Rejected, Repeat, Tagged, TaggedArticle, Untagged
from streams.pipeline import tag as tag_message, tell
from streams.stories.desk import Desk, arrival_of
from streams.stories.placement import Placement
from streams.tagging.tagger import Tagger
from streams.wire import encode

NO_MATCH = Match("", "", score=0, threshold=0, damping=1, subtopics=(), why=())
"""How an article is placed whatever it is about."""


def tag(paths: Paths, topics: TopicsDir = None) -> None:
    """Tag articles and say why, without Kafka.

    Prints one line of JSON per article: {"id", "topics", "matches", "title", "place"}; every span of a
    match is a span of the cleaned title or body. Reads what `northwire ingest` reads. What is refused
    is reported on standard error, and then the exit code is 1.
    """
    tagger = Tagger(read_topics(topics))
    refused = 0
    sources = Sources(paths, complain)
    for message in sources:
        match tag_message(message.raw, tagger):
            case Rejected(reason, error):
                complain(f"{message.place}: {reason}: {error}")
                refused += 1
            case Untagged(article):
                print_line(_verdict(article, (), message.place))
            case Tagged(article, matches):
                print_line(_verdict(article, matches, message.place))
    if refused or sources.unreadable:
        raise typer.Exit(1)


def _verdict(article: Article, matches: tuple[Match, ...], place: str) -> bytes:
    return encode(
        {
            "id": article.id,
            "topics": [match.topic for match in matches],
            "matches": matches,
            "title": article.title,
            "place": place,
        }
    )


def replay(
    paths: Paths,
    stories: Annotated[
        Path | None,
        typer.Option("--stories", help='Write {"id", "topic", "story"} for every tagged article to this file.'),
    ] = None,
    all_articles: Annotated[
        bool, typer.Option("--all", help="Place every article, tagged or not, in stories of no topic too (topic null).")
    ] = False,
    topics: TopicsDir = None,
    json: Json = False,
) -> None:
    """Send articles down the whole road, without Kafka, and print the alerts.

    The alerts are byte for byte those that the service would publish for the same articles in the same
    order. Reads what `northwire ingest` reads. Ends with a count that adds up, on standard error; the
    exit code is 1 if something was refused.
    """
    console = Console()
    road = _Road(Tagger(read_topics(topics)), all_articles)
    sources = Sources(paths, complain)
    for message in sources:
        for alert in road.alerts(message):
            if json or not console.is_terminal:
                print_line(encode(alert))
            else:
                show(console, alert)
    if stories:
        _write(stories, road.assignments)
    print(_summary(road.counts), file=sys.stderr)
    if road.counts["refused"] or sources.unreadable:
        raise typer.Exit(1)


class _Road:
    """The road, article by article, and the tally of what became of each."""

    def __init__(self, tagger: Tagger, all_articles: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.assignments: list[bytes] = []
        self._all_articles = all_articles
        self._tagger = tagger
        self._desk = Desk()
        self._now = datetime.now(UTC)

    def alerts(self, message: Message) -> Iterator[Alert]:
        """The alerts that a message gives rise to."""
        match tag_message(message.raw, self._tagger):
            case Rejected(reason, error):
                complain(f"{message.place}: {reason}: {error}")
                self.counts["refused"] += 1
            case Untagged(article):
                self.counts["untagged"] += 1
                self._place_in_all(article)
            case Tagged(article, matches):
                self.counts["tagged"] += 1
                for verdict in matches:
                    yield from self._told(TaggedArticle(article, verdict))
                self._place_in_all(article)

    def _told(self, tagged: TaggedArticle) -> Iterator[Alert]:
        placement = self._placed(tagged)
        self._assign(placement, tagged.match.topic)
        match tell(tagged, placement):
            case News(alert):
                self.counts["alerts"] += 1
                yield alert
            case Repeat():
                self.counts["repeats"] += 1

    def _place_in_all(self, article: Article) -> None:
        if self._all_articles:
            self._assign(self._placed(TaggedArticle(article, NO_MATCH)), None)

    def _placed(self, tagged: TaggedArticle) -> Placement:
        """Where the desk places an article, which came when it was fetched or published, and not after now."""
        claimed = arrival_of(tagged.article)
        return self._desk.place(tagged, min(claimed, self._now) if claimed else None)

    def _assign(self, placement: Placement, topic: str | None) -> None:
        self.assignments.append(encode({"id": placement.article_id, "topic": topic, "story": placement.story.id}))


def _write(path: Path, lines: list[bytes]) -> None:
    try:
        path.write_bytes(b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise SourceError(f"{path} cannot be written ({error}): name another file with --stories.") from None


def _summary(counts: Counter[str]) -> str:
    articles = counts["tagged"] + counts["untagged"] + counts["refused"]
    matches = counts["alerts"] + counts["repeats"]
    return (
        f"{articles:,} articles: {counts['tagged']:,} tagged, {counts['untagged']:,} untagged, "
        f"{counts['refused']:,} refused\n"
        f"{matches:,} matches: {counts['alerts']:,} alerts, {counts['repeats']:,} repeats"
    )
