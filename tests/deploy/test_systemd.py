"""What the units in deploy/systemd promise: by systemd's own word, and where it does not look."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from streams.cli.main import _MODULES
from streams.settings import read_settings
from tests.clusters.toolchain import insist_on
from tests.commands import captured
from tests.deploy.environment import settings_in

FOLDER = Path(__file__).parents[2] / "deploy/systemd"
PROGRAM = "/opt/northwire/current/bin/northwire"
UNITS = (
    "northwire-tagging@1.service",
    "northwire-stories@1.service",
    "northwire-lag.service",
    "northwire-kafka-init.service",
)
WORST = 15
"""The most exposure that is let pass, in tenths; a service that does nothing about it has 9.6."""


def unit(name: str) -> configparser.RawConfigParser:
    """A unit file; of a setting that stands there twice, the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(FOLDER / name.replace("@1.", "@."), encoding="utf-8")
    return parser


SHARED = unit("northwire-.service.d/service.conf")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, with a program that this machine has."""
    insist_on("systemd-analyze")
    here = tmp_path_factory.mktemp("systemd")
    for file in filter(Path.is_file, FOLDER.rglob("northwire*/*")):
        (here / file.relative_to(FOLDER)).parent.mkdir(exist_ok=True)
    for file in filter(Path.is_file, FOLDER.rglob("*.[cst]*")):
        text = file.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
        (here / file.relative_to(FOLDER)).write_text(text, encoding="utf-8")
    return here


def analyze(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
    done = captured("systemd-analyze", "--no-pager", *arguments, env=environment)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_systemd_has_nothing_to_say_against_the_units(folder: Path) -> None:
    said = analyze(folder, "verify", "--man=no", *UNITS, "northwire.target")
    assert "northwire" not in said, said


def test_a_password_is_a_credential_that_northwire_is_told_of(folder: Path) -> None:
    shared = folder / "northwire-.service.d"
    login = shutil.copy(FOLDER / "login.conf", shared)
    try:
        said = analyze(folder, "verify", "--man=no", *UNITS)
    finally:
        Path(login).unlink()
    assert "northwire" not in said, said
    service = unit("login.conf")["Service"]
    name, _, source = service["LoadCredential"].partition(":")
    assert service["Environment"] == f"NORTHWIRE_SASL_PASSWORD_FILE=%d/{name}"
    installer = (FOLDER / "install").read_text(encoding="utf-8")
    assert f"[[ ! -e {source} ]] || cp deploy/systemd/login.conf" in installer


def test_the_installer_is_a_script_that_bash_can_read() -> None:
    subprocess.run(["bash", "-n", FOLDER / "install"], check=True)
    assert os.access(FOLDER / "install", os.X_OK)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_hardly_exposed(folder: Path, name: str) -> None:
    assert name in analyze(folder, "security", "--offline=true", f"--threshold={WORST}", name)


def test_what_systemd_says_of_exposure_depends_on_what_the_units_share(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "northwire-lag.service"
    bare.write_bytes((folder / bare.name).read_bytes())
    with pytest.raises(AssertionError, match="UNSAFE"):
        analyze(tmp_path, "security", "--offline=true", f"--threshold={WORST}", bare.name)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_a_command_that_exists(name: str) -> None:
    program, command, *_ = unit(name)["Service"]["ExecStart"].split()
    assert program == PROGRAM
    assert command in _MODULES


def test_a_worker_may_take_longer_to_stop_than_it_ever_does() -> None:
    assert int(SHARED["Service"]["TimeoutStopSec"].rstrip("s")) >= read_settings().stop_timeout + 3
    assert SHARED["Service"].get("KillSignal", "SIGTERM") == "SIGTERM"


def test_a_worker_that_ends_is_started_again_however_often_unless_it_was_called_wrongly() -> None:
    assert SHARED["Service"]["Restart"] == "on-failure"
    assert SHARED["Service"]["RestartPreventExitStatus"] == "2"
    assert "SuccessExitStatus" not in SHARED["Service"]  # 75, cut off, is no success
    assert SHARED["Unit"]["StartLimitIntervalSec"] == "0"


@pytest.mark.parametrize("name", UNITS[:3])
def test_a_worker_waits_for_kafka_init_and_has_its_share_of_memory(name: str) -> None:
    worker = unit(name)
    assert worker["Unit"]["After"] == worker["Unit"]["Wants"] == "northwire-kafka-init.service"
    assert worker["Service"]["MemoryMax"]


def test_metrics_of_no_two_instances_meet() -> None:
    ports = [
        unit(name)["Service"]["Environment"].replace("%i", str(instance))
        for name in UNITS[:3]
        for instance in (range(1, 10) if "@" in name else [1])
    ]
    assert len(ports) == len(set(ports)) == 19


def test_prometheus_watches_the_units_as_it_watches_containers() -> None:
    here, there = (
        yaml.safe_load((FOLDER.parent / folder / "prometheus.yml").read_text(encoding="utf-8"))
        for folder in ("systemd", "prometheus")
    )
    targets = {job["job_name"]: job.pop("static_configs")[0]["targets"] for job in here["scrape_configs"]}
    for name in UNITS[:3]:
        port = unit(name)["Service"]["Environment"].partition("=")[2].replace("%i", "1")
        assert targets.pop(name.partition("@")[0].removesuffix(".service")) == [f"127.0.0.1:{port}"]
    (alertmanager,) = here["alerting"].pop("alertmanagers")
    assert alertmanager["static_configs"] == [{"targets": targets["alertmanager"]}]
    assert targets == {"prometheus": ["127.0.0.1:9090"], "alertmanager": ["127.0.0.1:9093"]}
    there["alerting"].pop("alertmanagers")
    for job in there["scrape_configs"]:
        assert job.pop("dns_sd_configs", None) or job.pop("static_configs")
    assert here == there


def test_the_target_starts_one_of_each() -> None:
    assert unit("northwire.target")["Unit"]["Wants"].split() == list(UNITS[:3])


def test_the_example_of_settings_is_accepted() -> None:
    assert settings_in(FOLDER / "northwire.env") == read_settings()
