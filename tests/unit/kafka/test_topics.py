"""What a push does, and what a record of the Kafka topic `topics` must be."""

from pathlib import Path

import pytest

from streams.errors import ClusterMismatch, TopicFileError
from streams.kafka import admin
from streams.kafka.topics import Step, TopicRecords, plan, push
from streams.settings import Settings
from streams.watchlist import Folder, Watchlist
from tests.unit.test_watchlist import text

OWN = Watchlist(Folder(Path("topics"))).revised({"a.yaml": text(version=2), "b.yaml": text("barents")})


def held(*texts: str) -> Watchlist:
    """What the Kafka topic holds after these records."""
    watchlist, files = Watchlist(TopicRecords(Settings())), dict[str, str]()
    for one in texts:
        files["topics/" + one.split()[1]] = one
        watchlist = watchlist.revised(files)
    return watchlist


def test_what_is_new_or_has_changed_is_pushed_and_the_rest_is_not() -> None:
    before = held(text(), text("barents"), text("chukchi"), text("davis"))
    assert plan(OWN, before, ["davis", "fram"]) == [
        Step("pushed", "arctic", "2", "1"),
        Step("unchanged", "barents", "1"),
        Step("removed", "davis", None, "1"),
        Step("absent", "fram", None),
        Step("kept", "chukchi", "1"),
    ]


def test_a_topic_whose_last_record_is_refused_is_pushed_again() -> None:
    before = held(text("barents"), "id: barents [")
    assert before.versions == {"barents": "1"}
    assert plan(OWN, before, [])[1] == Step("pushed", "barents", "1", "1")


def test_a_change_under_the_same_version_is_refused() -> None:
    with pytest.raises(TopicFileError, match=r"b\.yaml: the topic 'barents' .* raise its version"):
        plan(OWN, held(text("barents", term="sea")), [])


def test_the_key_of_a_record_is_the_id_of_its_topic() -> None:
    records = TopicRecords(Settings())
    assert records.parse("topics/arctic", text()).id == "arctic"
    with pytest.raises(TopicFileError, match="topics/barents: this is the topic 'arctic'"):
        records.parse("topics/barents", text())


def test_nothing_is_pushed_to_a_kafka_topic_that_forgets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    difference = "topics: cleanup.policy=delete, expected compact"
    monkeypatch.setattr(admin, "prepare", lambda *_: admin.Prepared((), ("topics",), (difference,)))
    (tmp_path / "a.yaml").write_text(text(), encoding="utf-8")
    with pytest.raises(ClusterMismatch, match=f"{difference}: Kafka would forget"):
        next(push(Settings(), tmp_path, ()))


def test_a_topic_that_fails_its_own_example_is_not_pushed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{text()}examples: {{match: [Parliament slept.]}}\n", encoding="utf-8")
    with pytest.raises(TopicFileError, match=r"a\.yaml: its own example match 1 does not fire"):
        next(push(Settings(), tmp_path, ()))
