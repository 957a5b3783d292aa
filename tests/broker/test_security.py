"""The whole road where brokers ask for TLS and a login, and what is said where they do not let us in."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.cli.processes import environment
from streams.kafka.layout import kafka_layout
from streams.kafka.records import records
from streams.wire import decode_alert
from tests.broker.road import STAGES, Road, article, contains, expected_alerts, unique
from tests.clusters.apache import ApacheKafka
from tests.clusters.certificates import CA_FILE, write_certificates
from tests.commands import at_once, captured, northwire

pytestmark = pytest.mark.apache

SUMMIT = "Ministers of the Arctic Council met in Tromsø. They spoke of sanctions on Russia and of nuclear arms control."
SOON = 15.0


@pytest.fixture(scope="module")
def secured(secured_kafka: ApacheKafka) -> Iterator[Road]:
    road = Road(
        secured_kafka,
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-256",
        sasl_username=secured_kafka.username,
        sasl_password=secured_kafka.password,
        ssl_ca_file=str(secured_kafka.ca_file),
    )
    yield road
    road.close()


def test_articles_become_alerts_behind_tls_and_a_login(secured: Road, tmp_path: Path) -> None:
    run = uuid.uuid4().hex
    values = [article(f"{run}-{number}", unique(SUMMIT)) for number in range(4)]
    wanted = expected_alerts(values)
    secured.crew.muster("tagging", "stories")
    (tmp_path / "articles.ndjson").write_bytes(b"\n".join(values))
    ingested = northwire("ingest", str(tmp_path), **secured.environment)
    assert (ingested.code, ingested.out) == (0, b"")
    secured.alerts.about(run, contains(wanted))
    shown = northwire("subscribe", "--from", "earliest", "--count", str(len(wanted)), **secured.environment)
    assert (shown.code, shown.error) == (0, "")
    assert {decode_alert(line).id: line for line in shown.out.splitlines()} == wanted
    said = ingested.error + secured.crew["tagging"].log + secured.crew["stories"].log
    assert secured.environment["sasl_password"] not in said


@pytest.mark.parametrize(
    ("change", "cause", "mend"),
    [
        ({"sasl_password": "a-wrong-password"}, "refuses the login of northwire", "NORTHWIRE_SASL_PASSWORD"),
        ({"ssl_ca_file": "another"}, "is not trusted (", "NORTHWIRE_SSL_CA_FILE"),
        ({"bootstrap_servers": "another"}, "is not for this host (", "NORTHWIRE_BOOTSTRAP_SERVERS"),
        ({"sasl_mechanism": "PLAIN"}, "does not offer PLAIN", "NORTHWIRE_SASL_MECHANISM"),
    ],
    ids=["password", "authority", "host", "mechanism"],
)
def test_whoever_is_not_let_in_hears_why(
    secured: Road, tmp_path: Path, change: dict[str, str], cause: str, mend: str
) -> None:
    settings = {**secured.environment, **change}
    if "ssl_ca_file" in change:
        write_certificates(tmp_path)
        settings["ssl_ca_file"] = str(tmp_path / CA_FILE)
    if "bootstrap_servers" in change:
        # The same address, written in a way that the certificate does not name.
        settings["bootstrap_servers"] = secured.environment["bootstrap_servers"].replace("127.0.0.1", "127.1")
    (tmp_path / "one.ndjson").write_bytes(b'{"title": "a", "body": "b"}')
    for done in at_once(("worker", "tagging"), ("ingest", str(tmp_path / "one.ndjson")), **settings):
        assert (done.code, done.out) == (1, b"")
        assert done.seconds < SOON
        (line,) = done.error.splitlines()
        assert line.startswith("northwire: The ")
        assert cause in line
        assert mend in line
        assert settings["sasl_password"] not in line


def test_a_client_in_the_clear_hears_that_the_broker_wants_more(secured: Road) -> None:
    done = northwire("worker", "tagging", bootstrap_servers=secured.environment["bootstrap_servers"])
    (line,) = done.error.splitlines()
    assert done.code == 1
    assert "not as PLAINTEXT: set NORTHWIRE_SECURITY_PROTOCOL" in line


def test_the_password_is_in_nothing_that_comes_out(secured: Road) -> None:
    run = uuid.uuid4().hex
    values = [article(run, unique(SUMMIT))]
    secured.crew.muster("tagging", "stories")
    secured.send([*values, b"{"])
    secured.alerts.about(run, contains(expected_alerts(values)))
    workers = [secured.crew[stage] for stage in STAGES]
    said = [part for worker in workers for part in (worker.log.encode(), worker.exposition)]
    commands = (("rejected", "list"), ("rejected", "export"), ("stories",), ("kafka", "init"))
    for done in at_once(*commands, **secured.environment):
        assert done.code == 0, done.error
        said += [done.out, done.error.encode()]
    secured.crew.stop("tagging")
    secured.send(values)
    settings = environment(secured.environment)
    crashed = captured(sys.executable, "-m", "tests.broker.sabotage", "batch-raises", env=settings).stdout
    assert "ValueError: a bug" in crashed
    said.append(crashed.encode())
    for kafka_topic in kafka_layout(secured.settings):
        for record in records(secured.settings, kafka_topic.name):
            said += [record.key or b"", record.value or b"", repr(record.headers).encode()]
    password = secured.environment["sasl_password"].encode()
    assert not [each for each in said if password in each]
