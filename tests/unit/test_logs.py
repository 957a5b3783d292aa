"""Log lines: one each, whatever a title holds."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from streams.logs import configure_logs

HOSTILE = 'news\n{"event": "forged"}\r\x1b[31mred\x1b]0;owned\x07\x00\u2028\u202e\u0085 “end” \ud800'


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Logging belongs to the process: it is given back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.removesuffix("\n").split("\n")


def test_a_line_is_one_json_object_with_its_time_level_and_logger(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True)
    structlog.get_logger("tagging").info("rejected", reason="empty", offset=7)
    (line,) = logged(capsys)
    fields = json.loads(line)
    assert fields.pop("timestamp").endswith("Z")
    assert fields == {"event": "rejected", "reason": "empty", "offset": 7, "level": "info", "logger": "tagging"}


def test_a_hostile_title_stays_one_json_line_and_is_kept_to_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True)
    structlog.get_logger("tagging").warning(HOSTILE, title=HOSTILE)
    (line,) = logged(capsys)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["title"] == json.loads(line)["event"] == HOSTILE


def test_a_hostile_title_stays_one_line_on_a_terminal_and_commands_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=False)
    structlog.get_logger("tagging").warning(HOSTILE, title=HOSTILE, many=[HOSTILE])
    (line,) = logged(capsys)
    assert line.isprintable()
    assert r"\x1b[31mred" in line
    assert "“end”" in line


@pytest.mark.parametrize("as_json", [True, False])
def test_libraries_speak_in_the_same_form(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    configure_logs(json=as_json)
    logging.getLogger("faust.app").warning("rebalancing %s", "now\nthen")
    (line,) = logged(capsys)
    assert "faust.app" in line
    assert ("rebalancing now\\nthen" in line) or json.loads(line)["event"] == "rebalancing now\nthen"


def test_an_exception_is_part_of_its_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True)
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        structlog.get_logger("tagging").exception("crashed")
    (line,) = logged(capsys)
    assert "ValueError" in json.loads(line)["exception"]


def test_an_exception_on_a_terminal_is_plain_and_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=False)
    password = "canary-7f3a"
    try:
        raise ValueError("\x1b[31m")
    except ValueError:
        structlog.get_logger("tagging").exception("crashed")
    lines = logged(capsys)
    assert lines[-1] == r"ValueError: \x1b[31m"
    assert all(line.isprintable() for line in lines)
    assert password not in "".join(lines)


def test_details_and_the_chatter_of_libraries_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True)
    structlog.get_logger("tagging").debug("detail")
    logging.getLogger("aiokafka.consumer").info("chatter")
    assert logged(capsys) == [""]


def test_the_level_may_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True, level=logging.DEBUG)
    structlog.get_logger("tagging").debug("detail")
    assert json.loads(logged(capsys)[0])["event"] == "detail"


def test_configuring_twice_does_not_log_twice(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(json=True)
    configure_logs(json=True)
    structlog.get_logger("tagging").info("once")
    assert len(logged(capsys)) == 1
