"""The road without Kafka: `northwire tag` and `northwire replay`."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from streams.cleaning import clean
from streams.ingest.sources import Sources
from streams.wire import decode_article
from tests.unit.cli.conftest import Northwire

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
SAMPLES = str(files("streams") / "samples" / "articles.ndjson")
TEXT = "Council meets\n\nThe Arctic Council met in Tromsø. Sanctions on Russia and nuclear arms control came up."


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_tag_prints_a_line_for_each_article_in_the_order_given(northwire: Northwire, article: Path) -> None:
    done = northwire("tag", article, article)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [line["topics"] for line in lines] == [["arctic", "arms-control", "sanctions"]] * 2
    assert lines[0]["place"] == str(article)
    assert [match["topic"] for match in lines[0]["matches"]] == lines[0]["topics"]


def test_an_article_about_something_else_has_a_line_without_topics(northwire: Northwire, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"id": "7", "title": "Cup final", "body": "They won."}', encoding="utf-8")
    line = json.loads(northwire("tag", tmp_path).out)
    assert (line["id"], line["topics"], line["matches"]) == ("7", [], [])


@pytest.mark.parametrize("command", ["tag", "replay"])
def test_what_is_refused_is_reported_with_its_line_and_the_rest_goes_on(
    northwire: Northwire, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"title": 7}\n{"title": "Arctic Council", "body": "It met."}\n', encoding="utf-8")
    done = northwire(command, path)
    assert done.code == 1
    assert done.out.count("\n") == 1
    assert f"northwire: {path}:1: wrong-shape: " in done.err


def test_a_hostile_line_cannot_command_the_terminal(northwire: Northwire, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.ndjson"
    path.write_text("[1]\n", encoding="utf-8")
    assert "\x1b" not in northwire("tag", path).err


@pytest.mark.skipif(not SEEDS.exists(), reason="the seeds lie beside the project only where it is developed")
def test_both_seeds_are_of_all_three_topics_and_every_span_is_exact(northwire: Northwire) -> None:
    names = sorted(str(path) for path in SEEDS.glob("*.txt"))
    lines = [json.loads(line) for line in northwire("tag", *names).out.splitlines()]
    articles = [clean(decode_article(message.raw)) for message in Sources(names, pytest.fail)]
    assert len(lines) == 2
    for line, article in zip(lines, articles, strict=True):
        assert line["topics"] == ["arctic", "arms-control", "sanctions"]
        spans = [span for match in line["matches"] for span in match["why"]]
        assert spans
        for span in spans:
            assert getattr(article, span["field"])[span["start"] : span["end"]] == span["text"]


def test_replay_prints_the_alerts_and_a_count_that_adds_up(northwire: Northwire) -> None:
    done = northwire("replay", SAMPLES)
    alerts = [json.loads(line) for line in done.out.splitlines()]
    assert {alert["topic"] for alert in alerts} == {"arctic", "sanctions", "arms-control"}
    assert done.err.splitlines()[-2:] == [
        "34 articles: 23 tagged, 9 untagged, 2 refused",
        f"25 matches: {len(alerts)} alerts, 3 repeats",
    ]


def test_replay_twice_gives_the_same_bytes(northwire: Northwire) -> None:
    assert northwire("replay", SAMPLES).out == northwire("replay", SAMPLES).out


def test_replay_writes_which_story_each_tagged_article_belongs_to(
    northwire: Northwire, article: Path, tmp_path: Path
) -> None:
    stories = tmp_path / "stories.jsonl"
    northwire("replay", article, article, "--stories", stories)
    lines = [json.loads(line) for line in stories.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 6
    assert {line["topic"] for line in lines} == {"arctic", "sanctions", "arms-control"}
    assert len({line["story"] for line in lines}) == 3


def test_replay_all_places_untagged_articles_under_no_topic(northwire: Northwire, tmp_path: Path) -> None:
    source, stories = tmp_path / "a.ndjson", tmp_path / "stories.jsonl"
    source.write_text('{"id": "7", "title": "Cup final", "body": "They won."}\n' * 2, encoding="utf-8")
    northwire("replay", source, "--stories", stories, "--all")
    first, second = map(json.loads, stories.read_text(encoding="utf-8").splitlines())
    assert first == second
    assert (first["id"], first["topic"]) == ("7", None)


def test_a_file_of_stories_that_cannot_be_written_is_said_in_one_sentence(
    northwire: Northwire, article: Path, tmp_path: Path
) -> None:
    done = northwire("replay", article, "--stories", tmp_path / "absent" / "stories.jsonl")
    assert done.code == 1
    assert "name another file with --stories" in done.err
