"""Settings: read from the environment, contradictions refused, secrets kept."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.errors import SettingsError
from streams.settings import Settings, read_settings

SECRET = "canary-7f3a"
LOGIN = {"sasl_username": "northwire", "sasl_password": SECRET}


def refusal(**values: Any) -> str:
    with pytest.raises(SettingsError) as raised:
        read_settings(**values)
    return str(raised.value)


def test_without_any_settings_a_broker_on_this_machine_is_meant() -> None:
    settings = read_settings()
    assert settings.brokers == ("127.0.0.1:9092",)
    assert settings.security_protocol == "PLAINTEXT"
    assert settings.metrics_host == "127.0.0.1"
    assert settings.password is None


def test_a_field_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHWIRE_PARTITIONS", "12")
    monkeypatch.setenv("NORTHWIRE_BOOTSTRAP_SERVERS", " one:9092, two:9093 ,")
    settings = read_settings()
    assert settings.partitions == 12
    assert settings.brokers == ("one:9092", "two:9093")


def test_an_override_beats_the_environment_and_none_is_no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHWIRE_PARTITIONS", "12")
    assert read_settings(partitions=3).partitions == 3
    assert read_settings(partitions=None).partitions == 12


def test_variables_of_other_programs_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTITIONS", "12")
    monkeypatch.setenv("NORTHWIRE_REQUIRE_KAFKA", "1")
    assert read_settings().partitions == 6


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"security_protocol": "SASL_SSL"}, "needs NORTHWIRE_SASL_USERNAME"),
        ({"security_protocol": "SASL_SSL", "sasl_username": "u"}, "NORTHWIRE_SASL_PASSWORD"),
        ({"security_protocol": "SASL_SSL", "sasl_password": SECRET}, "NORTHWIRE_SASL_USERNAME"),
        ({"security_protocol": "SASL_SSL", "sasl_username": "u", "sasl_password": ""}, "NORTHWIRE_SASL_PASSWORD"),
        (LOGIN, "never be sent"),
        ({**LOGIN, "security_protocol": "SSL"}, "never be sent"),
        ({"sasl_password_file": Path("p")}, "never be sent"),
        ({**LOGIN, "security_protocol": "SASL_SSL", "sasl_password_file": Path("p")}, "keep one"),
        (
            {**LOGIN, "security_protocol": "SASL_PLAINTEXT", "bootstrap_servers": "kafka.example:9092"},
            "set SASL_SSL",
        ),
        (
            {**LOGIN, "security_protocol": "SASL_PLAINTEXT", "bootstrap_servers": "127.0.0.1:9092,10.0.0.1:9092"},
            "set SASL_SSL",
        ),
        ({"ssl_ca_file": Path("ca.pem")}, "in the clear"),
        ({"bootstrap_servers": ""}, "NORTHWIRE_BOOTSTRAP_SERVERS takes host:port"),
        ({"bootstrap_servers": "localhost"}, "NORTHWIRE_BOOTSTRAP_SERVERS takes host:port"),
        ({"bootstrap_servers": "localhost:abc"}, "NORTHWIRE_BOOTSTRAP_SERVERS takes host:port"),
        ({"bootstrap_servers": " , "}, "NORTHWIRE_BOOTSTRAP_SERVERS takes host:port"),
        ({"bootstrap_servers": f"kafka://u:{SECRET}@kafka.example:9092"}, "NORTHWIRE_SASL_USERNAME"),
        ({"bootstrap_servers": f"u:{SECRET}@kafka.example:9092"}, "NORTHWIRE_SASL_USERNAME"),
        ({"security_protocol": "TLS"}, "NORTHWIRE_SECURITY_PROTOCOL: "),
        ({"topics_from": "kafka", "topics_dir": Path("t")}, "run `northwire topics push DIR`"),
        ({"topics_from": "paper"}, "NORTHWIRE_TOPICS_FROM: "),
        ({"partitions": 0}, "NORTHWIRE_PARTITIONS: "),
        ({"partitions": "many"}, "NORTHWIRE_PARTITIONS: "),
        ({"metrics_port": 70_000}, "NORTHWIRE_METRICS_PORT: "),
        ({"session_timeout": -1}, "NORTHWIRE_SESSION_TIMEOUT: "),
        ({"stop_timeout": float("nan")}, "NORTHWIRE_STOP_TIMEOUT: "),
    ],
)
def test_a_contradiction_is_refused_in_one_sentence_without_the_secret(values: dict[str, Any], says: str) -> None:
    said = refusal(**values)
    assert says in said
    assert "\n" not in said
    assert SECRET not in said


def test_two_mistakes_are_told_at_once() -> None:
    said = refusal(partitions=0, metrics_port=-1)
    assert "NORTHWIRE_PARTITIONS" in said
    assert "NORTHWIRE_METRICS_PORT" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_a_password_may_go_in_the_clear_to_this_machine_alone(host: str) -> None:
    settings = read_settings(**LOGIN, security_protocol="SASL_PLAINTEXT", bootstrap_servers=f"{host}:9092")
    assert settings.password == SECRET


@pytest.mark.parametrize("host", ["localhost.example", "127.0.0.1.example", "0.0.0.0", "::ffff:10.0.0.1", "2130706433"])
def test_what_merely_looks_like_this_machine_is_not(host: str) -> None:
    said = refusal(**LOGIN, security_protocol="SASL_PLAINTEXT", bootstrap_servers=f"{host}:9092")
    assert "in the clear" in said


SHOWN: dict[str, Callable[[Settings], str]] = {
    "repr": repr,
    "str": str,
    "dump": lambda settings: str(settings.model_dump()),
    "json": lambda settings: settings.model_dump_json(),
}


@pytest.mark.parametrize("way", SHOWN)
def test_a_password_is_never_shown_not_even_after_it_was_used(way: str) -> None:
    settings = read_settings(**LOGIN, security_protocol="SASL_SSL")
    assert settings.password == SECRET
    assert SECRET not in SHOWN[way](settings)
    assert "northwire" in SHOWN[way](settings)


def test_a_mistake_beside_a_password_does_not_show_it_in_the_error_or_its_cause() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(**LOGIN, security_protocol="SASL_SSL", partitions=0)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    assert SECRET not in str(raised.value.__context__)


def test_a_password_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f" {SECRET} \r\n", encoding="utf-8")
    settings = read_settings(sasl_username="u", sasl_password_file=file, security_protocol="SASL_SSL")
    assert settings.password == f" {SECRET} "
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    settings = read_settings(sasl_username="u", sasl_password_file=file, security_protocol="SASL_SSL")
    with pytest.raises(SettingsError, match="NORTHWIRE_SASL_PASSWORD_FILE cannot be read"):
        _ = settings.password


def test_settings_cannot_be_changed_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.partitions = 7  # type: ignore[misc]


def test_settings_travel_to_another_process_whole() -> None:
    settings = read_settings(**LOGIN, security_protocol="SASL_SSL", partitions=3)
    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    assert Settings.model_fields[name].description
