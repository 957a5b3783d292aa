"""Programs run to their end, and `northwire` as people run it, with nothing set but what the test sets."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from streams.cli.processes import environment

_COMMAND = [sys.executable, "-m", "streams.cli.main"]
_PATIENCE = 30.0
_ROOT = Path(__file__).parents[1]


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    out: bytes
    error: str
    seconds: float


def captured(
    *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program that is given nothing to read; what it says on either stream is its `stdout`."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def northwire(*arguments: str, **settings: str) -> Finished:
    """Run a command to its end; it is killed, and the test fails, after half a minute."""
    began = time.monotonic()
    done = subprocess.run(
        [*_COMMAND, *arguments],
        cwd=_ROOT,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr.decode(), time.monotonic() - began)


def at_once(*commands: Sequence[str], **settings: str) -> list[Finished]:
    """Run several commands beside each other, each to its end."""
    with ThreadPoolExecutor() as beside:
        return list(beside.map(lambda command: northwire(*command, **settings), commands))


@contextmanager
def following(*arguments: str, **settings: str) -> Iterator[Callable[[], list[bytes]]]:
    """A command that goes on until the context ends; gives the complete lines it has written so far."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [*_COMMAND, *arguments], cwd=_ROOT, env=environment(settings), stdin=subprocess.DEVNULL, stdout=out
        )

        def lines() -> list[bytes]:
            assert process.poll() is None, f"northwire {' '.join(arguments)} has ended"
            written = os.pread(out.fileno(), os.fstat(out.fileno()).st_size, 0)
            return [line for line in written.splitlines(keepends=True) if line.endswith(b"\n")]

        try:
            yield lines
        finally:
            process.kill()
            process.wait()
