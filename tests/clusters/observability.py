"""Prometheus, Alertmanager and the tools that judge their files, as Debian packages them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
}
_POLICY = Path("/usr/sbin/policy-rc.d")


class ToolsNotAvailable(Exception):
    """This machine lacks a program that watches; the message says which."""


def ensure_tools(*commands: str) -> None:
    """Return when `commands` can be run, installing their packages where Debian lets us.

    The services that come with the packages are not started. Raises ToolsNotAvailable, naming
    what is missing, elsewhere or when that fails.
    """
    missing = [command for command in commands if shutil.which(command) is None]
    if not missing:
        return
    packages = sorted({_PACKAGES[command] for command in missing})
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ToolsNotAvailable(
            f"{' and '.join(missing)} not found on the PATH: install {' and '.join(packages)}, as Debian calls them"
        )
    with _nothing_starts():
        _run(["apt-get", "update", "-q"])
        _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages])


def insist_on(*commands: str) -> None:
    """Return when `commands` can be run; else the test fails where Kafka is required, and is skipped elsewhere."""
    try:
        ensure_tools(*commands)
    except ToolsNotAvailable as missing:
        report = pytest.fail if os.environ.get("NORTHWIRE_REQUIRE_KAFKA") == "1" else pytest.skip
        report(f"not run: {missing}")


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


def _run(command: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        [*command, "-o", "DPkg::Lock::Timeout=300"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ToolsNotAvailable(f"{' '.join(command)} ended with {done.returncode}: {done.stdout.strip()[-600:]}")
