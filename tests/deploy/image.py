"""Builds deploy/docker/Dockerfile and runs what docker-compose.yml says of it: python -m tests.deploy.image

Without Docker and without a registry: buildah and podman do it, on a base image made of Debian's own Python
of the same version. Networks and names are the machine's; everything else is as Compose would have it.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from streams.kafka.embedded import free_ports
from tests.clusters.embedded import EmbeddedKafka
from tests.clusters.toolchain import ensure_toolchain
from tests.deploy.rehearsal import ROOT, debian, run, say, send_and_receive, trusted, wait_until

DOCKERFILE = ROOT / "deploy/docker/Dockerfile"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
WORKERS = ("tagging", "stories", "lag")


class Images:
    """Images and containers in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._store = ["--root", str(folder / "storage"), "--runroot", str(folder / "run")]

    def buildah(self, *arguments: str | Path) -> str:
        return run("buildah", *self._store, *arguments).strip()

    def podman(self, *arguments: str) -> str:
        return run("podman", *self._store, "--runtime", "runc", *arguments).strip()

    def base(self, archive: Path) -> None:
        """What stands in for the base image: Debian 12 and its Python, as `python`."""
        text = DOCKERFILE.read_text(encoding="utf-8")
        (version,) = re.findall(r"(?m)^ARG PYTHON=(.*)$", text)
        (name,) = set(re.findall(r"(?m)^FROM (\S+)", text))
        debian(archive, f"python{version}", f"python{version}-venv")
        container = self.buildah("from", "scratch")
        self.buildah("add", "--quiet", container, archive, "/")
        link = ["ln", "-s", f"/usr/bin/python{version}", "/usr/local/bin/python"]
        self.buildah("run", "--isolation", "chroot", container, "--", *link)
        self.buildah("config", "--env", "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", container)
        self.buildah("commit", "--quiet", container, f"docker.io/library/{name.replace('${PYTHON}', version)}")

    def build(self) -> None:
        mounts = [option for file in trusted() for option in ("--volume", f"{file}:{file}:ro")]
        options = ["--pull-never", "--network", "host", "--isolation", "chroot", "--format", "docker"]
        self.buildah("build", *options, *mounts, "--file", DOCKERFILE, "--tag", SERVICES["tagging"]["image"], ".")

    def start(self, service: str, bootstrap: str, *options: str) -> None:
        """Run a service with the rights, limits and settings that Compose gives it."""
        wanted = SERVICES[service]
        environment = {
            **wanted["environment"],
            "NORTHWIRE_BOOTSTRAP_SERVERS": bootstrap,
            "NORTHWIRE_PARTITIONS": "6",
            "NORTHWIRE_TOPICS_FROM": "files",
            "NORTHWIRE_ARRIVAL": "published",  # the samples grow old
            "NORTHWIRE_METRICS_PORT": str(free_ports(1)[0]),
        }
        flags = ["--name", service, "--user", wanted["user"], "--memory", wanted["mem_limit"], "--network", "host"]
        flags += ["--read-only", "--read-only-tmpfs=false"] if wanted["read_only"] else []
        flags += [f"--cap-drop={right}" for right in wanted["cap_drop"]]
        flags += [f"--security-opt={option.removesuffix(':true')}" for option in wanted["security_opt"]]
        flags += [f"--tmpfs={place}" for place in wanted["tmpfs"]]
        flags += [f"--pids-limit={wanted['pids_limit']}", "--ulimit=nofile=4096:4096", "--ulimit=nproc=512:512"]
        flags += [f"--env={name}={value}" for name, value in environment.items()]
        self.podman("run", "--no-healthcheck", *options, *flags, wanted["image"], *wanted["command"])

    def is_healthy(self, service: str) -> bool:
        """What the image's own health check says, run in the container."""
        (check,) = re.findall(r"HEALTHCHECK [^[]*(\[.*\])", DOCKERFILE.read_text("utf-8").replace("\\\n", " "))
        try:
            self.podman("exec", service, *yaml.safe_load(check))
        except AssertionError:
            return False
        return True

    def stop(self, service: str) -> None:
        """SIGTERM, as Compose sends it: the process must end by itself, in time, with 0."""
        began = time.monotonic()
        self.podman("stop", "--time", SERVICES[service]["stop_grace_period"].rstrip("s"), service)
        code = self.podman("inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", service)
        assert code == "0 false", f"{service} ended with {code}:\n{self.podman('logs', service)[-3000:]}"
        say(f"{service} stopped by itself after {time.monotonic() - began:.1f} s")


@contextmanager
def images() -> Iterator[Images]:
    with tempfile.TemporaryDirectory(prefix="northwire-image-", ignore_cleanup_errors=True) as folder:
        store = Images(Path(folder))
        try:
            store.base(Path(folder) / "base.tar")
            yield store
        finally:
            store.podman("rm", "--force", "--all", "--time", "0")
            store.podman("rmi", "--force", "--all")


def main() -> None:
    ensure_toolchain("buildah", "podman", "runc", "mmdebstrap")
    broker = EmbeddedKafka()
    with images() as store:
        store.build()
        say("built " + store.podman("images", "--format", "{{.Repository}} {{.Size}}", SERVICES["tagging"]["image"]))
        broker.start()
        try:
            store.start("kafka-init", broker.bootstrap, "--rm")
            for worker in WORKERS:
                store.start(worker, broker.bootstrap, "--detach")
            for worker in WORKERS:
                wait_until(f"{worker} is healthy", partial(store.is_healthy, worker))
            send_and_receive(broker.bootstrap)
            for worker in WORKERS:
                memory = store.podman("stats", "--no-stream", "--format", "{{.MemUsage}}", worker)
                say(f"{worker} is healthy with {memory}")
                store.stop(worker)
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
