"""Whether a broker lets us in, and if none does, why.

kafka-python tries again in silence until it gives up, and then says no more than that it could not
connect. So every command knocks first.
"""

import asyncio
import ssl
from typing import Any, NamedTuple

from aiokafka import errors
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.protocol.metadata import MetadataRequest

from streams.errors import BrokerUnavailable, NoBrokerAnswers
from streams.kafka.connection import client_options, no_answer, run
from streams.settings import Settings

_PATIENCE_MS = 5_000
_ANOTHER_HOST = (62, 64)
"""OpenSSL's verify codes (X509_V_ERR_*_MISMATCH) for a certificate that is good, but not for this host."""


_SILENT = 1
"""The weight of no answer at all."""


class _Refusal(NamedTuple):
    """Why one broker did not let us in. Of several, the one of the greatest weight tells most."""

    weight: int
    sentence: str


def knock(settings: Settings) -> None:
    """Returns as soon as one broker has answered us by its own protocol. Blocks for seconds at most.

    Raises `BrokerUnavailable` with the cause: the certificate is not to be trusted, the login is refused,
    or the broker speaks another protocol; `NoBrokerAnswers` if nobody answers. No message holds the password.
    """
    if refusal := run(_knock(settings)):
        raise (NoBrokerAnswers if refusal.weight == _SILENT else BrokerUnavailable)(refusal.sentence)


async def _knock(settings: Settings) -> _Refusal | None:
    options = client_options(settings)
    del options["bootstrap_servers"]
    refusals = []
    for attempt in asyncio.as_completed([_ask(broker, settings, options) for broker in settings.brokers]):
        if (refusal := await attempt) is None:
            return None
        refusals.append(refusal)
    return max(refusals)


async def _ask(broker: str, settings: Settings, options: dict[str, Any]) -> _Refusal | None:
    ((host, port, _),) = collect_hosts([broker])
    try:
        connection = await create_conn(host, port, request_timeout_ms=_PATIENCE_MS, **options)
        try:
            await connection.send(MetadataRequest([]))
        finally:
            await connection.close()
    except (OSError, TimeoutError, errors.KafkaError) as error:
        return _refusal(broker, settings, error)
    return None


def _refusal(broker: str, settings: Settings, error: Exception) -> _Refusal:
    match error:
        case ssl.SSLCertVerificationError() if error.verify_code in _ANOTHER_HOST:
            return _Refusal(
                3,
                f"The certificate of the Kafka broker at {broker} is not for this host ({error.verify_message}): "
                "set NORTHWIRE_BOOTSTRAP_SERVERS to the name that it is for.",
            )
        case ssl.SSLCertVerificationError():
            return _Refusal(
                3,
                f"The certificate of the Kafka broker at {broker} is not trusted ({error.verify_message}): "
                "set NORTHWIRE_SSL_CA_FILE to the authority that signed it.",
            )
        case errors.UnsupportedSaslMechanismError():
            return _Refusal(
                3,
                f"The Kafka broker at {broker} does not offer {settings.sasl_mechanism}: "
                "set NORTHWIRE_SASL_MECHANISM to one that it offers.",
            )
        case errors.SaslAuthenticationFailed() | errors.IllegalSaslStateError():
            return _Refusal(
                3,
                f"The Kafka broker at {broker} refuses the login of {settings.sasl_username}: "
                "check NORTHWIRE_SASL_USERNAME, NORTHWIRE_SASL_PASSWORD and NORTHWIRE_SASL_MECHANISM.",
            )
        case ssl.SSLError() | errors.KafkaConnectionError() | ConnectionResetError():
            return _Refusal(
                2,
                f"Something answers at {broker}, but not as {settings.security_protocol}: "
                "set NORTHWIRE_SECURITY_PROTOCOL as the Kafka broker has it there.",
            )
    return _Refusal(_SILENT, no_answer(settings, _cause(error)))


def _cause(error: Exception) -> str:
    match error:
        case TimeoutError():
            return f"silent for {_PATIENCE_MS // 1000} s"
        case ConnectionRefusedError():
            return "connection refused"
        case OSError() if error.strerror:
            return error.strerror
    return str(error) or type(error).__name__
