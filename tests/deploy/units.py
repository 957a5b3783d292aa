"""Installs deploy/systemd into a Debian that boots, and lives through a day of it: python -m tests.deploy.units"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from tests.clusters.embedded import EmbeddedKafka
from tests.clusters.toolchain import ensure_toolchain
from tests.deploy.rehearsal import check_out, debian, run, say, send_and_receive, trusted, wait_until

WORKERS = {"northwire-tagging@1": 9101, "northwire-stories@1": 9111, "northwire-lag": 9121}
"""The units that the target starts, and their ports."""

SECOND = {"northwire-tagging@2": 9102}
INSTALL = "/srv/northwire/deploy/systemd/install"


class Machine:
    """A Debian that systemd runs in; network and clock are this machine's."""

    def __init__(self, first_process: str) -> None:
        self._enter = ["nsenter", "--target", first_process, "--all"]

    def run(self, *command: str) -> str:
        return run(*self._enter, *command).strip()

    def shows(self, unit: str, **wanted: str) -> bool:
        return all(
            self.run("systemctl", "show", "--value", f"--property={name}", unit) == value
            for name, value in wanted.items()
        )


@contextmanager
def booted(root: Path) -> Iterator[Machine]:
    options = ["--quiet", "--boot", "--register=no", "--keep-unit", "--settings=no"]
    command = ["systemd-nspawn", *options, f"--directory={root}"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as container:
        try:
            children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
            wait_until("a first process", lambda: bool(children.read_text().split()))
            machine = Machine(children.read_text().split()[0])
            wait_until("systemd is up", lambda: _is_up(machine))
            yield machine
        finally:
            container.terminate()


def _is_up(machine: Machine) -> bool:
    try:
        return machine.run("systemctl", "is-system-running") == "running"
    except AssertionError:
        return False


def rehearse(machine: Machine, bootstrap: str) -> None:
    machine.run(INSTALL)
    _until_ready(WORKERS)
    say("installed and ready: " + ", ".join(WORKERS))
    machine.run("systemctl", "enable", "--now", *SECOND)
    _until_ready(SECOND)
    send_and_receive(bootstrap)

    machine.run("systemctl", "kill", "--signal=KILL", "northwire-tagging@1")
    wait_until("it is started again", lambda: machine.shows("northwire-tagging@1", ActiveState="active", NRestarts="1"))
    _until_ready(WORKERS)
    say("killed, started again, and ready")

    releases = machine.run("ls", "/opt/northwire").split()
    machine.run(INSTALL)
    assert len(machine.run("ls", "/opt/northwire").split()) == len(releases) + 1
    _until_ready(WORKERS | SECOND)
    say("installed again, in a folder of its own, and ready")

    began = time.monotonic()
    machine.run("systemctl", "stop", "northwire-*.service", "northwire.target")
    for name in WORKERS | SECOND:
        ended = machine.shows(name, ActiveState="inactive", Result="success", ExecMainStatus="0")
        assert ended, machine.run("journalctl", "--no-pager", "--lines=40", f"--unit={name}")
    say(f"stopped after {time.monotonic() - began:.1f} s, every worker with 0")

    machine.run("sh", "-c", "umask 077; echo of-kafka > /etc/northwire/kafka-password")
    machine.run(INSTALL)
    show = 'cat "$NORTHWIRE_SASL_PASSWORD_FILE"; test ! -r /etc/northwire/kafka-password && id --user'
    shown = machine.run("systemd-run", "--quiet", "--wait", "--pipe", "--unit=northwire-probe", "sh", "-c", show)
    password, user = shown.split()
    assert password == "of-kafka"
    assert user != "0"
    say("a unit is handed the password, as a user who cannot read its file")


def _until_ready(units: Mapping[str, int]) -> None:
    for name, port in units.items():
        wait_until(f"{name} is ready", partial(_is_ready, port))


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except OSError:
        return False


def main() -> None:
    ensure_toolchain("mmdebstrap", "systemd-nspawn")
    broker = EmbeddedKafka()
    with tempfile.TemporaryDirectory(prefix="northwire-units-", ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "root"
        debian(root, "systemd", "systemd-sysv", "dbus", "python3", "python3-venv")
        for file in trusted():
            shutil.copy(file, root / file.relative_to("/"))
        check_out(root / "srv/northwire")
        broker.start()
        try:
            settings = (root / "srv/northwire/deploy/systemd/northwire.env").read_text(encoding="utf-8")
            settings = settings.replace("127.0.0.1:9092", broker.bootstrap)
            (root / "etc/northwire").mkdir()
            # The samples grow old.
            (root / "etc/northwire/northwire.env").write_text(f"{settings}NORTHWIRE_ARRIVAL=published\n")
            with booted(root) as machine:
                rehearse(machine, broker.bootstrap)
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
