"""Sends what was put aside once more, so that it may be done twice: a receipt says of each message that it was.

A receipt is written after the message is acknowledged. Where a crash comes in between, or two people do
it at the same time, a message is sent twice; then it is a copy, which wakes nobody.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.errors import Reason
from streams.kafka.connection import DELIVERED_WITHIN, producer_options, unavailable
from streams.kafka.deliveries import ARTICLE_TIME, ORIGIN, Outgoing, number_in
from streams.kafka.journal import Unreadable
from streams.kafka.layout import ARTICLES, TAGGED
from streams.kafka.rejections import Rejection, receipt
from streams.kafka.stories import LONGEST_TIME, announcement, is_about
from streams.kafka.timeline import Event, decisions
from streams.model import News, Rejected
from streams.pipeline import receive, tell
from streams.settings import Settings
from streams.stories.placement import Placement

_MOST = 200
_MOST_BYTES = 16 * 1024 * 1024


class Fate(NamedTuple):
    """What became of a message: the Kafka topic that took it, or the error for which none did."""

    rejection: Rejection
    kafka_topic: str = ""
    error: str = ""


def resubmit(settings: Settings, chosen: Iterable[Rejection], unreadable: Unreadable) -> Iterator[Fate]:
    """Sends messages back to where they were read first, in order, and tells of each once its receipt is written.

    A tagged article whose alert was too large for its Kafka topic was placed in its story all the same,
    and would be a repeat now. Its alert itself is sent, as it was decided then; what of the journal cannot be
    read, `unreadable` is told. Raises `BrokerUnavailable`.
    """
    try:
        with closing(KafkaProducer(**producer_options(settings))) as producer:
            for several in _portions(chosen):
                decided = decisions(settings, {_event(each) for each in several if _may_owe_an_alert(each)}, unreadable)
                yield from _deliver(producer, several, decided)
    except KafkaError as error:
        raise unavailable(settings, error) from error


def _deliver(producer: KafkaProducer, several: Iterable[Rejection], decided: dict[Event, Placement]) -> Iterator[Fate]:
    on_their_way = []
    fates = []
    for rejection in several:
        outgoing = _again(rejection, decided.get(_event(rejection)))
        if isinstance(outgoing, str):
            fates.append(Fate(rejection, error=outgoing))
        else:
            on_their_way.append((rejection, outgoing.kafka_topic, _send(producer, outgoing)))
    receipts = []
    for rejection, kafka_topic, acknowledged in on_their_way:
        if error := acknowledged():
            fates.append(Fate(rejection, error=f"{kafka_topic} did not take it: {error}"))
        else:
            receipts.append((rejection, kafka_topic, _send(producer, receipt(rejection.number))))
    for rejection, kafka_topic, acknowledged in receipts:
        error = acknowledged()
        fates.append(
            Fate(rejection, error=f"{kafka_topic} took it, but its receipt failed: {error}")
            if error
            else Fate(rejection, kafka_topic)
        )
    yield from sorted(fates, key=lambda fate: fate.rejection.number)


def _again(rejection: Rejection, placement: Placement | None) -> Outgoing | str:
    """The message to send, or why there is none."""
    if rejection.kafka_topic not in (ARTICLES, TAGGED):
        return f"its headers do not say that it came from {ARTICLES} or {TAGGED}"
    if rejection.key is None and rejection.raw is None:
        return "it has neither key nor value: there is nothing to send"
    owed = _owed_alert(rejection, placement) if placement else None
    return owed or Outgoing(rejection.kafka_topic, rejection.key, rejection.raw, rejection.trail)


def _may_owe_an_alert(rejection: Rejection) -> bool:
    return rejection.kafka_topic == TAGGED and rejection.reason == Reason.UNDELIVERABLE


def _owed_alert(rejection: Rejection, placement: Placement) -> Outgoing | None:
    tagged = receive(rejection.raw)
    if isinstance(tagged, Rejected) or not is_about(placement, tagged):
        return None
    told = tell(tagged, placement)
    if not isinstance(told, News):
        return None
    came = rejection.came.timestamp() if rejection.came else 0.0
    claimed = number_in(rejection.trail.get(ARTICLE_TIME), LONGEST_TIME)
    source = rejection.trail.get(ORIGIN, rejection.origin.encode()).decode(errors="replace")
    return announcement(told.alert, source, came if claimed is None else claimed / 1000)


def _event(rejection: Rejection) -> Event:
    return rejection.partition, rejection.offset


def _send(producer: KafkaProducer, outgoing: Outgoing) -> Callable[[], str]:
    """Hands a message over; whoever asks the answer waits for the broker's word, and hears of an error."""
    try:
        future: Any = producer.send(
            outgoing.kafka_topic, outgoing.value, key=outgoing.key, headers=list(outgoing.headers.items())
        )
    except KafkaError as error:
        told = _words(error)
        return lambda: told

    def acknowledged() -> str:
        try:
            future.get(DELIVERED_WITHIN)
        except KafkaError as error:
            return _words(error)
        return ""

    return acknowledged


def _words(error: KafkaError) -> str:
    return str(error) or type(error).__name__


def _portions(chosen: Iterable[Rejection]) -> Iterator[list[Rejection]]:
    """As many at a time as memory easily holds."""
    portion: list[Rejection] = []
    for rejection in chosen:
        portion.append(rejection)
        if len(portion) >= _MOST or sum(each.size for each in portion) >= _MOST_BYTES:
            yield portion
            portion = []
    if portion:
        yield portion
