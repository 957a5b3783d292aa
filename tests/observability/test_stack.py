"""`make stack` and `make stop`, as a newcomer would use them."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker.road import eventually
from tests.clusters.stack import ROOT

PROCESSES = 7
"""Kafka, two workers, lag, Prometheus, Alertmanager, and the load."""


@pytest.fixture
def folder(equipped: None, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    stack("stop", tmp_path)


def stack(act: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.clusters.local", act, f"--folder={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def started_by(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in children.read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def answers(link: str) -> bool:
    try:
        with urllib.request.urlopen(link, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_what_ends_is_started_again(folder: Path) -> None:
    told = stack("start", folder)
    (tagging,) = re.findall(r"tagging +(http://\S+)\n", told.partition("Northwire runs")[2])
    (pid,) = re.findall(r"kill -STOP (\d+)", told)
    os.kill(int(pid), signal.SIGKILL)
    eventually(lambda: not answers(tagging))
    eventually(lambda: answers(tagging), within=60)
    assert "tagging has ended; starting it again" in (folder / "stack.log").read_text()


def test_one_command_starts_it_and_one_stops_it_also_after_a_crash(folder: Path) -> None:
    told = stack("start", folder)
    links = re.findall(r"http://\S+", told)
    assert len(links) > 6
    assert all(answers(link) for link in links)
    assert stack("start", folder) in told
    keeper = int((folder / "pid").read_text())
    processes = started_by(keeper)
    assert len(processes) == PROCESSES
    os.kill(keeper, signal.SIGKILL)
    assert "Nothing runs" in stack("stop", folder)
    assert not [pid for pid in processes if is_alive(pid)]
    told = stack("start", folder)
    processes = started_by(int((folder / "pid").read_text()))
    assert "Stopped" in stack("stop", folder)
    assert not [pid for pid in processes if is_alive(pid)]
    assert "Nothing runs" in stack("stop", folder)
