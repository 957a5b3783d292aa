"""What docker-compose.yml and the Dockerfile promise. No Docker runs here: see docs/operations.md."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.frame import RUNBOOK
from streams.settings import read_settings
from tests.clusters.toolchain import kafka_version

ROOT = Path(__file__).parents[2]


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = read(FILE)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WORKERS = {"tagging": ["worker", "tagging"], "stories": ["worker", "stories"], "lag": ["lag"]}
OURS = ("kafka-init", *WORKERS)
WATCHING = ("prometheus", "alertmanager", "grafana")
LOGIN = ROOT / "deploy/grafana/login.yml"
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
PROMETHEUS: dict[str, Any] = read(ROOT / "deploy/prometheus/prometheus.yml")
BUILD, IMAGE = re.split(r"(?m)^FROM ", DOCKERFILE.replace("\\\n", " "))[1:]


def instructions(stage: str, name: str) -> list[str]:
    """What the instructions of that name say, in order."""
    return re.findall(rf"(?m)^{name} +(.*)$", stage)


def mounts(service: str) -> list[list[str]]:
    """What a service mounts: source, target, and "ro" where it may not write."""
    return [mount.split(":") for mount in SERVICES[service].get("volumes", [])]


def address(service: str, host: str = "") -> str:
    """Where others find a service, by the port that it publishes."""
    return f"{host or service}:{SERVICES[service]['ports'][0].rpartition(':')[2]}"


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def seconds(duration: str) -> int:
    assert re.fullmatch(r"\d+s", duration), "tests read whole seconds only"
    return int(duration[:-1])


@pytest.mark.parametrize("file", [FILE, LOGIN], ids=lambda file: file.name)
def test_a_file_keeps_to_the_published_compose_specification(file: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_port_is_published_on_the_loopback_address_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    for port in published:
        assert port.startswith("127.0.0.1:"), port


def test_kafka_is_the_version_that_the_tests_run_on() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_what_must_outlive_a_container_lies_on_a_volume_of_its_own() -> None:
    named = [mount[0] for service in SERVICES for mount in mounts(service) if not mount[0].startswith(".")]
    assert sorted(named) == sorted(COMPOSE["volumes"])
    assert f"kafka-data:{SERVICES['kafka']['environment']['KAFKA_LOG_DIRS']}" in SERVICES["kafka"]["volumes"]


def test_what_is_mounted_from_here_cannot_be_written() -> None:
    ours = [mount for service in SERVICES for mount in mounts(service) if mount[0].startswith(".")]
    assert ours
    assert all(mount[2:] == ["ro"] for mount in ours)


def test_what_is_mounted_from_here_is_there_and_is_no_more_than_is_needed() -> None:
    mounted = {source: ROOT / source for service in WATCHING for source, *_ in mounts(service) if source[0] == "."}
    assert all(path.exists() for path in mounted.values())
    rules = files(mounted["./deploy/prometheus"] / "rules")
    assert PROMETHEUS["rule_files"] == ["rules/*.yml"]
    assert all(Path(file).suffix == ".yml" for file in rules)
    assert files(mounted["./deploy/prometheus"]) == ["prometheus.yml", *(f"rules/{file}" for file in rules)]
    assert files(mounted["./deploy/alertmanager"]) == ["alertmanager.yml"]
    assert all(
        file.startswith(("dashboards/", "datasources/")) for file in files(mounted["./deploy/grafana/provisioning"])
    )
    assert {Path(file).suffix for file in files(mounted["./deploy/grafana/dashboards"])} == {".json"}


@pytest.mark.parametrize("service", ["prometheus", "alertmanager"])
def test_what_watches_reads_the_file_that_is_mounted_and_writes_to_its_volume(service: str) -> None:
    (source, configuration, _), (volume, data) = mounts(service)
    read, written, *_ = (option.partition("=")[2] for option in SERVICES[service]["command"])
    assert (source, read) == (f"./deploy/{service}", f"{configuration}/{service}.yml")
    assert (volume, written) == (f"{service}-data", data)


def test_prometheus_scrapes_every_worker_and_itself_and_tells_alertmanager() -> None:
    (port,) = instructions(IMAGE, "EXPOSE")
    scraped = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
    assert scraped.keys() == {*(f"northwire-{worker}" for worker in WORKERS), "prometheus", "alertmanager"}
    for worker in WORKERS:
        (found,) = scraped[f"northwire-{worker}"]["dns_sd_configs"]
        assert (found["names"], found["type"], str(found["port"])) == ([worker], "A", port)
    (alertmanager,) = PROMETHEUS["alerting"]["alertmanagers"]
    (told,) = alertmanager["static_configs"]
    assert told["targets"] == [address("alertmanager")]
    assert scraped["alertmanager"]["static_configs"] == [told]
    assert scraped["prometheus"]["static_configs"] == [{"targets": [address("prometheus", host="localhost")]}]


def test_grafana_finds_its_dashboards_its_data_source_and_the_runbook() -> None:
    place = {source: target for source, target, *_ in mounts("grafana")}
    assert place["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    provisioning = ROOT / "deploy/grafana/provisioning"
    (provider,) = read(provisioning / "dashboards/northwire.yml")["providers"]
    assert provider["options"]["path"] == place["./deploy/grafana/dashboards"]
    (source,) = read(provisioning / "datasources/prometheus.yml")["datasources"]
    assert source["url"] == f"http://{address('prometheus')}"
    assert source["jsonData"]["timeInterval"] == PROMETHEUS["global"]["scrape_interval"]
    assert place["./docs/runbook.md"] == f"/usr/share/grafana{RUNBOOK}"


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
    assert SERVICES[worker]["command"] == WORKERS[worker]
    assert SERVICES[worker]["restart"] == "unless-stopped"


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_may_take_longer_to_stop_than_it_ever_does(worker: str) -> None:
    assert seconds(SERVICES[worker]["stop_grace_period"]) >= read_settings().stop_timeout + 3


@pytest.mark.parametrize("worker", WORKERS)
def test_what_a_worker_publishes_is_the_port_of_its_metrics(worker: str) -> None:
    (port,) = instructions(IMAGE, "EXPOSE")
    assert f"NORTHWIRE_METRICS_PORT={port}" in IMAGE
    assert all(published.endswith(f":{port}") for published in SERVICES[worker]["ports"])


def test_what_compose_publishes_does_not_overlap() -> None:
    taken: list[int] = []
    for service in SERVICES.values():
        for port in service.get("ports", []):
            first, _, last = port.split(":")[1].partition("-")
            taken += range(int(first), int(last or first) + 1)
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize("service", [*OURS, *WATCHING])
def test_a_container_writes_nothing_but_a_small_tmp_and_its_volume(service: str) -> None:
    assert SERVICES[service]["read_only"] is True
    (tmpfs,) = SERVICES[service]["tmpfs"]
    assert tmpfs.startswith("/tmp:size=")
    written = [mount for mount in SERVICES[service].get("volumes", []) if not mount.endswith(":ro")]
    assert len(written) == (service in WATCHING)


@pytest.mark.parametrize("service", WATCHING)
def test_what_watches_is_pinned_healthy_and_not_root(service: str) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", SERVICES[service]["image"])
    assert int(SERVICES[service]["user"].partition(":")[0]) > 0
    port = SERVICES[service]["ports"][0].rpartition(":")[2]
    assert f"http://127.0.0.1:{port}/" in SERVICES[service]["healthcheck"]["test"][-1]


def test_grafana_shows_and_lets_nobody_change() -> None:
    environment = SERVICES["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert environment["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert environment["GF_AUTH_DISABLE_LOGIN_FORM"] == "true"


def test_with_a_login_grafana_knows_nobody_who_has_none_and_takes_the_password_from_a_file() -> None:
    login = read(LOGIN)
    environment = login["services"]["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    (secret,) = login["services"]["grafana"]["secrets"]
    assert environment["GF_SECURITY_ADMIN_PASSWORD__FILE"] == f"/run/secrets/{secret}"
    assert login["secrets"][secret]["file"].startswith("${GRAFANA_ADMIN_PASSWORD_FILE:?")
    assert environment.items() - SERVICES["grafana"]["environment"].items() == environment.items()


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_can_gain_rights_or_all_of_the_memory(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICES[service]["security_opt"]
    assert "mem_limit" in SERVICES[service]
    assert "pids_limit" in SERVICES[service]
    assert "privileged" not in SERVICES[service]


def test_nothing_looks_like_a_secret() -> None:
    for service in SERVICES.values():
        assert not [name for name in service.get("environment", {}) if re.search("PASSWORD|SECRET|TOKEN", name)]


def test_the_user_of_the_image_is_not_root_and_is_the_one_that_compose_names() -> None:
    (user,) = instructions(IMAGE, "USER")
    assert int(user.partition(":")[0]) > 0
    assert {SERVICES[service]["user"] for service in OURS} == {user}


def test_the_image_says_what_it_is() -> None:
    (labels,) = instructions(IMAGE, "LABEL")
    for name in ("title", "description", "licenses", "revision"):
        assert f"org.opencontainers.image.{name}=" in labels


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
