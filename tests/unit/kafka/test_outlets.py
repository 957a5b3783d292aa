"""Outlets: what the cluster has is asked for when it must be, and no oftener."""

import asyncio
from collections.abc import Collection, Iterable
from time import monotonic

from streams.errors import Reason
from streams.kafka.outlets import Outlets
from streams.model import Rejected


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


UNWATCHED = Rejected(Reason.UNWATCHED, "there is no Kafka topic alerts.arctic")


def refusal(cluster: Cluster, topic: str = "arctic") -> Rejected | None:
    return asyncio.run(cluster.outlets.refusal(topic, monotonic()))


def test_what_is_known_costs_no_question() -> None:
    cluster = Cluster("articles", "alerts.arctic")
    assert refusal(cluster) is None
    assert (cluster.asked, cluster.learned) == (0, [["arctic"]])


def test_a_topic_that_has_come_since_is_learned_and_told() -> None:
    cluster = Cluster("alerts.barents")
    cluster.names.append("alerts.arctic")
    assert refusal(cluster) is None
    assert refusal(cluster) is None
    assert cluster.asked == 1
    assert cluster.learned == [["barents"], ["arctic", "barents"]]


def test_a_topic_that_is_not_there_is_refused_and_the_batch_asks_once() -> None:
    cluster = Cluster()

    async def batch() -> None:
        began = monotonic()
        for _ in range(3):
            assert await cluster.outlets.refusal("arctic", began) == UNWATCHED

    asyncio.run(batch())
    assert cluster.asked == 1


def test_an_answer_given_before_the_message_came_does_not_refuse_it() -> None:
    cluster = Cluster()
    assert refusal(cluster) == UNWATCHED
    cluster.names.append("alerts.arctic")
    assert refusal(cluster) is None
    assert cluster.asked == 2


def test_a_name_that_no_topic_can_have_is_none_even_where_its_kafka_topic_exists() -> None:
    cluster = Cluster("alerts.", "alerts.A_b", f"alerts.{'a' * 65}")
    assert cluster.learned == []


def test_an_endless_name_is_cut_short_in_the_refusal() -> None:
    refused = refusal(Cluster(), "x" * 10**6)
    assert refused
    assert len(refused.error) < 100
