import asyncio
import signal
from unittest import mock

import pytest

from streams.kafka.connection import run


async def _answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_what_a_coroutine_returns_is_returned() -> None:
    assert run(_answer()) == 42


def test_ctrl_c_ends_a_run_at_the_worst_moment_too() -> None:
    def install_and_interrupt(number: signal.Signals, handler: object) -> object:
        before = install(number, handler)  # type: ignore[arg-type]
        if handler is not signal.default_int_handler:
            signal.raise_signal(signal.SIGINT)
        return before

    install = signal.signal
    with mock.patch("signal.signal", install_and_interrupt), pytest.raises(KeyboardInterrupt):
        run(_answer())
