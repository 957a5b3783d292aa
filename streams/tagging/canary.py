"""The canary: an article that Northwire sends itself, to see it come out at the other end as an alert.

A canary is one to the letter: nothing can be added to it. So no other article is taken for one, and whoever forges
one has said nothing.
"""

import re

from streams.model import Article, Match
from streams.tagging.topics import CANARY, Rule, Topic

SOURCE = "Northwire canary"

_ID = re.compile(r"canary-([a-p]{32})")
_MARKER = "northwirecanary"

TOPIC = Topic(id=CANARY, title="Canary", version="1", rules=(Rule(id="marker", terms=(f"{_MARKER}*",), weight=1.0),))
"""What every tagging worker watches beside the topics that it is given."""


def canary(number: int) -> Article:
    """The canary of a number below 2 to the 128th: one word that no other has, so that it is a story of its own.

    It bears no date, so that it moves no clock.
    """
    mark = f"{number:032x}".translate(_LETTERS)
    return Article(id=f"canary-{mark}", title=f"{_MARKER}{mark}", body="", source=SOURCE)


def is_canary(article: Article) -> bool:
    """Whether a cleaned article is a canary, to the letter."""
    mark = _ID.fullmatch(article.id) if article.source == SOURCE else None
    return mark is not None and article == canary(int(mark[1].translate(_DIGITS), 16))


def genuine(article: Article, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Of these matches, those about its being a canary if it is one, and else the others."""
    if not matches:
        return matches
    alone = is_canary(article)
    return tuple(match for match in matches if (match.topic == CANARY) is alone)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_DIGITS = str.maketrans("abcdefghijklmnop", "0123456789abcdef")
