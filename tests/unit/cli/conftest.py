"""Running the command in this process."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from streams.cli.main import main


class Done(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


Northwire = Callable[..., Done]


@pytest.fixture
def northwire(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Northwire:
    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["northwire", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            main()
        written = capsys.readouterr()
        return Done(int(done.value.code or 0), written.out, written.err)

    return run
