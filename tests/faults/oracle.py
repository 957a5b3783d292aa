"""What must have come out of what went in, and what did."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.broker.road import Received, expected_alerts


class Verdict(NamedTuple):
    """The promise in numbers. All but `acknowledged`, `alerts` and `again` must be 0."""

    acknowledged: int
    """Articles that Kafka took."""

    alerts: int
    """Different alerts that came."""

    missing: int
    """Alerts that follow from acknowledged articles and did not come."""

    again: int
    """Alerts that came more than once, each time the same to the byte. At least once is what is promised."""

    different: int
    """Alerts that are not, to the byte, what the core alone makes of the article."""

    unfounded: int
    """Alerts that follow from no article that was sent."""

    disordered: int
    """Tagged articles that came, for the first time, before one that stood ahead of them in the same partition."""

    lag: int
    """Messages that are not committed when nothing more is to be done."""

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.missing or self.different or self.unfounded or self.disordered or self.lag)


def judge(
    attempted: Sequence[bytes],
    acknowledged: Collection[bytes],
    alerts: Sequence[Received],
    tagged: Sequence[Received],
    lag: int,
) -> Verdict:
    """What is to be said of a run. An article that was sent and not acknowledged may have been taken all the same.

    Each article must tell a story of its own, so that what is decided on it does not depend on the others.
    """
    possible = expected_alerts(attempted)
    wanted = possible if len(acknowledged) == len(attempted) else expected_alerts(acknowledged)
    came = Counter(each.id for each in alerts)
    return Verdict(
        acknowledged=len(acknowledged),
        alerts=len(came),
        missing=len(wanted.keys() - came.keys()),
        again=came.total() - len(came),
        different=sum(each.id in possible and each.value != possible[each.id] for each in alerts),
        unfounded=len(came.keys() - possible.keys()),
        disordered=_disordered(tagged),
        lag=lag,
    )


def _disordered(tagged: Sequence[Received]) -> int:
    """How often the order of a partition of `articles` is not that of what was first forwarded from it, by topic."""
    first: dict[tuple[bytes | None, str], dict[int, None]] = defaultdict(dict)
    for each in tagged:
        partition, offset = _origin(each.headers)
        first[each.key, partition].setdefault(offset)
    return sum(later < earlier for offsets in first.values() for earlier, later in pairwise(offsets))


def _origin(headers: Mapping[str, bytes]) -> tuple[str, int]:
    place, _, offset = headers["northwire-origin"].decode().rpartition("/")
    return place, int(offset)
