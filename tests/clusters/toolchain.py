"""Tools of Debian that tests need, and jars: those of Apache Kafka and those of any other pom.xml."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import pytest

from tests.clusters import NotAvailable
from tests.commands import captured

_POM = Path(__file__).with_name("pom.xml")
_PACKAGES = {
    "amtool": "prometheus-alertmanager",
    "buildah": "buildah",
    "java": "default-jdk-headless",
    "mmdebstrap": "mmdebstrap",
    "mvn": "maven",
    "podman": "podman",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "promtool": "prometheus",
    "runc": "runc",
    "systemd-analyze": "systemd",
    "systemd-nspawn": "systemd-container",
}
"""Commands, and the packages of Debian that hold them."""

_POLICY = Path("/usr/sbin/policy-rc.d")


def kafka_version() -> str:
    """The version of Apache Kafka that pom.xml pins."""
    version = ElementTree.parse(_POM).findtext("{*}version")
    assert version
    return version


def ensure_toolchain(*commands: str) -> None:
    """Return when `commands` (of `_PACKAGES`) can be run, installing them where Debian lets us.

    The services that come with the packages are not started. Raises NotAvailable, naming what is missing,
    elsewhere or when that fails.
    """
    missing = [command for command in commands if shutil.which(command) is None]
    if not missing:
        return
    what = f"this needs {' and '.join(missing)}"
    packages = list(dict.fromkeys(_PACKAGES[command] for command in missing))
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NotAvailable(f"{what}, not found on the PATH: install {' and '.join(packages)}, as Debian calls them")
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    with _nothing_starts():
        _run([*apt, "update"], what)
        _run([*apt, "install", "--no-install-recommends", *packages], what)


def insist_on(*commands: str) -> None:
    """Return when `commands` can be run; else the test fails where Kafka is required, and is skipped elsewhere."""
    try:
        ensure_toolchain(*commands)
    except NotAvailable as missing:
        not_run(missing)


def not_run(why: object) -> NoReturn:
    """Fail the test where Kafka is required, and skip it elsewhere, saying why it was not run."""
    report = pytest.fail if os.environ.get("NORTHWIRE_REQUIRE_KAFKA") == "1" else pytest.skip
    report(f"not run: {why}")


def kafka_jars() -> Path:
    """The folder that holds every jar of `kafka_version`. Raises NotAvailable as `jars_of` does."""
    return jars_of(_POM)


def jars_of(pom: Path) -> Path:
    """The folder that holds every jar that a pom.xml asks for, downloaded at the first call.

    It lies in the user's cache under the artifact and version of the pom, is complete whenever it
    exists, and is fetched once even if two processes ask at the same time.
    Raises NotAvailable when Maven cannot fetch the jars.
    """
    project = ElementTree.parse(pom)
    name = f"{project.findtext('{*}artifactId')}-{project.findtext('{*}version')}"
    cache = _cache()
    jars = cache / name
    if jars.is_dir():
        return jars
    ensure_toolchain("java", "mvn")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{project.findtext('{*}artifactId')}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            _download(pom, jars)
    return jars


def class_archive() -> Path:
    """The file in which `archive_classes` keeps the classes of `kafka_version`, once it was called."""
    return _cache() / f"kafka-{kafka_version()}.jsa"


def archive_classes(java: Sequence[str], class_list: Path) -> None:
    """Keep the classes of the list as the JVM would parse them, which halves the start of every later one.

    `java` is the JVM with its flags and class path. Where it cannot be done all stays as it was.
    """
    with tempfile.TemporaryDirectory(dir=_cache(), prefix="archive-") as folder:
        archive = Path(folder) / "jsa"
        options = ["-Xshare:dump", f"-XX:SharedClassListFile={class_list}", f"-XX:SharedArchiveFile={archive}"]
        done = subprocess.run([*java, *options], capture_output=True, check=False)
        if done.returncode == 0 and archive.exists():
            archive.rename(class_archive())


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "northwire"


def _download(pom: Path, jars: Path) -> None:
    with tempfile.TemporaryDirectory(dir=jars.parent, prefix="download-") as folder:
        complete = Path(folder) / "jars"
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={complete}"]
        _run(["mvn", "-q", "-B", "-f", str(pom), *goal], f"{jars.name} could not be fetched")
        complete.rename(jars)


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """While this lasts a package that is installed starts no service, as Debian's policy-rc.d has it."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", "ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _run(command: Sequence[str], failure: str) -> None:
    done = captured(*command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if done.returncode != 0:
        output = done.stdout.strip()[-600:]
        raise NotAvailable(f"{failure}: {command[0]} ended with {done.returncode}: {output}")
