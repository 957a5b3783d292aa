"""Breaks the code on purpose, in a copy, and sees whether a test turns red: `python -m tests.faults.breakages`."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.commands import captured

_ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist")


class Breakage(NamedTuple):
    """One line made wrong, and the test that must notice."""

    what: str
    file: str
    right: str
    wrong: str
    test: str


BREAKAGES = (
    Breakage(
        "deliveries are not awaited",
        "streams/kafka/deliveries.py",
        "await asyncio.gather(*(awaiting for _, _, awaiting in pending), return_exceptions=True)",
        "[None] * len(pending)",
        "tests/broker/test_road.py::test_what_is_too_large_for_its_kafka_topic_is_put_aside_and_the_next_article_flows",
    ),
    Breakage(
        "an exception leaves the road",
        "streams/pipeline.py",
        "    except Exception as error:",
        "    except Refused as error:",
        "tests/unit/test_pipeline.py::test_a_bug_costs_the_article_it_meets_and_not_the_worker",
    ),
    Breakage(
        "a batch that raised is acknowledged",
        "streams/kafka/application.py",
        "                await handle(batch)",
        "                await asyncio.gather(handle(batch), return_exceptions=True)",
        "tests/broker/test_stuck.py::test_a_worker_that_raises_leaves_everything_to_the_next_one",
    ),
    Breakage(
        "agents run concurrently",
        "streams/kafka/application.py",
        "concurrency=1",
        "concurrency=2",
        "tests/unit/kafka/test_application.py::test_two_apps_live_in_one_process",
    ),
    Breakage(
        "events flow before the seek",
        "streams/kafka/application.py",
        "        self.consumer.stop_flow()\n        self.flow_control.suspend()\n        self.joined = True",
        "        self.joined = True",
        "tests/hazards/test_defaults.py::test_events_flow_before_the_seek",
    ),
    Breakage(
        "a commit is left out while another is on its way",
        "streams/kafka/application.py",
        "        while await super().maybe_wait_for_commit_to_finish():\n            pass\n        return False",
        "        return bool(await super().maybe_wait_for_commit_to_finish())",
        "tests/hazards/test_defaults.py::test_a_commit_is_left_out_while_another_is_on_its_way",
    ),
    Breakage(
        "ids of alerts are random",
        "streams/alerting/alerts.py",
        'return derive("alert",',
        'return derive("alert", str(__import__("uuid").uuid4()),',
        "tests/unit/test_pipeline.py::test_a_redelivered_article_gives_the_same_alert_to_the_byte",
    ),
    Breakage(
        "a partition with too much poison is acknowledged",
        "streams/kafka/batches.py",
        "for event in filter(self._is_wanted, current):",
        "for event in current:",
        "tests/broker/test_poison.py",
    ),
    Breakage(
        "what was sent again leaves no receipt",
        "streams/kafka/rejections.py",
        "headers={_RECEIPT: name}",
        "headers={}",
        "tests/broker/test_rejected.py",
    ),
)


def main() -> str | None:
    """Prints what each breakage came to; a sentence where one went unnoticed, for `sys.exit`."""
    unnoticed = []
    for breakage in BREAKAGES:
        with tempfile.TemporaryDirectory() as folder:
            red = _is_red(breakage, Path(folder) / "broken")
        print(f"{'red  ' if red else 'GREEN'}  {breakage.what}: {breakage.test}", flush=True)
        unnoticed += [] if red else [breakage.what]
    return f"nobody noticed: {', '.join(unnoticed)}" if unnoticed else None


def _is_red(breakage: Breakage, copy: Path) -> bool:
    shutil.copytree(_ROOT, copy, ignore=_LEFT_OUT)
    file = copy / breakage.file
    text = file.read_text(encoding="utf-8")
    assert breakage.right in text, f"{breakage.file} does not say {breakage.right!r} any more"
    file.write_text(text.replace(breakage.right, breakage.wrong), encoding="utf-8")
    done = captured(sys.executable, "-m", "pytest", "-q", "-x", "--timeout", "120", breakage.test, cwd=copy)
    assert done.returncode in (0, 1), done.stdout
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
