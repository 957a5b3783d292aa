"""Outlets: what the cluster has is asked for when it must be, and no oftener."""

import asyncio
from collections.abc import Collection, Iterable
from time import monotonic

from streams.errors import Reason
from streams.kafka.outlets import Outlets
from streams.model import News, Rejected, Repeat
from tests.unit import nouns


class Cluster:
    """Kafka topics, and how often someone asked for them."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.asked = 0
        self.learned: list[Collection[str]] = []
        self.outlets = Outlets(self._answer, names, self.learned.append)

    async def _answer(self) -> Iterable[str]:
        self.asked += 1
        return self.names


NEWS = News(nouns.alert())
REPEAT = Repeat("arctic", "a-1", "s-1")
REJECTED = Rejected(Reason.NOT_JSON, "no")
UNWATCHED = Rejected(Reason.UNWATCHED, "there is no Kafka topic alerts.arctic")


def test_what_is_known_or_was_rejected_already_costs_no_question() -> None:
    cluster = Cluster("articles", "alerts.arctic")
    for outcome in (NEWS, REPEAT, REJECTED):
        assert asyncio.run(cluster.outlets.admit(outcome, monotonic())) is outcome
    assert (cluster.asked, cluster.learned) == (0, [["arctic"]])


def test_a_topic_that_has_come_since_is_learned_and_told() -> None:
    cluster = Cluster("alerts.barents")
    cluster.names.append("alerts.arctic")
    assert asyncio.run(cluster.outlets.admit(NEWS, monotonic())) is NEWS
    assert asyncio.run(cluster.outlets.admit(REPEAT, monotonic())) is REPEAT
    assert cluster.asked == 1
    assert cluster.learned == [["barents"], ["arctic", "barents"]]


def test_a_topic_that_is_not_there_is_rejected_and_the_batch_asks_once() -> None:
    cluster = Cluster()

    async def batch() -> None:
        began = monotonic()
        for outcome in (NEWS, REPEAT, NEWS):
            assert await cluster.outlets.admit(outcome, began) == UNWATCHED

    asyncio.run(batch())
    assert cluster.asked == 1


def test_an_answer_given_before_the_message_came_does_not_reject_it() -> None:
    cluster = Cluster()
    assert asyncio.run(cluster.outlets.admit(NEWS, monotonic())) == UNWATCHED
    cluster.names.append("alerts.arctic")
    assert asyncio.run(cluster.outlets.admit(NEWS, monotonic())) is NEWS
    assert cluster.asked == 2


def test_a_name_that_no_topic_can_have_is_none_even_where_its_kafka_topic_exists() -> None:
    cluster = Cluster("alerts.", "alerts.A_b", f"alerts.{'a' * 65}")
    assert cluster.learned == []


def test_an_endless_name_is_cut_short_in_the_rejection() -> None:
    outcome = asyncio.run(Cluster().outlets.admit(Repeat("x" * 10**6, "a-1", "s-1"), monotonic()))
    assert isinstance(outcome, Rejected)
    assert len(outcome.error) < 100
