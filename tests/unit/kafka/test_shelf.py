"""A desk comes back from the journal, and from the events where the journal lacks them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams import wire
from streams.errors import Refused
from streams.kafka.journal import Entry, entries, write_entry
from streams.kafka.shelf import Held, Shelf
from streams.model import Cause, TaggedArticle
from streams.stories.desk import Desk
from streams.stories.placement import Placement
from tests.unit.nouns import NOON
from tests.unit.stories.pages import PARAPHRASE, WIRE, page, tagged

PLACE = TP("articles.tagged", 2)
EVENTS = [tagged(WIRE), tagged(page(1)), tagged(PARAPHRASE), tagged(WIRE), tagged(page(2))]


def placements() -> list[Placement]:
    """What a desk decides on the events that nothing happens to."""
    desk = Desk()
    return [desk.place(event, NOON) for event in EVENTS]


class Broker:
    """The events, and a journal of them."""

    def __init__(self, *journal: Entry) -> None:
        self.journal = list(journal)
        self.read_again: list[int] = []
        self.restored: list[tuple[int, int]] = []
        self.shelf = Shelf(timedelta(days=14), self._entries, self._missed, self._decide, self._told)

    async def _entries(self, partition: int) -> AsyncIterator[Entry]:
        assert partition == PLACE.partition
        for entry in self.journal:
            yield entry

    async def _missed(self, partition: TP, start: int, stop: int) -> AsyncIterator[Any]:
        assert partition == PLACE
        for offset in range(start, stop):
            self.read_again.append(offset)
            yield SimpleNamespace(offset=offset, value=EVENTS[offset])

    async def _decide(self, record: Any, desk: Desk) -> Placement | None:
        event: TaggedArticle = record.value
        return desk.place(event, NOON)

    def _told(self, partition: TP, kept: int, decided: int) -> None:
        assert partition == PLACE
        self.restored.append((kept, decided))

    def take(self, offset: int) -> Held:
        return asyncio.run(self.shelf.take(PLACE, offset))


JOURNAL = [Entry(offset, placement) for offset, placement in enumerate(placements())]


def test_a_desk_that_read_the_journal_goes_on_where_the_last_one_ended() -> None:
    broker = Broker(*JOURNAL[:4])
    held = broker.take(4)
    assert held.desk.place(EVENTS[4], NOON) == JOURNAL[4].placement
    assert (broker.read_again, broker.restored, held.owed) == ([], [(4, 0)], [])


def test_an_event_that_was_decided_on_before_has_its_answer() -> None:
    broker = Broker(*JOURNAL)
    for offset in range(2, 5):
        assert broker.take(offset).answers.pop(offset) == JOURNAL[offset].placement
    assert broker.restored == [(5, 0)]


def test_what_an_emptied_journal_lacks_is_decided_on_again_and_owed() -> None:
    broker = Broker()
    held = broker.take(3)
    assert held.owed == JOURNAL[:3]
    assert held.desk.place(EVENTS[3], NOON).cause is Cause.SEEN
    assert broker.restored == [(0, 3)]


def test_what_comes_after_a_journal_that_ends_early_is_decided_on_again_alone() -> None:
    broker = Broker(*JOURNAL[:2])
    assert broker.take(4).owed == JOURNAL[2:4]
    assert broker.read_again == [2, 3]


def test_an_event_that_is_the_next_one_costs_nothing_and_an_earlier_one_reads_the_journal_again() -> None:
    broker = Broker(*JOURNAL[:1])
    held = broker.take(1)
    held.desk.place(EVENTS[1], NOON)
    assert broker.take(2) is held
    broker.journal.append(JOURNAL[1])
    assert broker.take(1).answers == {1: JOURNAL[1].placement}
    assert len(broker.restored) == 2


def test_desks_of_partitions_that_went_elsewhere_are_let_go() -> None:
    broker = Broker(*JOURNAL)
    broker.take(5)
    assert broker.shelf.count() == {"arctic": (3, 4)}
    broker.shelf.keep([TP("articles.tagged", 0)])
    assert broker.shelf.count() == {}


def test_stories_expire_while_nothing_comes() -> None:
    broker = Broker(*JOURNAL)
    broker.take(5)
    broker.shelf.tidy(NOON + timedelta(days=14))
    assert broker.shelf.count() == {"arctic": (3, 4)}
    broker.shelf.tidy(None)
    assert broker.shelf.count() == {"arctic": (3, 4)}
    broker.shelf.tidy(NOON + timedelta(days=16))
    assert broker.shelf.count() == {}


def test_an_entry_that_two_workers_wrote_is_read_once_and_one_that_nobody_can_read_is_told_of() -> None:
    written = [write_entry(2, entry) for entry in (JOURNAL[0], JOURNAL[1], JOURNAL[0])]
    unreadable: list[str] = []

    async def read(partition: TP, start: int, stop: int | None) -> AsyncIterator[Any]:
        place = {"topic": partition.topic, "partition": partition.partition}
        for offset, each in enumerate(written):
            yield SimpleNamespace(**place, offset=offset, value=each.value, headers=list(each.headers.items()))
        yield SimpleNamespace(**place, offset=3, value=b"{", headers=[("northwire-tagged-offset", b"3")])
        for offset, header in enumerate((None, b"", b"9" * 5000, b"soon"), 4):
            headers = [("northwire-tagged-offset", header)]
            yield SimpleNamespace(**place, offset=offset, value=written[0].value, headers=headers)

    def complain(place: str, refusal: Refused) -> None:
        unreadable.append(place)

    async def all_entries() -> list[Entry]:
        return [entry async for entry in entries(read, 2, complain)]

    assert asyncio.run(all_entries()) == JOURNAL[:2]
    assert unreadable == [f"stories/2/{offset}" for offset in range(3, 8)]
    assert all(each.partition == 2 for each in written)
    assert wire.encode(JOURNAL[0].placement) == written[0].value
