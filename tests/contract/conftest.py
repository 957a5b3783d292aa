"""What the contract tests share: the messages that the real pipeline makes of all samples."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files

import pytest

from streams.model import Alert, Article, Match, News, Rejected, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.settings import Settings
from streams.stories.desk import Desk, arrival_of
from streams.stories.placement import Placement
from streams.watchlist import load_tagger
from tests.drawing import draw_the_same_every_time
from tests.surroundings import without_settings

draw_the_same_every_time()


@dataclass
class Road:
    """What went in at one end, and came out at the other."""

    accepted: list[bytes] = field(default_factory=list)
    rejected: list[tuple[bytes, Rejected]] = field(default_factory=list)
    tagged: list[tuple[Tagged, Match]] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def articles(self) -> list[Article]:
        return [outcome.article for outcome, _ in self.tagged]


@pytest.fixture(autouse=True, scope="package")
def nothing_is_set() -> Iterator[None]:
    """No test here sees the settings of whoever runs it."""
    with without_settings():
        yield


@pytest.fixture(scope="package")
def road(nothing_is_set: None) -> Road:
    road, desk, tagger = Road(), Desk(), load_tagger(Settings())
    for line in (files("streams") / "samples" / "articles.ndjson").read_bytes().splitlines():
        outcome = tag(line, tagger)
        if isinstance(outcome, Rejected):
            road.rejected.append((line, outcome))
            continue
        road.accepted.append(line)
        if not isinstance(outcome, Tagged):
            continue
        for verdict in outcome.matches:
            road.tagged.append((outcome, verdict))
            tagged = TaggedArticle(outcome.article, verdict)
            placement = desk.place(tagged, arrival_of(outcome.article))
            road.placements.append(placement)
            told = tell(tagged, placement)
            if isinstance(told, News):
                road.alerts.append(told.alert)
    return road
