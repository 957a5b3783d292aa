"""Prometheus and Alertmanager as processes, with the rules and routes that are deployed."""

import json
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import yaml

from streams.errors import NorthwireError
from streams.kafka.embedded import ChildProcess, free_ports

DEPLOY = Path(__file__).parents[2] / "deploy"
_READY_WITHIN = 30.0
_PAUSE = 0.1


class Program:
    """A program that runs beside Northwire, with its log in `folder`; it can be started again after it has ended."""

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log_file = folder / f"{name}.log"
        self._command = command
        self._folder = folder
        self._environment = environment
        self._child: ChildProcess | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Start without waiting."""
        self._child = ChildProcess(
            self._command, log_file=self.log_file, directory=self._folder, environment=self._environment
        )

    def stop(self) -> None:
        """Return when it is gone; does nothing when it does not run."""
        if self._child is not None and self._child.running:
            self._child.stop()


class Server(Program):
    """A program that answers on a free loopback port, the same one after every start."""

    def __init__(self, name: str, command: Sequence[str], folder: Path) -> None:
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        super().__init__(name, [*command, f"--web.listen-address={self.address}", "--log.level=warn"], folder)

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def wait_until_ready(self) -> Self:
        """Return once it answers. Raises `NorthwireError` with its last words."""
        deadline = time.monotonic() + _READY_WITHIN
        while not self._is_ready():
            if not self.running or time.monotonic() > deadline:
                raise NorthwireError(f"{self.name} does not answer: {self.log_file.read_text('utf-8')[-1000:]}")
            time.sleep(_PAUSE)
        return self

    def ask(self, path: str, **parameters: str) -> Any:
        """What its API answers, decoded. Raises `NorthwireError` with its words where it refuses."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        try:
            with urllib.request.urlopen(f"{self.url}{path}{query}", timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise NorthwireError(f"{self.name} refuses {path}{query}: {error.read().decode()}") from None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5):
                return True
        except OSError:
            return False


class Prometheus(Server):
    """A Prometheus with the deployed configuration, of which only the targets differ."""

    def __init__(self, folder: Path, targets: Mapping[str, str], alertmanager: str) -> None:
        """`targets` are addresses by scrape job; `alertmanager` is an address."""
        config = folder / "prometheus.yml"
        super().__init__(
            "prometheus",
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'prometheus'}"],
            folder,
        )
        addresses = {**targets, "prometheus": self.address, "alertmanager": alertmanager}
        config.write_text(yaml.safe_dump(_scraping(addresses, alertmanager)), encoding="utf-8")

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now. Raises `NorthwireError` where it cannot be evaluated."""
        data = self.ask("/api/v1/query", query=expression)["data"]
        result: list[dict[str, Any]] = data["result"]
        return result if data["resultType"] in ("vector", "matrix") else [{"metric": {}, "value": result}]

    def numbers(self, expression: str) -> list[float]:
        """The values of these series, without those that are no number."""
        values = (float(series["value"][1]) for series in self.query(expression))
        return [value for value in values if not math.isnan(value)]

    def targets(self) -> dict[str, str]:
        """The health of every target ("up", "down", "unknown"), by scrape job."""
        active = self.ask("/api/v1/targets", state="active")["data"]["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in active}


class Alertmanager(Server):
    """An Alertmanager with the deployed routes; whoever is to be told, it is `webhook` that hears it."""

    def __init__(self, folder: Path, webhook: str) -> None:
        config = folder / "alertmanager.yml"
        super().__init__(
            "alertmanager",
            [
                "prometheus-alertmanager",
                f"--config.file={config}",
                f"--storage.path={folder / 'alertmanager'}",
                "--cluster.listen-address=",
            ],
            folder,
        )
        config.write_text(yaml.safe_dump(_telling(webhook)), encoding="utf-8")


def _scraping(addresses: Mapping[str, str], alertmanager: str) -> dict[str, Any]:
    config = _deployed("prometheus/prometheus.yml")
    config["rule_files"] = [str(DEPLOY / "prometheus" / pattern) for pattern in config["rule_files"]]
    for job in config["scrape_configs"]:
        found = [key for key in job if key.endswith("_sd_configs") or key == "static_configs"]
        for key in found:
            del job[key]
        job["static_configs"] = [{"targets": [addresses[job["job_name"]]]}]
    for peers in config["alerting"]["alertmanagers"]:
        peers["static_configs"] = [{"targets": [alertmanager]}]
    return config


def _telling(webhook: str) -> dict[str, Any]:
    config = _deployed("alertmanager/alertmanager.yml")
    config["receivers"] = [
        {"name": receiver["name"], "webhook_configs": [{"url": webhook, "send_resolved": True}]}
        for receiver in config["receivers"]
    ]
    return config


def _deployed(name: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    return config
