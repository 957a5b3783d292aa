"""The one model of everything that can be set, read from the environment (`NORTHWIRE_*`)."""

import re
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.errors import SettingsError

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
_BROKER = re.compile(r"[^@/\s]+:(?P<port>\d{1,5})")
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Values in. A field `x` is read from `NORTHWIRE_X`."""

    model_config = SettingsConfigDict(env_prefix="NORTHWIRE_", extra="ignore", frozen=True, hide_input_in_errors=True)

    bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, comma separated")
    security_protocol: SecurityProtocol = Field("PLAINTEXT", description="How to talk to the brokers")
    sasl_mechanism: SaslMechanism = Field("SCRAM-SHA-512", description="How to log in, with SASL_*")
    sasl_username: str | None = Field(None, description="User name, with SASL_*")
    sasl_password: SecretStr | None = Field(None, description="Password, with SASL_*")
    sasl_password_file: Path | None = Field(None, description="A file that holds the password instead")
    ssl_ca_file: Path | None = Field(None, description="PEM file of the brokers' authority")

    partitions: int = Field(6, ge=1, le=1000, description="Partitions of `articles`, `articles.tagged`, `stories`")
    replication_factor: int = Field(1, ge=1, le=16, description="Copies of every Kafka topic; 3 in production")
    retention_hours: int = Field(168, ge=1, description="How long Kafka keeps messages")

    story_window_hours: int = Field(
        336, ge=1, le=8760, description="How long a story is live after its last article; older news is not told"
    )
    arrival: Literal["kafka", "published"] = Field(
        "kafka", description="When an article came: by Kafka's clock, or, for archives, when it was published"
    )
    topics_from: Literal["files", "kafka"] = Field(
        "files", description="Where the tagging workers take topics from: files, or the Kafka topic `topics`"
    )
    topics_dir: Path | None = Field(None, description="A folder of topic files instead of the shipped ones")
    sources: str = Field("", description="Sources that are counted each by itself, comma separated")
    lag_groups: str = Field(
        "", description="Consumer groups whose lag is measured beside the workers', comma separated"
    )
    lag_interval: float = Field(5.0, ge=0.5, le=300, description="Seconds between two looks at lag")
    canary_interval: float = Field(60.0, ge=0, le=3600, description="Seconds between two canaries; 0 for none")
    canary_lost_after: float = Field(120.0, gt=0, le=3600, description="Seconds until a canary counts as lost")
    metrics_host: str = Field("127.0.0.1", description="Where /metrics, /healthz and /readyz listen")
    metrics_port: Port = Field(0, description="Their port; 0 takes a free one and logs it")
    session_timeout: float = Field(10.0, ge=1, le=300, description="Seconds until a dead worker is replaced")
    commit_interval: float = Field(1.0, gt=0, le=60, description="Seconds between offset commits")
    stuck_after: float = Field(
        300.0,
        ge=5,
        le=3600,
        description="Seconds without progress, though there is more to read, until a worker ends itself (exit code 70)",
    )
    poison_run: int = Field(
        100, ge=0, description="Bad messages in a row after which a partition is read no further; 0 for no limit"
    )
    poison_share: float = Field(
        0.8, gt=0, le=1, description="The share of bad ones in the last thousand messages of a partition that is as bad"
    )
    stop_timeout: float = Field(
        12.0, gt=0, le=600, description="Seconds a worker may take to stop before it is cut off"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if not self.brokers or not all(map(_is_broker, self.brokers)):
            raise ValueError(
                "NORTHWIRE_BOOTSTRAP_SERVERS takes host:port, comma separated; a user goes to NORTHWIRE_SASL_USERNAME"
            )
        if self.security_protocol.startswith("SASL"):
            if not self.sasl_username or not (self.sasl_password or self.sasl_password_file):
                raise ValueError(
                    f"{self.security_protocol} needs NORTHWIRE_SASL_USERNAME and NORTHWIRE_SASL_PASSWORD or _FILE"
                )
        elif self.sasl_username or self.sasl_password or self.sasl_password_file:
            raise ValueError(
                "a SASL user is set, but NORTHWIRE_SECURITY_PROTOCOL is not SASL_SSL: it would never be sent"
            )
        if self.sasl_password and self.sasl_password_file:
            raise ValueError("NORTHWIRE_SASL_PASSWORD and NORTHWIRE_SASL_PASSWORD_FILE are both set: keep one")
        if self.ssl_ca_file and not self.security_protocol.endswith("SSL"):
            raise ValueError(
                f"NORTHWIRE_SSL_CA_FILE is set, but {self.security_protocol} would talk to the brokers in the clear: "
                "set NORTHWIRE_SECURITY_PROTOCOL to SSL or SASL_SSL"
            )
        if self.topics_dir and self.topics_from == "kafka":
            raise ValueError(
                "NORTHWIRE_TOPICS_DIR is set, but NORTHWIRE_TOPICS_FROM=kafka would not look there: unset one, and "
                "run `northwire topics push DIR`"
            )
        if self.security_protocol == "SASL_PLAINTEXT" and not all(map(_is_loopback, self.brokers)):
            raise ValueError("SASL_PLAINTEXT would send the password in the clear; set SASL_SSL")
        return self

    @cached_property
    def watched_sources(self) -> tuple[str, ...]:
        """The sources that are counted each by itself."""
        return _listed(self.sources)

    @cached_property
    def watched_groups(self) -> tuple[str, ...]:
        """The consumer groups, not ours, whose lag is measured."""
        return _listed(self.lag_groups)

    @cached_property
    def story_window(self) -> timedelta:
        """How long a story is live after its last article."""
        return timedelta(hours=self.story_window_hours)

    @cached_property
    def brokers(self) -> tuple[str, ...]:
        """The brokers as host:port."""
        return _listed(self.bootstrap_servers)

    @cached_property
    def password(self) -> str | None:
        """The password, from wherever it was given. Raises `SettingsError` for an unreadable file."""
        if self.sasl_password is not None:
            return self.sasl_password.get_secret_value()
        if self.sasl_password_file is None:
            return None
        try:
            return self.sasl_password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"NORTHWIRE_SASL_PASSWORD_FILE cannot be read: {error}") from None


def read_settings(**overrides: Any) -> Settings:
    """The settings of this environment. Raises `SettingsError` that names the variable and the mend."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("; ".join(map(_sentence, error.errors(include_input=False, include_url=False)))) from None


def _sentence(error: Any) -> str:
    name = "_".join(str(part) for part in error["loc"]).upper()
    problem = str(error["msg"]).removeprefix("Value error, ")
    return f"NORTHWIRE_{name}: {problem}" if name else problem


def _listed(names: str) -> tuple[str, ...]:
    """Each name of a list with commas, once."""
    return tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))


def _is_broker(broker: str) -> bool:
    form = _BROKER.fullmatch(broker)
    return form is not None and 0 < int(form["port"]) <= 65535


def _is_loopback(broker: str) -> bool:
    host = broker.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
