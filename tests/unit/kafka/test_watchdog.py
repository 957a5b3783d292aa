"""The watchdog bites who stands still before a full bowl, and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, cast

import pytest
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaConnectionError
from faust.types import TP

from streams.kafka.watchdog import Watchdog

ONE, OTHER = TP("articles", 0), TP("articles", 1)
PATIENCE = 100.0


class Broker:
    """What it would say."""

    def __init__(self) -> None:
        self.committed: dict[TP, int] = {ONE: 5, OTHER: 7}
        self.ends = {ONE: 5, OTHER: 7}
        self.away = False
        self.mine: Collection[TP] = {ONE, OTHER}
        self.bites: list[str] = []
        self.watchdog = Watchdog(PATIENCE, lambda: self.mine, self.ask, self.read, self.bites.append)

    async def ask(self, partitions: Collection[TP]) -> Mapping[TP, int]:
        if self.away:
            raise KafkaConnectionError("gone")
        return {partition: self.committed[partition] for partition in partitions}

    async def read(self, partition: TP, start: int, _: int | None) -> AsyncIterator[ConsumerRecord]:
        for offset in range(start, self.ends[partition]):
            yield cast("Any", offset)

    def look(self, *times: float) -> list[str]:
        for time in times:
            asyncio.run(self.watchdog.look(time))
        return self.bites


def test_who_has_read_everything_may_rest() -> None:
    assert Broker().look(0, 100, 200, 1000) == []


def test_who_stands_still_before_a_message_is_bitten_once_patience_is_over() -> None:
    broker = Broker()
    broker.ends[ONE] = 6
    assert broker.look(0, 50, 99) == []
    assert broker.look(101) == ["no progress at articles/0/5 for 100 s, and there is more to read"]


def test_who_moves_is_not_bitten_however_far_behind() -> None:
    broker = Broker()
    broker.ends[ONE] = 10_000
    for time in range(0, 1000, 50):
        broker.committed[ONE] += 1
        assert broker.look(time) == []


def test_a_message_that_comes_after_a_long_rest_has_all_the_time_again() -> None:
    broker = Broker()
    broker.look(0, 100)
    broker.ends[ONE] = 6
    assert broker.look(150, 199) == []
    assert len(broker.look(200)) == 1


@pytest.mark.parametrize("mine", [{OTHER}, ()], ids=["another partition", "none"])
def test_what_is_not_mine_or_was_not_all_the_time_is_not_my_fault(mine: Collection[TP]) -> None:
    broker = Broker()
    broker.ends[ONE] = 6
    broker.look(0)
    broker.mine = mine
    broker.look(90)
    broker.mine = {ONE, OTHER}
    assert broker.look(110, 200) == []
    assert len(broker.look(210)) == 1


def test_a_broker_that_is_away_is_not_the_workers_fault() -> None:
    broker = Broker()
    broker.ends[ONE] = 6
    broker.away = True
    assert broker.look(0, 100, 1000) == []
    broker.away = False
    assert broker.look(1001, 1100) == []
