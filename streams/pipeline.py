"""The road of an article, from bytes to alert. Everything on it is a plain function of its input.

    bytes ──decode──▶ article ──clean──▶ article ──tag──▶ matches          (the tagging worker)
    match ──place──▶ story ──write──▶ alert                                (the stories worker)

Every message ends in one of three ways: forwarded, declined by decision, or rejected whole.
"""

from streams.alerting.alerts import write_alert
from streams.cleaning import clean
from streams.errors import Reason, Refused
from streams.model import Kind, News, Rejected, Repeat, StoryOutcome, Tagged, TaggedArticle, TaggingOutcome, Untagged
from streams.stories.desk import Desk, Repeated
from streams.tagging.tagger import Tagger
from streams.wire import decode_article, decode_tagged


def tag(raw: bytes | None, tagger: Tagger) -> TaggingOutcome:
    """What becomes of a message on `articles`. Never raises: a message is answered for whatever it holds."""
    try:
        article = clean(decode_article(raw))
        matches = tagger.tag(article)
    except Refused as refusal:
        return Rejected(refusal.reason, refusal.detail)
    except Exception as error:
        return Rejected(Reason.FAILED, f"{type(error).__name__}: {error}")
    return Tagged(article, matches) if matches else Untagged(article)


def decide(raw: bytes | None, desk: Desk) -> StoryOutcome:
    """What becomes of a message on `articles.tagged`. Never raises; the desk remembers the article."""
    try:
        return tell(decode_tagged(raw), desk)
    except Refused as refusal:
        return Rejected(refusal.reason, refusal.detail)
    except Exception as error:
        return Rejected(Reason.FAILED, f"{type(error).__name__}: {error}")


def tell(tagged: TaggedArticle, desk: Desk) -> News | Repeat:
    """Whether subscribers hear of a tagged article."""
    placed = desk.place(tagged.article, tagged.match.topic)
    if isinstance(placed, Repeated):
        return Repeat(tagged.match.topic, tagged.article.id, placed.story_id)
    return News(write_alert(tagged, placed.story, Kind.NEW))
