"""What the manifests in deploy/kubernetes promise. No cluster runs here: see docs/operations.md."""

import json
import re
import shutil
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from kubernetes_validate import validate

from streams import __version__
from streams.kafka.layout import ARTICLES, TAGGED
from streams.kafka.stories import GROUP as STORIES
from streams.kafka.tagging import GROUP as TAGGING
from tests.deploy.environment import settings_in
from tests.deploy.kustomize import FOLDER, kustomized

Manifest = dict[str, Any]

PROMETHEUS = yaml.safe_load((FOLDER.parent / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
COMPONENTS = ("keda", "podmonitor")
VERSIONS = ("1.30", "1.37")
"""The versions of Kubernetes whose schemas the manifests keep to, and hence those between them."""

CRDS = {
    "keda.sh": ("github.com/kedacore/keda/v2@v2.17.2", "config/crd/bases/keda.sh_{}s.yaml"),
    "monitoring.coreos.com": (
        "github.com/prometheus-operator/prometheus-operator@v0.82.2",
        "example/prometheus-operator-crd/monitoring.coreos.com_{}s.yaml",
    ),
}
"""Where the schemas of what is not Kubernetes' own are published: a Go module, and a file in it."""


def manifests(folder: str) -> list[Manifest]:
    """What the kustomization of a folder lists, in order."""
    listed = yaml.safe_load((FOLDER / folder / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    files = [(FOLDER / folder / file).read_text(encoding="utf-8") for file in listed]
    return [manifest for file in files for manifest in yaml.safe_load_all(file)]


BASE = manifests("base")
EXTRA = [manifest for component in COMPONENTS for manifest in manifests(f"components/{component}")]
PODS = {
    manifest["metadata"]["name"]: manifest["spec"]["template"]
    for manifest in BASE
    if "template" in manifest.get("spec", {})
}
DEPLOYMENTS = {manifest["metadata"]["name"]: manifest for manifest in BASE if manifest["kind"] == "Deployment"}
WORKERS = ("northwire-tagging", "northwire-stories")
SETTINGS = settings_in(FOLDER / "base/northwire.env")


def named(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", BASE, ids=named)
def test_a_manifest_keeps_to_the_published_schemas(manifest: Manifest, version: str) -> None:
    validate(manifest, version, strict=True)


def test_the_schemas_notice_a_word_that_is_spelt_wrongly() -> None:
    wrong = deepcopy(DEPLOYMENTS["northwire-lag"])
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(ValidationError, match="readinesProbe"):
        validate(wrong, VERSIONS[-1], strict=True)


@cache
def published(module: str, file: str) -> Manifest:
    """The schema of the newest version that a definition of custom resources serves."""
    if shutil.which("go") is None:
        pytest.skip("not run: the schemas come as Go modules, and there is no go on the PATH")
    done = subprocess.run(["go", "mod", "download", "-json", module], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"not run: no Go module could be fetched: {done.stdout}{done.stderr}")
    folder = Path(json.loads(done.stdout)["Dir"])
    definition: Manifest = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    schema: Manifest = closed(definition["spec"]["versions"][-1]["schema"]["openAPIV3Schema"])
    return schema


def closed(schema: Any) -> Any:
    """The schema that takes no property it does not name, as `kubectl apply` does."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        strict["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    return strict


@pytest.mark.parametrize("manifest", EXTRA, ids=named)
def test_a_custom_resource_keeps_to_its_published_schema(manifest: Manifest) -> None:
    module, file = CRDS[manifest["apiVersion"].partition("/")[0]]
    schema = published(module, file.format(manifest["kind"].lower()))
    schema = {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}
    Draft202012Validator(schema).validate(manifest)


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_a_pod_may_do_what_the_restricted_profile_allows_and_no_more(pod: Manifest) -> None:
    spec = pod["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert {key for volume in spec["volumes"] for key in volume} == {"name", "secret"}


def test_the_namespace_enforces_that_profile() -> None:
    (namespace,) = (manifest for manifest in BASE if manifest["kind"] == "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_worker_says_whether_it_lives_and_whether_it_is_ready(name: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]
    paths = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert paths == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert container["ports"] == [{"name": "metrics", "containerPort": 9100}]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_worker_may_take_longer_to_stop_than_it_ever_does(name: str) -> None:
    assert PODS[name]["spec"]["terminationGracePeriodSeconds"] >= SETTINGS.stop_timeout + 3


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_selects_the_pods_it_makes_and_runs_what_it_is_named_for(name: str) -> None:
    labels = PODS[name]["metadata"]["labels"]
    assert DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert labels == {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "northwire"}
    stage = name.removeprefix("northwire-")
    assert PODS[name]["spec"]["containers"][0]["args"] == (["lag"] if stage == "lag" else ["worker", stage])


def test_kafka_init_is_a_job_that_can_be_applied_again() -> None:
    (job,) = (manifest for manifest in BASE if manifest["kind"] == "Job")
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["kafka", "init"]
    assert job["spec"]["ttlSecondsAfterFinished"] <= 60


def test_workers_keep_apart_and_do_not_all_leave_at_once() -> None:
    budgets = {
        manifest["metadata"]["name"]: manifest["spec"] for manifest in BASE if manifest["kind"] == "PodDisruptionBudget"
    }
    assert sorted(budgets) == sorted(WORKERS)
    for name in WORKERS:
        labels = {"matchLabels": {"app.kubernetes.io/name": name}}
        assert budgets[name] == {"maxUnavailable": 1, "selector": labels}
        (constraint,) = PODS[name]["spec"]["topologySpreadConstraints"]
        assert constraint["labelSelector"] == labels
        assert DEPLOYMENTS[name]["spec"]["replicas"] > 1


def test_there_is_never_a_second_canary() -> None:
    assert DEPLOYMENTS["northwire-lag"]["spec"]["replicas"] == 1
    assert DEPLOYMENTS["northwire-lag"]["spec"]["strategy"] == {"type": "Recreate"}


def test_settings_are_accepted_encrypt_and_keep_the_password_in_a_secret_that_is_not_here() -> None:
    assert SETTINGS.security_protocol == "SASL_SSL"
    assert SETTINGS.replication_factor == 3
    assert SETTINGS.sasl_password is None
    assert "Secret" not in {manifest["kind"] for manifest in BASE + EXTRA}
    for pod in PODS.values():
        (volume,) = pod["spec"]["volumes"]
        (mount,) = pod["spec"]["containers"][0]["volumeMounts"]
        assert volume["secret"]["secretName"] == "northwire-kafka"
        assert str(SETTINGS.sasl_password_file) == f"{mount['mountPath']}/password"
        assert str(SETTINGS.ssl_ca_file) == f"{mount['mountPath']}/ca.crt"


@pytest.mark.parametrize(("group", "kafka_topic"), [(TAGGING, ARTICLES), (STORIES, TAGGED)])
def test_keda_watches_the_group_of_the_workers_it_scales_and_never_past_the_partitions(
    group: str, kafka_topic: str
) -> None:
    (scaled,) = (extra for extra in EXTRA if extra["kind"] == "ScaledObject" and extra["metadata"]["name"] == group)
    assert scaled["spec"]["scaleTargetRef"]["name"] in DEPLOYMENTS
    assert scaled["spec"]["minReplicaCount"] <= scaled["spec"]["maxReplicaCount"] == SETTINGS.partitions
    (trigger,) = scaled["spec"]["triggers"]
    assert (trigger["metadata"]["consumerGroup"], trigger["metadata"]["topic"]) == (group, kafka_topic)
    assert int(trigger["metadata"]["lagThreshold"]) > 0
    assert trigger["metadata"]["sasl"] == SETTINGS.sasl_mechanism.lower().replace("-", "_").replace("sha_", "sha")
    login = next(extra["spec"] for extra in EXTRA if extra["metadata"]["name"] == trigger["authenticationRef"]["name"])
    assert {entry["name"] for entry in login["secretTargetRef"]} == {"northwire-kafka"}


def test_the_job_of_a_scrape_is_the_name_of_the_worker() -> None:
    (monitor,) = (extra for extra in EXTRA if extra["kind"] == "PodMonitor")
    assert monitor["spec"]["jobLabel"] == "app.kubernetes.io/name"
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert endpoint["interval"] == PROMETHEUS["global"]["scrape_interval"]
    assert {job["job_name"] for job in PROMETHEUS["scrape_configs"]} >= DEPLOYMENTS.keys()
    assert endpoint["port"] == PODS["northwire-lag"]["spec"]["containers"][0]["ports"][0]["name"]


def test_the_image_has_the_version_of_what_is_here() -> None:
    (image,) = yaml.safe_load((FOLDER / "base/kustomization.yaml").read_text(encoding="utf-8"))["images"]
    assert image["newTag"] == __version__
    assert {pod["spec"]["containers"][0]["image"] for pod in PODS.values()} == {image["name"]}


@pytest.mark.parametrize("folder", ["base", *(f"components/{component}" for component in COMPONENTS)])
def test_a_kustomization_lists_every_file_beside_it_and_patches_what_is_there(folder: str) -> None:
    told = yaml.safe_load((FOLDER / folder / "kustomization.yaml").read_text(encoding="utf-8"))
    assert {*told["resources"], "kustomization.yaml"} == {file.name for file in (FOLDER / folder).glob("*.yaml")}
    for patch in told.get("patches", []):
        patched = [name for name in DEPLOYMENTS if re.fullmatch(patch["target"]["name"], name)]
        assert sorted(patched) == sorted(WORKERS)
        for step in yaml.safe_load(patch["patch"]):
            assert step == {"op": "remove", "path": "/spec/replicas"}


@pytest.mark.parametrize("components", [(), COMPONENTS])
def test_kustomize_puts_it_together(components: tuple[str, ...], tmp_path: Path) -> None:
    wanted = {"resources": ["../base"], "components": [f"../components/{component}" for component in components]}
    text = kustomized(yaml.safe_dump(wanted), tmp_path)
    made = {named(manifest): manifest for manifest in yaml.safe_load_all(text)}
    assert len(made) == len(BASE) + 1 + (len(EXTRA) if components else 0)
    assert {manifest["metadata"].get("namespace", "") for manifest in made.values()} == {"", "northwire"}
    for name in WORKERS:
        deployment = made[f"Deployment {name}"]["spec"]
        assert ("replicas" in deployment) is not bool(components), "KEDA and the manifest would both set it"
        (source,) = deployment["template"]["spec"]["containers"][0]["envFrom"]
        assert f"ConfigMap {source['configMapRef']['name']}" in made
        validate(made[f"Deployment {name}"], VERSIONS[-1], strict=True)
