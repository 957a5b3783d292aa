"""What the desk decides on an article, and all it has to remember of it: the journal's entries."""

import msgspec
from msgspec import Struct

from streams.model import Cause, Instant, Kind, Likeness, Severity, Story
from streams.stories.portrait import Portrait
from streams.wire import TAGGED_LIMIT, decode


class Told(Struct, frozen=True):
    """What subscribers were told of a story: the highest severity, and the last number of outlets worth a word."""

    severity: Severity
    outlets: int


class Placement(Struct, frozen=True, tag_field="schema", tag="northwire.placement/1"):
    """An article's place in a story, and whether subscribers hear of it: silent where `kind` is absent.

    `arrival` is when the article came, by the clock of the desk; `opens` says that the story began
    with it. `story`, `voices` and `told` are the story as it is after this article. `text` of the
    portrait identifies the revision.
    """

    topic: str
    article_id: str
    title: str
    source: str | None
    url: str | None
    time: Instant | None
    arrival: Instant | None
    severity: Severity
    score: float
    kind: Kind | None
    cause: Cause
    because: str
    likeness: Likeness | None
    opens: bool
    story: Story
    voices: tuple[str, ...]
    voice: str | None
    told: Told | None
    portrait: Portrait


_placement = msgspec.json.Decoder(Placement)


def decode_placement(raw: bytes | None) -> Placement:
    """A message of `stories`. Raises `Refused`."""
    return decode(_placement, raw, TAGGED_LIMIT)
