"""Bytes to nouns and back. Decoding is strict and bounded; what is refused is refused whole."""

from typing import NoReturn, TypeVar

import msgspec
from msgspec import Struct

from streams.cleaning import read_date
from streams.errors import Reason, Refused
from streams.identity import derive
from streams.model import Alert, Article, TaggedArticle

BODY_LIMIT = 1024 * 1024
"""Bytes of UTF-8 in a body."""

FIELD_LIMIT = 16 * 1024
"""Bytes of UTF-8 in any other field."""

MESSAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of a message on `articles`: the largest body, every character escaped, and room to spare."""

TAGGED_LIMIT = 8 * 1024 * 1024
"""Bytes of a message on `articles.tagged`: an article and its evidence, after our own encoding."""

_T = TypeVar("_T")


class IncomingArticle(Struct, frozen=True):
    """A message on `articles`, as anyone may write it. Unknown fields are ignored."""

    title: str
    body: str
    id: str | None = None
    url: str | None = None
    source: str | None = None
    published_at: str | None = None
    fetched_at: str | None = None
    language: str | None = None


_incoming = msgspec.json.Decoder(IncomingArticle)
_tagged = msgspec.json.Decoder(TaggedArticle)
_alert = msgspec.json.Decoder(Alert)
_encoder = msgspec.json.Encoder()

encode = _encoder.encode
"""Any noun to JSON bytes: fields in the order they are declared, so equal values give equal bytes."""


def decode_article(raw: bytes | None) -> Article:
    """The article in a message of `articles`, not yet cleaned.

    An absent or empty id is derived from the url, else from title and body. An unreadable date is
    absent. Raises `Refused` with the reason; never anything else, whatever the bytes.
    """
    incoming = decode(_incoming, raw, MESSAGE_LIMIT)
    if len(raw or b"") > FIELD_LIMIT:
        _bound(incoming)
    if not (incoming.title or incoming.body):
        raise Refused(Reason.EMPTY, "title and body are both empty")
    return Article(
        id=incoming.id or _derived_id(incoming),
        title=incoming.title,
        body=incoming.body,
        url=incoming.url or None,
        source=incoming.source or None,
        published_at=read_date(incoming.published_at),
        fetched_at=read_date(incoming.fetched_at),
        language=incoming.language or None,
    )


def decode_tagged(raw: bytes | None) -> TaggedArticle:
    """A message of `articles.tagged`. Raises `Refused`."""
    return decode(_tagged, raw, TAGGED_LIMIT)


def decode_alert(raw: bytes | None) -> Alert:
    """A message of `alerts.<topic>`. Raises `Refused`."""
    return decode(_alert, raw, TAGGED_LIMIT)


def decode(decoder: msgspec.json.Decoder[_T], raw: bytes | None, limit: int) -> _T:
    """What a message of at most `limit` bytes holds. Raises `Refused`."""
    if raw is None:
        raise Refused(Reason.NO_VALUE, "the message has no value")
    if len(raw) > limit:
        raise Refused(Reason.TOO_LARGE, f"the message has {len(raw)} bytes; {limit} are allowed")
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise Refused(Reason.WRONG_SHAPE, str(error)) from None
    except UnicodeDecodeError as error:
        _refuse_encoding(error)
    except msgspec.DecodeError as error:
        raise Refused(Reason.NOT_JSON, str(error)) from None
    except RecursionError:
        raise Refused(Reason.NOT_JSON, "the JSON is nested too deeply") from None


def _refuse_encoding(error: UnicodeDecodeError) -> NoReturn:
    raise Refused(Reason.BAD_ENCODING, f"the text is not UTF-8: {error.reason}") from None


def _bound(incoming: IncomingArticle) -> None:
    for name in incoming.__struct_fields__:
        text = getattr(incoming, name)
        limit = BODY_LIMIT if name == "body" else FIELD_LIMIT
        if text is not None and len(text.encode()) > limit:
            raise Refused(Reason.TOO_LARGE, f"`{name}` is longer than {limit} bytes")


def _derived_id(incoming: IncomingArticle) -> str:
    if incoming.url:
        return derive("article", incoming.url)
    return derive("article", incoming.title, incoming.body)
