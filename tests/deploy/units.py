"""Installs deploy/systemd into a Debian that boots, and lives through a day of it: python -m tests.deploy.units"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clusters.embedded import EmbeddedKafka
from tests.clusters.toolchain import ensure_toolchain
from tests.deploy.rehearsal import check_out, debian, run, say, send_and_receive, trusted, wait_until

WORKERS = ("northwire-tagging@1", "northwire-stories@1", "northwire-lag")
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
    command: list[str | Path] = [
        "systemd-nspawn",
        "--quiet",
        "--boot",
        "--register=no",
        "--keep-unit",
        "--settings=no",
        "--directory",
        root,
    ]
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
    for unit in WORKERS:
        wait_until(f"{unit} runs", lambda unit=unit: machine.shows(unit, ActiveState="active"))  # type: ignore[misc]
    say("installed and running: " + ", ".join(WORKERS))
    machine.run("systemctl", "enable", "--now", "northwire-tagging@2")
    send_and_receive(bootstrap)

    machine.run("systemctl", "kill", "--signal=KILL", "northwire-tagging@1")
    wait_until("it is started again", lambda: machine.shows("northwire-tagging@1", ActiveState="active", NRestarts="1"))
    say("killed, and started again")

    releases = machine.run("ls", "/opt/northwire")
    machine.run(INSTALL)
    assert len(machine.run("ls", "/opt/northwire").split()) == len(releases.split()) + 1
    for unit in (*WORKERS, "northwire-tagging@2"):
        wait_until(f"{unit} runs", lambda unit=unit: machine.shows(unit, ActiveState="active"))  # type: ignore[misc]
    say("installed again, in a folder of its own, and running")

    began = time.monotonic()
    machine.run("systemctl", "stop", "northwire-*.service", "northwire.target")
    for unit in (*WORKERS, "northwire-tagging@2"):
        assert machine.shows(unit, ActiveState="inactive", Result="success", ExecMainStatus="0"), machine.run(
            "journalctl"
        )
    say(f"stopped after {time.monotonic() - began:.1f} s, every worker with 0")


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
