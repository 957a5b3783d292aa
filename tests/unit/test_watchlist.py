"""The watchlist: which topics are watched, and what is wrong with a folder of them."""

import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from streams import watchlist
from streams.errors import TopicFileError
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.watchlist import Files, Folder, Unreadable, Watchlist, load_topics
from tests.unit.nouns import article
from tests.unit.tagging.test_topics import SMALLEST


def settings(folder: Path, **files: str) -> Settings:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return Settings(topics_dir=folder)


def test_without_a_folder_the_shipped_topics_are_watched() -> None:
    assert {topic.id for topic in load_topics(Settings())} == {"arctic", "arms-control", "sanctions"}


def test_a_folder_replaces_the_shipped_topics(tmp_path: Path) -> None:
    own = settings(tmp_path, mine_yaml=SMALLEST.replace("id: arctic", "id: mine"), readme_txt="not a topic")
    assert [topic.id for topic in load_topics(own)] == ["mine"]
    assert [match.topic for match in Tagger(load_topics(own)).tag(article("Arctic Council"))] == ["mine"]


def test_both_endings_of_yaml_are_read(tmp_path: Path) -> None:
    own = settings(tmp_path, a_yaml=SMALLEST, b_yml=SMALLEST.replace("id: arctic", "id: barents"))
    assert [topic.id for topic in load_topics(own)] == ["arctic", "barents"]


def test_a_folder_without_topics_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(TopicFileError, match="NORTHWIRE_TOPICS_DIR"):
        load_topics(settings(tmp_path))


def test_a_folder_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TopicFileError, match="elsewhere"):
        load_topics(settings(tmp_path / "elsewhere"))


def test_one_topic_in_two_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TopicFileError, match="'arctic' is defined twice"):
        load_topics(settings(tmp_path, a_yaml=SMALLEST, b_yaml=SMALLEST))


def test_a_mistake_names_the_file_it_is_in(tmp_path: Path) -> None:
    with pytest.raises(TopicFileError, match=r"b\.yaml:1: "):
        load_topics(settings(tmp_path, a_yaml=SMALLEST, b_yaml="]"))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(TopicFileError, match="cannot be read"):
        load_topics(settings(tmp_path))


def text(name: str = "arctic", version: int = 1, term: str = "council") -> str:
    return f"id: {name}\ntitle: Watched\nversion: '{version}'\nrules:\n  - id: r\n    weight: 1\n    terms: [{term}]\n"


EMPTY = Watchlist(Folder(Path("topics")))


def test_a_changed_file_with_a_new_version_replaces_its_topic_and_no_other() -> None:
    before = EMPTY.revised({"a": text(), "b": text("barents")})
    after = before.revised({"a": text(version=2, term="svalbard"), "b": text("barents")})
    assert (before.versions, after.versions) == ({"arctic": "1", "barents": "1"}, {"arctic": "2", "barents": "1"})
    assert after.topics["barents"] is before.topics["barents"]
    assert not after.refused


def test_a_refused_file_leaves_its_last_good_topic_in_force_while_others_change() -> None:
    before = EMPTY.revised({"a": text(), "b": text("barents")})
    after = before.revised({"a": "rules: [", "b": text("barents", version=2), "c": text("chukchi")})
    assert after.versions == {"arctic": "1", "barents": "2", "chukchi": "1"}
    (said,) = after.sentences
    assert said.startswith("a:2: ")
    assert after.revised({"a": "rules: [", "b": text("barents", version=2), "c": text("chukchi")}) == after


def test_a_file_that_is_good_again_is_no_longer_refused() -> None:
    spoilt = EMPTY.revised({"a": text()}).revised({"a": Unreadable("permission denied")})
    assert spoilt.sentences == ["a cannot be read: permission denied"]
    assert spoilt.revised({"a": text()}) == EMPTY.revised({"a": text()})


def test_a_topic_that_has_changed_under_the_same_version_is_refused() -> None:
    before = EMPTY.revised({"a": text()})
    after = before.revised({"a": text(term="svalbard")})
    assert after.sentences == ["a: the topic 'arctic' has changed and is still version '1': raise its version"]
    assert after.topics == before.topics


def test_a_comment_needs_no_new_version() -> None:
    before = EMPTY.revised({"a": text()})
    after = before.revised({"a": "# the far north\n" + text()})
    assert (after.topics, after.refused) == (before.topics, frozenset())


def test_a_file_that_is_gone_takes_its_topic_with_it() -> None:
    assert EMPTY.revised({"a": text(), "b": text("barents")}).revised({"b": text("barents")}).versions == {
        "barents": "1"
    }


def test_a_renamed_file_changes_nothing() -> None:
    before = EMPTY.revised({"a": text()})
    assert before.revised({"b": text()}).topics == before.topics


def test_the_last_topics_stay_where_every_file_is_gone() -> None:
    before = EMPTY.revised({"a": text()})
    after = before.revised({})
    assert after.topics == before.topics
    assert after.sentences == [EMPTY.source.nothing]


@pytest.mark.parametrize("name", ["0", "z"])
def test_a_second_file_of_a_topic_is_refused_whatever_its_name(name: str) -> None:
    before = EMPTY.revised({"a": text()})
    after = before.revised({"a": text(), name: text(version=2)})
    assert after.topics == before.topics
    assert after.sentences == [f"{name}: the topic 'arctic' is defined twice, also in a; keep one file"]


def test_a_file_that_is_still_being_written_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchlist, "LOOK_AGAIN", 0)
    path = tmp_path / "a.yaml"
    half_written = iter([text()[:20], text()[:40], text(), text()])

    class Slow(Folder):
        def read(self) -> Files:
            path.write_text(next(half_written), encoding="utf-8")
            return super().read()

    async def shown() -> list[Files]:
        async with aclosing(Slow(tmp_path).looks()) as looks:
            return [await anext(looks), await anext(looks)]

    assert asyncio.run(shown()) == [{str(path): text()[:20]}, {str(path): text()}]


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    assert Folder(tmp_path).read() == {}
