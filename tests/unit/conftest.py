"""What the unit tests share: one hypothesis profile, and the shipped topics, loaded once.

A run repeats the last one to the letter; `pytest --hypothesis-profile=explore` looks for new cases.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from streams.watchlist import load_topics

settings.register_profile("repeat", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("repeat")


@pytest.fixture(autouse=True, scope="package")
def nothing_is_set() -> Iterator[None]:
    """No test here sees the settings of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="package")
def shipped_topics(nothing_is_set: None) -> tuple[Topic, ...]:
    return load_topics(Settings())


@pytest.fixture(scope="package")
def shipped_tagger(shipped_topics: tuple[Topic, ...]) -> Tagger:
    return Tagger(shipped_topics)
