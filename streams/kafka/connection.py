"""One settings model, two client libraries."""

import ssl
from contextlib import suppress
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials
from kafka.errors import KafkaError
from yarl import URL

from streams.errors import BrokerUnavailable, SettingsError
from streams.settings import Settings


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


def faust_broker(settings: Settings) -> list[URL]:
    """The brokers as Faust wants them: no user and no password in them, so none can be printed."""
    return [URL(f"kafka://{broker}") for broker in settings.brokers]


def faust_credentials(settings: Settings) -> faust.auth.Credentials | None:
    """Credentials for Faust, which takes a missing TLS context as leave to use none."""
    context = tls_context(settings)
    if settings.security_protocol.startswith("SASL"):
        return SASLCredentials(
            username=settings.sasl_username,
            password=settings.password,
            ssl_context=context,
            mechanism=settings.sasl_mechanism,
        )
    return SSLCredentials(context) if context else None


def unavailable(settings: Settings, error: KafkaError) -> BrokerUnavailable:
    """What to tell a person when no broker of these settings answers."""
    cause = str(error) or type(error).__name__
    with suppress(ValueError):
        cause = cause[: cause.index("\n")]
    return BrokerUnavailable(
        f"No Kafka broker answers at {settings.bootstrap_servers} ({cause}): "
        "start one, or set NORTHWIRE_BOOTSTRAP_SERVERS."
    )
