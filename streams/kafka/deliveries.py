"""Messages on their way out, and the obligation to see each of them acknowledged."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import NamedTuple

import faust
from aiokafka.errors import MessageSizeTooLargeError
from faust.types import EventT

from streams.errors import DeliveryFailed, Reason
from streams.kafka.layout import REJECTED
from streams.model import Rejected

JSON = b"application/json"

ORIGIN = "northwire-origin"
ARTICLE_TIME = "northwire-article-time"
TRAIL = (ORIGIN, ARTICLE_TIME)
"""Headers of a tagged article that tell where its article was read, and when it came; what is put aside keeps them."""

_ERROR_SHOWN = 1000


class Outgoing(NamedTuple):
    """A message to be sent."""

    kafka_topic: str
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]
    partition: int | None = None
    """Where it must go; else Kafka decides by the key."""


class Deliveries:
    """Sends the messages that a batch of events gave rise to, and waits for the broker's word."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self._pending: list[tuple[EventT[bytes], Outgoing, Awaitable[object]]] = []

    async def send(self, cause: EventT[bytes], outgoing: Outgoing) -> None:
        """Hands a message over; returns before it is delivered. `settle` says whether it was."""
        producer = await self._app.maybe_start_producer()
        try:
            acknowledgement = await producer.send(
                outgoing.kafka_topic,
                key=outgoing.key,
                value=outgoing.value,
                partition=outgoing.partition,
                timestamp=None,
                headers=list(outgoing.headers.items()),
            )
        except Exception as error:
            acknowledgement = _failed(error)
        self._pending.append((cause, outgoing, acknowledgement))

    async def reject(self, cause: EventT[bytes], rejected: Rejected) -> None:
        """Puts a message aside: its own bytes and key, and in headers why and whence."""
        await self.send(cause, _rejection(cause, rejected))

    async def settle(self) -> list[tuple[EventT[bytes], Rejected]]:
        """Returns when every message is acknowledged, and says which events were put aside instead.

        A message that is too large for its Kafka topic will never be delivered: its cause is
        rejected. Raises `DeliveryFailed` for any other failure; then nothing may be acknowledged.
        """
        pending, self._pending = self._pending, []
        results = await asyncio.gather(*(awaiting for _, _, awaiting in pending), return_exceptions=True)
        put_aside: list[tuple[EventT[bytes], Rejected]] = []
        for (cause, outgoing, _), result in zip(pending, results, strict=True):
            if not isinstance(result, BaseException):
                continue
            error = _root(result)
            if not isinstance(error, MessageSizeTooLargeError) or outgoing.kafka_topic == REJECTED:
                raise DeliveryFailed(
                    f"{outgoing.kafka_topic} did not take a message ({type(error).__name__}: {error}); "
                    "nothing is acknowledged, and the message is read again after a restart"
                ) from error
            rejected = Rejected(Reason.UNDELIVERABLE, f"{outgoing.kafka_topic} takes no message so large")
            await self.reject(cause, rejected)
            put_aside.append((cause, rejected))
        if put_aside:
            await self.settle()
        return put_aside


def origin(event: EventT[bytes]) -> str:
    """Where an event was read, as `topic/partition/offset`."""
    message = event.message
    return f"{message.topic}/{message.partition}/{message.offset}"


def number_in(header: bytes | None, digits: int) -> int | None:
    """The number that a header says, in decimal and with at most so many digits; whatever else it says is none."""
    return int(header) if header and header.isdigit() and len(header) <= digits else None


def _rejection(cause: EventT[bytes], rejected: Rejected) -> Outgoing:
    message = cause.message
    headers = {
        "reason": rejected.reason.encode(),
        "error": rejected.error[:_ERROR_SHOWN].encode(errors="replace"),
        "kafka_topic": message.topic.encode(),
        "partition": str(message.partition).encode(),
        "offset": str(message.offset).encode(),
        "time": str(int(message.timestamp * 1000)).encode(),
    }
    trail = {name: cause.headers[name] for name in TRAIL if name in cause.headers}
    return Outgoing(REJECTED, message.key, message.value, trail | headers)


async def _failed(error: Exception) -> None:
    raise error


def _root(error: BaseException) -> BaseException:
    """The client library's own error; Faust wraps what fails before it is sent."""
    return error.__cause__ or error
