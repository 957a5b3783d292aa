"""What docker-compose.yml and the Dockerfile promise. No Docker runs here: see deploy/README.md."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings import Settings, read_settings
from tests.clusters.toolchain import kafka_version

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("kafka-init", "tagging", "stories")
WORKERS = ("tagging", "stories")
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
BUILD, IMAGE = re.split(r"(?m)^FROM ", DOCKERFILE.replace("\\\n", " "))[1:]


def instructions(stage: str, name: str) -> list[str]:
    """What the instructions of that name say, in order."""
    return re.findall(rf"(?m)^{name} +(.*)$", stage)


def seconds(duration: str) -> int:
    assert re.fullmatch(r"\d+s", duration), "tests read whole seconds only"
    return int(duration[:-1])


def test_the_file_keeps_to_the_published_compose_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_port_is_published_on_the_loopback_address_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    for port in published:
        assert port.startswith("127.0.0.1:"), port


def test_kafka_is_the_version_that_the_tests_run_on() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_kafka_keeps_its_messages_on_a_named_volume() -> None:
    (volume,) = SERVICES["kafka"]["volumes"]
    name, _, folder = volume.partition(":")
    assert name in COMPOSE["volumes"]
    assert SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"] == folder


def test_kafka_creates_no_kafka_topic_by_itself() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_every_listener_that_kafka_advertises_is_one_it_opens() -> None:
    environment = SERVICES["kafka"]["environment"]
    opened = dict(re.findall(r"(\w+)://[^:,]*:(\d+)", environment["KAFKA_LISTENERS"]))
    advertised = dict(re.findall(r"(\w+)://[^:,]*:(\d+)", environment["KAFKA_ADVERTISED_LISTENERS"]))
    assert advertised
    assert advertised.items() <= opened.items()


def test_kafka_init_waits_until_kafka_is_healthy_and_runs_once() -> None:
    init = SERVICES["kafka-init"]
    assert init["command"] == ["kafka", "init"]
    assert init["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert init["restart"] == "no"
    assert "healthcheck" in SERVICES["kafka"]


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_waits_for_kafka_init(worker: str) -> None:
    conditions = {name: wait["condition"] for name, wait in SERVICES[worker]["depends_on"].items()}
    assert conditions == {"kafka": "service_healthy", "kafka-init": "service_completed_successfully"}


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_that_ends_is_started_again(worker: str) -> None:
    assert SERVICES[worker]["command"] == ["worker", worker]
    assert SERVICES[worker]["restart"] == "unless-stopped"


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_may_take_longer_to_stop_than_it_ever_does(worker: str) -> None:
    assert seconds(SERVICES[worker]["stop_grace_period"]) >= read_settings().stop_timeout + 3


@pytest.mark.parametrize("worker", WORKERS)
def test_what_a_worker_publishes_is_the_port_of_its_metrics(worker: str) -> None:
    (port,) = instructions(IMAGE, "EXPOSE")
    assert f"NORTHWIRE_METRICS_PORT={port}" in IMAGE
    assert all(published.endswith(f":{port}") for published in SERVICES[worker]["ports"])


@pytest.mark.parametrize("service", OURS)
def test_our_containers_write_nothing_but_a_small_tmp(service: str) -> None:
    assert SERVICES[service]["read_only"] is True
    (tmpfs,) = SERVICES[service]["tmpfs"]
    assert tmpfs.startswith("/tmp:size=")
    assert "volumes" not in SERVICES[service]


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_can_gain_rights_or_all_of_the_memory(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICES[service]["security_opt"]
    assert "mem_limit" in SERVICES[service]
    assert "privileged" not in SERVICES[service]


def test_every_northwire_variable_is_a_setting() -> None:
    set_by_compose = {name for service in OURS for name in SERVICES[service]["environment"]}
    set_by_image = set(re.findall(r"\bNORTHWIRE_[A-Z_]+", DOCKERFILE))
    known = {f"NORTHWIRE_{field.upper()}" for field in Settings.model_fields}
    assert set_by_compose | set_by_image <= known


def test_nothing_looks_like_a_secret() -> None:
    for service in SERVICES.values():
        assert not [name for name in service["environment"] if re.search("PASSWORD|SECRET|TOKEN", name)]


def test_the_user_of_the_image_is_not_root_and_is_the_one_that_compose_names() -> None:
    (user,) = instructions(IMAGE, "USER")
    assert int(user.partition(":")[0]) > 0
    assert {SERVICES[service]["user"] for service in OURS} == {user}


def test_a_signal_reaches_northwire_itself() -> None:
    (entry,) = instructions(IMAGE, "ENTRYPOINT")
    assert json.loads(entry) == ["northwire"]


def test_the_image_asks_for_its_own_health_without_a_tool_that_it_lacks() -> None:
    (check,) = instructions(IMAGE, "HEALTHCHECK")
    program, option, source = json.loads(check[check.index("[") :])
    assert (program, option) == ("python", "-c")
    compile(source, "HEALTHCHECK", "exec")
    assert "/healthz" in source


def test_the_image_installs_locked_packages_by_their_hashes() -> None:
    installs = [part for run in instructions(BUILD, "RUN") for part in run.split("&&") if " install " in part]
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-deps --no-index" in install, install
    assert "pip" not in IMAGE


def test_what_the_image_copies_is_not_ignored() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    for copy in instructions(BUILD, "COPY"):
        *sources, _ = copy.split()
        assert {source.split("/")[0] for source in sources} <= allowed
        assert all((ROOT / source).exists() for source in sources)
