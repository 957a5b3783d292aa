"""The command as a first-time user meets it."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from streams import __version__
from tests.unit.cli.conftest import Northwire

COMMANDS = [
    "demo",
    "worker",
    "lag",
    "ingest",
    "subscribe",
    "stories",
    "tag",
    "replay",
    "kafka",
    "kafka init",
    "topics",
    "topics push",
]


def test_version_is_told(northwire: Northwire) -> None:
    assert northwire("--version") == (0, f"northwire {__version__}\n", "")


def test_without_a_command_all_commands_are_listed(northwire: Northwire) -> None:
    done = northwire()
    assert done.code == 2
    for command in COMMANDS:
        assert command.split()[0] in done.out + done.err


def test_a_busy_machine_is_not_worth_a_warning_beside_the_one_sentence(northwire: Northwire) -> None:
    northwire("--version")
    assert not logging.getLogger("kafka.net.selector").isEnabledFor(logging.WARNING)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(northwire: Northwire, command: str) -> None:
    done = northwire(*command.split(), "--help")
    assert done.code == 0
    assert "Usage:" in done.out


@pytest.mark.parametrize(
    "arguments", [["tga"], ["worker"], ["worker", "tidying"], ["subscribe", "--min-severity", "x"]]
)
def test_wrong_usage_ends_with_two_and_no_traceback(northwire: Northwire, arguments: list[str]) -> None:
    done = northwire(*arguments)
    assert done.code == 2
    assert "Usage:" in done.err
    assert "Traceback" not in done.err


def test_a_fault_is_one_sentence_with_a_next_step(northwire: Northwire, tmp_path: Path) -> None:
    done = northwire("tag", tmp_path / "absent.txt")
    assert done.code == 1
    assert done.err.startswith("northwire: ")
    assert "give a file, a folder, or - for standard input" in done.err
    assert done.err.count("\n") == 1


def test_a_broken_setting_is_one_sentence_that_names_the_variable(
    northwire: Northwire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NORTHWIRE_PARTITIONS", "many")
    (tmp_path / "a.ndjson").write_bytes(b"")
    done = northwire("tag", tmp_path)
    assert done.code == 1
    assert done.err.startswith("northwire: NORTHWIRE_PARTITIONS: ")


def test_tagging_offline_does_not_wait_for_the_clients_of_kafka(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The Arctic Council met.", encoding="utf-8")
    program = (
        "import sys; from streams.cli.main import main; sys.argv = ['northwire', 'tag', sys.argv[1]]\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'kafka', 'aiokafka', 'faust'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
