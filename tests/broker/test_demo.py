"""`northwire demo`, as the README promises it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "streams.cli.main", "demo"]
ROOT = Path(__file__).parents[2]


def test_the_demo_shows_alerts_of_all_topics_and_a_summary_that_adds_up(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "NORTHWIRE_BOOTSTRAP_SERVERS": "nowhere:1", "COLUMNS": "200"}
    done = subprocess.run(DEMO, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    for topic in ("arctic", "sanctions", "arms-control"):
        assert re.search(rf"^ [A-Z]+  {topic} · new · score", done.stdout, re.MULTILINE)
    assert "34 articles = 23 tagged + 9 untagged + 2 rejected" in done.stdout
    assert "25 matches  = 22 alerts + 3 repeats" in done.stdout
    assert "22 alerts received, each once" in done.stdout
    assert "arctic · update · score" in done.stdout
    assert "sanctions · corrected · score" in done.stdout
    silent = " ".join(done.stdout.partition("Copies that woke nobody")[2].split())
    assert "Eight northern states end long silence with a rescue exercise Northern Courier · repeat · story" in silent
    assert re.search(r"same story as hw-20261109-arctic-council: words .* = [\d.]+, needs [\d.]+", silent)
    assert re.search(r"not-json +articles/", done.stdout)
    assert re.search(r"wrong-shape +articles/", done.stdout)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_watches_topics_of_ones_own(tmp_path: Path) -> None:
    topic = "id: volcanoes\ntitle: Volcanoes\nversion: '1'\nrules:\n  - id: r\n    terms: [volcano]\n    weight: 1\n"
    (tmp_path / "volcanoes.yaml").write_text(topic, encoding="utf-8")
    (tmp_path / "news.txt").write_text("The volcano is awake.", encoding="utf-8")
    command = [*DEMO, "--topics", str(tmp_path), str(tmp_path / "news.txt")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^ LOW  volcanoes · new", done.stdout, re.MULTILINE)
    assert "1 articles = 1 tagged + 0 untagged + 0 rejected" in done.stdout


@pytest.mark.parametrize(
    ("moment", "number", "code"),
    [("broker ", signal.SIGTERM, 143), ("workers ", signal.SIGINT, 130), ("still running", signal.SIGHUP, 129)],
)
def test_a_signal_ends_the_demo_and_all_that_it_started(
    moment: str, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*DEMO, "--keep"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.lower().startswith(moment):
                break
        children = _children(demo.pid)
        assert children
        demo.send_signal(number)
        demo.stdout.read()
        assert demo.wait(30) == code
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
