"""One target under atheris: `python -m tests.fuzz.target TARGET [LIBFUZZER OPTION…] [FOLDER OF SEEDS]`.

Ends with a non-zero code, and leaves the input as a file, where an input raises what it must not, takes
longer or more memory than the options of libFuzzer allow, or where what came out is not as promised.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["streams"]):
    from streams import wire
    from streams.cleaning import clean
    from streams.errors import Reason, Refused, TopicFileError
    from streams.model import Article, News, Rejected, Repeat, Tagged, TaggedArticle
    from streams.pipeline import place, receive, tag, tell
    from streams.settings import read_settings
    from streams.stories.desk import Desk
    from streams.tagging.language import QueryError, parse
    from streams.tagging.topics import parse_topic
    from streams.watchlist import load_tagger

_TAGGER = load_tagger(read_settings())
_ARRIVAL = datetime(2026, 11, 9, tzinfo=UTC)


def decoding(raw: bytes) -> None:
    """Bytes are a message, or refused."""
    for decode in (wire.decode_article, wire.decode_tagged, wire.decode_alert):
        with suppress(Refused):
            decode(raw)


def cleaning(raw: bytes) -> None:
    """Text comes out clean: cleaned again, it stays the same."""
    text = atheris.FuzzedDataProvider(raw)
    title, body, url, source = (text.ConsumeUnicode(text.ConsumeIntInRange(0, most)) for most in (80, 2000, 80, 40))
    once = clean(Article("a", title, body, url, source, None, None, None))
    assert clean(once) == once
    once.body.encode()


def queries(raw: bytes) -> None:
    """Text is a query, or refused with a position in it."""
    text, refusal = raw.decode(errors="surrogateescape"), None
    try:
        parse(text)
    except QueryError as error:
        refusal = error
    assert refusal is None or 0 <= refusal.position <= len(text)


def topics(raw: bytes) -> None:
    """Text is a topic file, or refused by name."""
    refusal = None
    try:
        parse_topic(raw.decode(errors="surrogateescape"), "fuzzed.yaml")
    except TopicFileError as error:
        refusal = error
    assert refusal is None or str(refusal).startswith("fuzzed.yaml")


def road(raw: bytes) -> None:
    """Bytes are forwarded, declined or rejected, none for a bug of ours; what comes out can be read."""
    outcome = tag(raw, _TAGGER)
    if isinstance(outcome, Rejected):
        assert outcome.reason is not Reason.FAILED, outcome.error
    if not isinstance(outcome, Tagged):
        return
    desk = Desk()
    for verdict in outcome.matches:
        tagged = receive(wire.encode(TaggedArticle(outcome.article, verdict)))
        assert isinstance(tagged, TaggedArticle)
        placed = place(tagged, desk, _ARRIVAL)
        assert not isinstance(placed, Rejected), placed.error
        told = tell(tagged, placed)
        assert isinstance(told, News | Repeat), told
        if isinstance(told, News):
            assert wire.decode_alert(wire.encode(told.alert)) == told.alert


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (decoding, cleaning, queries, topics, road)
}


def main() -> None:
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
