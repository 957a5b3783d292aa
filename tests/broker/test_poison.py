"""Too much poison stops its partition and no other, and what lies behind it is neither lost nor put aside."""

import uuid
from collections.abc import Iterator

import pytest

from tests.broker.road import Road, article, at_least, contains, eventually, expected_alerts, unique

SUMMIT = "Ministers of the Arctic Council met in Tromsø and agreed on a search-and-rescue drill off Svalbard."
LIMIT = 20


@pytest.fixture
def keys(road: Road) -> Iterator[tuple[bytes, bytes]]:
    """Two keys whose messages go to different partitions."""
    first = uuid.uuid4().hex.encode()
    ((home, _),) = road.send([b'{"title": "", "body": "a"}'], key=first)
    for _ in range(100):
        second = uuid.uuid4().hex.encode()
        ((place, _),) = road.send([b'{"title": "", "body": "a"}'], key=second)
        if place != home:
            yield first, second
            return
    pytest.fail("all keys go to one partition")


@pytest.mark.apache
def test_too_much_poison_stops_its_partition_and_no_other_until_someone_has_looked(
    road: Road, keys: tuple[bytes, bytes]
) -> None:
    run, (bad, good) = uuid.uuid4().hex, keys
    before, behind, beside = (article(f"{run}-{name}", unique(SUMMIT)) for name in ("before", "behind", "beside"))
    poison = [f"{run} is not JSON {number}".encode() for number in range(LIMIT + 15)]
    road.crew.muster("stories")
    with road.worker("tagging", poison_run=str(LIMIT)) as worker:
        sent = road.send([before, *poison, behind], key=bad)
        put_aside = road.rejected.about(run, at_least(LIMIT))
        eventually(lambda: worker.metric("northwire_stopped_partitions") == 1)
        road.send([beside], key=good)
        road.alerts.about(run, contains(expected_alerts([before, beside])))
        place, stopped_at = sent[1 + LIMIT]
        eventually(lambda: road.committed("tagging")[place] == stopped_at)
        assert road.rejected.all_about(run) == put_aside
        assert not road.alerts.so_far(f"{run}-behind")
        assert f'"origin": "articles/{place.partition}/{stopped_at}", "event": "partition-stopped"' in worker.log
        assert worker.stop() == 0
    assert road.committed("tagging")[place] == stopped_at
    with road.worker("tagging", poison_run="0"):
        road.alerts.about(run, contains(expected_alerts([before, beside, behind])))
        found = road.rejected.about(run, at_least(len(poison)))
        assert sorted(each.value or b"" for each in found) == sorted(poison)
