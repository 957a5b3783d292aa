"""The watchlist: which topics are watched, and what is wrong with a folder of them."""

from pathlib import Path

import pytest

from streams.errors import TopicFileError
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.watchlist import load_topics
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
