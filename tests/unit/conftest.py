"""What the unit tests share: an environment without settings, and the shipped topics, loaded once."""

from collections.abc import Iterator

import pytest

from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from streams.watchlist import load_topics
from tests.drawing import draw_the_same_every_time
from tests.surroundings import without_settings

draw_the_same_every_time()


@pytest.fixture(autouse=True, scope="package")
def nothing_is_set() -> Iterator[None]:
    """No test here sees the settings of whoever runs it."""
    with without_settings():
        yield


@pytest.fixture(scope="package")
def shipped_topics(nothing_is_set: None) -> tuple[Topic, ...]:
    return load_topics(Settings())


@pytest.fixture(scope="package")
def shipped_tagger(shipped_topics: tuple[Topic, ...]) -> Tagger:
    return Tagger(shipped_topics)
