"""The road of an article, from bytes to alert. Everything on it is a plain function of its input.

    bytes ──decode──▶ article ──clean──▶ article ──tag──▶ matches          (the tagging worker)
    tagged article ──place──▶ placement ──tell──▶ alert                     (the stories worker)

Every message ends in one of three ways: forwarded, declined by decision, or rejected whole.
"""

from datetime import datetime

from streams.alerting.alerts import write_alert
from streams.cleaning import clean
from streams.errors import Reason, Refused
from streams.model import News, Rejected, Repeat, StoryOutcome, Tagged, TaggedArticle, TaggingOutcome, Untagged
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from streams.tagging.canary import genuine
from streams.tagging.tagger import Tagger
from streams.wire import decode_article, decode_tagged


def tag(raw: bytes | None, tagger: Tagger) -> TaggingOutcome:
    """What becomes of a message on `articles`. Never raises: a message is answered for whatever it holds."""
    try:
        article = clean(decode_article(raw))
        matches = genuine(article, tagger.tag(article))
    except Exception as error:
        return _rejected(error)
    return Tagged(article, matches) if matches else Untagged(article)


def receive(raw: bytes | None) -> TaggedArticle | Rejected:
    """What a message on `articles.tagged` holds. Never raises."""
    try:
        return decode_tagged(raw)
    except Exception as error:
        return _rejected(error)


def place(tagged: TaggedArticle, desk: Desk, arrival: datetime | None) -> Placement | Rejected:
    """Where a tagged article belongs that came at this time; the desk keeps it. Never raises."""
    try:
        return desk.place(tagged, arrival)
    except Exception as error:
        return _rejected(error)


def tell(tagged: TaggedArticle, placement: Placement) -> StoryOutcome:
    """Whether subscribers hear of an article that is placed. Never raises."""
    if placement.kind is None:
        return Repeat(placement.topic, placement.article_id, placement.story.id, placement.cause)
    try:
        return News(write_alert(tagged, placement, placement.kind))
    except Exception as error:
        return _rejected(error)


def _rejected(error: Exception) -> Rejected:
    """The message is put aside whole, counted and logged: for the reason it was refused for, else for a bug of ours."""
    if isinstance(error, Refused):
        return Rejected(error.reason, error.detail)
    return Rejected(Reason.FAILED, f"{type(error).__name__}: {error}")
