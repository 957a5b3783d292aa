"""What every client is told of the brokers: one settings model for all libraries."""

import asyncio
import ssl
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from streams.errors import NoBrokerAnswers, SettingsError
from streams.kafka.layout import LARGEST_MESSAGE
from streams.settings import Settings

DELIVERED_WITHIN = 30
"""Seconds that a message of a command may be on its way before it counts as failed."""

_Answer = TypeVar("_Answer")


def run(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    """`asyncio.run`, which Ctrl-C always ends by KeyboardInterrupt."""
    try:
        return asyncio.run(coroutine)
    except asyncio.CancelledError:  # a signal in the moment before asyncio counts signals, which it then forgets
        raise KeyboardInterrupt from None


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """A context that verifies the brokers, or None for a connection in the clear."""
    if not settings.security_protocol.endswith("SSL"):
        return None
    try:
        return ssl.create_default_context(cafile=settings.ssl_ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"NORTHWIRE_SSL_CA_FILE={settings.ssl_ca_file} cannot be used: {error}") from None


def client_options(settings: Settings) -> dict[str, Any]:
    """Connection options that kafka-python and aiokafka clients share."""
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "security_protocol": settings.security_protocol,
    }
    if context := tls_context(settings):
        options["ssl_context"] = context
    if settings.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.password
    return options


def producer_options(settings: Settings) -> dict[str, Any]:
    """Options of a kafka-python producer: a message is acknowledged by all in-sync replicas, or fails in time."""
    return {
        **client_options(settings),
        "acks": "all",
        "max_request_size": LARGEST_MESSAGE,
        "request_timeout_ms": DELIVERED_WITHIN * 1000 // 3,
        "delivery_timeout_ms": DELIVERED_WITHIN * 1000,
    }


def unavailable(settings: Settings, error: Exception) -> NoBrokerAnswers:
    """What to tell a person when no broker of these settings answers."""
    cause = str(error) or type(error).__name__
    with suppress(ValueError):
        cause = cause[: cause.index("\n")]
    return NoBrokerAnswers(no_answer(settings, cause))


def no_answer(settings: Settings, cause: str) -> str:
    """The sentence for it."""
    return (
        f"No Kafka broker answers at {settings.bootstrap_servers} ({cause}): "
        "start one, or set NORTHWIRE_BOOTSTRAP_SERVERS."
    )
