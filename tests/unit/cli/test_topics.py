"""`northwire topics`: the commands for people who write topics."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Northwire

EVALUATION = Path(__file__).parents[4] / "shared" / "eval"
HOSTILE = "[bold]x[/bold] red abc smile"
LITHIUM = """
id: lithium
title: Lithium
version: "1"
subtopics: {mining: Mining}
rules:
  - id: mines
    subtopic: mining
    weight: 1.0
    terms: [lithium mine*, lithium NEAR/10 brine*]
  - id: the-bare-word
    weight: 0.4
    needs_context: true
    terms: [lithium]
exclusions: [lithium NEAR/6 bipolar]
examples:
  match: [A lithium mine opened.]
  no_match: [Lithium for bipolar disorder.]
"""
TEXT = """Chile opens a lithium mine

The firms may pump lithium from the brines.

Nothing of note.

Doctors prescribe lithium for bipolar disorder."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my-topics"
    folder.mkdir()
    (folder / "lithium.yaml").write_text(LITHIUM, encoding="utf-8")
    return folder


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.ndjson"
    rows = [
        {"id": "a", "title": "", "body": "A lithium mine opened.", "published_at": "2026-01-02"},
        {"id": "b", "title": "", "body": "Lithium from brines.", "published_at": "2026-03-02", "source": "[b]Wire"},
        {"id": "c", "title": "", "body": "Nothing of note."},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def changed(folder: Path, *replacements: tuple[str, str]) -> Path:
    """A copy of the folder with another version of the topic."""
    other = folder.parent / "other-topics"
    other.mkdir()
    text = LITHIUM
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (other / "lithium.yaml").write_text(text, encoding="utf-8")
    return other


def test_a_sound_folder_passes(northwire: Northwire, folder: Path) -> None:
    done = northwire("topics", "check", folder)
    assert done == (0, "1 topic, 2 rules, 3 terms, 2 examples: 0 errors, 0 warnings\n", "")


def test_a_single_file_is_checked_alone(northwire: Northwire, folder: Path) -> None:
    (folder / "broken.yaml").write_text("id: [", encoding="utf-8")
    assert northwire("topics", "check", folder / "lithium.yaml").code == 0
    assert northwire("topics", "check", folder).code == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("lithium NEAR/10 brine*", "lithium NEAR brine*"), "NEAR needs a distance"),
        (("weight: 0.4", "weight: heavy"), "lithium.yaml:12: a number is expected, such as 1 or 0.5"),
        (("subtopic: mining", "subtopic: minning"), "'minning'"),
        (
            ("A lithium mine opened.", "It opened."),
            "example match 1 (It opened.): does not fire: no term is found in it",
        ),
        (
            ("Lithium for bipolar disorder.", "A lithium mine."),
            "example no_match 1 (A lithium mine.): fires, its score is 1.5, the threshold 1; "
            "found: “lithium mine” (mines) 1.5",
        ),
    ],
)
def test_an_error_names_the_file_and_what_is_wrong_and_fails(
    northwire: Northwire, folder: Path, wrong: tuple[str, str], said: str
) -> None:
    done = northwire("topics", "check", changed(folder, wrong))
    assert done.code == 1
    (error, tally) = done.out.splitlines()
    assert error.startswith("error: ")
    assert "lithium.yaml" in error
    assert said in error
    assert tally.endswith("1 error, 0 warnings")


def test_every_bad_term_of_a_file_is_an_error_on_a_line_of_its_own(northwire: Northwire, folder: Path) -> None:
    other = changed(folder, ("NEAR/10", "NEAR"), ("[lithium NEAR/6 bipolar]", "[(lithium]"))
    done = northwire("topics", "check", other)
    (first, second, tally) = done.out.splitlines()
    assert first.startswith(f"error: {other / 'lithium.yaml'}:10: rule 'mines', in the term 'lithium NEAR brine*'")
    assert second.startswith(f"error: {other / 'lithium.yaml'}:15: in the exclusion '(lithium'")
    assert tally.endswith("2 errors, 0 warnings")


@pytest.mark.parametrize(
    ("careless", "said"),
    [
        (("[lithium mine*, ", "[lithium mine*, lithium mines, "), "rule mines: lithium mines: it never counts"),
        (("terms: [lithium]", "terms: [lithium, bipolar NEAR/1 lithium]"), "the exclusion 'lithium NEAR/6 bipolar'"),
        (("{mining: Mining}", "{mining: Mining, trade: Trade}"), "no rule names the sub-topic 'trade'"),
        (("  no_match: [Lithium for bipolar disorder.]", ""), "no example says on what it does not fire"),
    ],
)
def test_a_warning_fails_only_where_one_is_strict(
    northwire: Northwire, folder: Path, careless: tuple[str, str], said: str
) -> None:
    other = changed(folder, careless)
    done = northwire("topics", "check", other)
    assert done.code == 0
    (warning, tally) = done.out.splitlines()
    assert warning.startswith(f"warning: {other / 'lithium.yaml'}: ")
    assert said in warning
    assert tally.endswith("0 errors, 1 warning")
    assert northwire("topics", "check", other, "--strict").code == 1


@pytest.mark.parametrize("command", ["check", "test"])
@pytest.mark.parametrize("name", ["absent", "article.txt", "empty"])
def test_what_holds_no_topics_is_refused_in_one_sentence(
    northwire: Northwire, tmp_path: Path, article: Path, name: str, command: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = northwire("topics", command, tmp_path / name)
    assert done.code == 1
    assert done.err.startswith("northwire: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        ("topics", "check"),
        ("topics", "show", "--topics"),
        ("topics", "backtest", "x", "--topics"),
        ("demo", "--topics"),
    ],
)
def test_a_folder_that_does_not_exist_is_said_not_to(
    northwire: Northwire, tmp_path: Path, command: tuple[str, ...]
) -> None:
    absent = tmp_path / "absent"
    done = northwire(*command, absent)
    assert done.code == 1
    assert done.err == f"northwire: {absent} does not exist: name a folder of topic files (*.yaml).\n"
    assert done.out == ""


def test_a_variable_that_names_no_folder_may_be_unset(
    northwire: Northwire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORTHWIRE_TOPICS_DIR", str(tmp_path / "absent"))
    for command in ("check", "show"):
        assert "does not exist: name a folder of topic files (*.yaml), or unset NORTHWIRE_TOPICS_DIR." in (
            northwire("topics", command).err
        )


def test_one_file_is_as_good_as_a_folder(northwire: Northwire, folder: Path, article: Path) -> None:
    (folder / "broken.yaml").write_text("id: [", encoding="utf-8")
    for command in (("topics", "show"), ("topics", "explain", article), ("tag", article)):
        assert northwire(*command, "--topics", folder / "lithium.yaml").code == 0


def test_the_shipped_topics_have_no_errors(northwire: Northwire) -> None:
    done = northwire("topics", "check")
    assert done.code == 0, done.out


def test_examples_alone_are_tried_and_each_that_fails_is_a_line(northwire: Northwire, folder: Path) -> None:
    assert northwire("topics", "test", folder) == (0, "2 examples, 0 failed\n", "")
    other = changed(folder, ("[A lithium mine opened.]", "[A lithium mine opened., {title: Lithium, body: It rose.}]"))
    done = northwire("topics", "test", other)
    assert done.code == 1
    assert done.out.splitlines() == [
        f"{other / 'lithium.yaml'}: example match 2 (Lithium): does not fire, its score is 0.8, the threshold 1; "
        "found: “Lithium” (the-bare-word) 0.8",
        "3 examples, 1 failed",
    ]


def test_what_is_found_and_does_not_count_is_told_of_an_example(northwire: Northwire, folder: Path) -> None:
    other = changed(
        folder, ("[A lithium mine opened.]", "[Lithium is bipolar, '" + "One more word. " * 9 + "Lithium.']")
    )
    said = northwire("topics", "test", other).out
    assert "cancelled: “Lithium” by lithium NEAR/6 bipolar" in said
    assert "without context: “Lithium” (the-bare-word)" in said


def test_show_lists_the_topics_and_the_rules_of_one(northwire: Northwire, folder: Path) -> None:
    done = northwire("topics", "show", "--topics", folder)
    assert done.code == 0
    assert done.out.splitlines()[1].split() == ["lithium", "Lithium", "1", "2", "3", "1", "2"]
    shown = northwire("topics", "show", "lithium", "--topics", folder).out
    assert "the-bare-word · 0.4 · needs context" in shown
    assert "  lithium NEAR/10 brine*" in shown


def test_a_long_term_hangs_below_its_beginning(northwire: Northwire, folder: Path) -> None:
    words = [f"word-{number}" for number in range(20)]
    other = changed(folder, ("[lithium mine*, ", f"[{' OR '.join(words)}, "))
    shown = northwire("topics", "show", "lithium", "--topics", other).out.splitlines()
    (start,) = (number for number, line in enumerate(shown) if line.startswith("  word-0 "))
    hanging = shown[start + 1 : shown.index("  lithium NEAR/10 brine*")]
    assert hanging
    assert all(line.startswith("    ") and line[4] != " " for line in hanging)
    assert " ".join(" ".join(shown[start : start + 1 + len(hanging)]).split()) == " OR ".join(words)


def test_a_topic_that_there_is_not_is_told_with_those_that_there_are(northwire: Northwire, folder: Path) -> None:
    done = northwire("topics", "show", "lithum", "--topics", folder)
    assert done.code == 1
    assert done.err == "northwire: there is no topic 'lithum': there are lithium.\n"


def test_explain_prints_a_sum_that_adds_up_and_marks_the_text(
    northwire: Northwire, folder: Path, article: Path
) -> None:
    done = northwire("topics", "explain", article, "--topics", folder)
    assert done.code == 0
    match = json.loads(northwire("topics", "explain", article, "--topics", folder, "--json").out)["verdicts"][0][
        "match"
    ]
    lines = done.out.splitlines()
    assert f"fires: the score is {match['score']:g}" in done.out
    sums = [line.split() for line in lines if " × " in line and "weight" not in line]
    assert [float(words[0]) for words in sums] == [one["weight"] for one in match["why"]]
    assert sum(float(words[0]) for words in sums) == pytest.approx(match["score"])
    assert [round(float(words[1]) * float(words[3]), 3) for words in sums] == [float(words[0]) for words in sums]
    assert "Chile opens a {+lithium mine+}" in done.out
    assert "{-lithium-} for bipolar" in done.out
    assert "1 paragraph without a finding" in done.out
    assert "cancelled by lithium NEAR/6 bipolar" in done.out


def test_explain_says_so_where_nothing_is_found(northwire: Northwire, article: Path) -> None:
    done = northwire("topics", "explain", article, "--topic", "arctic")
    assert done.code == 0
    assert "arctic finds nothing" in done.out


def test_explain_reports_what_is_refused_and_goes_on(northwire: Northwire, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "two.ndjson"
    path.write_text('{"title": 7}\n{"title": "Lithium mine", "body": ""}\n', encoding="utf-8")
    done = northwire("topics", "explain", path, "--topics", folder)
    assert done.code == 1
    assert f"northwire: {path}:1: wrong-shape: " in done.err
    assert "{+Lithium mine+}" in done.out


def test_a_backtest_counts_what_fires_by_topic_month_and_rule(
    northwire: Northwire, folder: Path, archive: Path
) -> None:
    done = northwire("topics", "backtest", archive, "--topics", folder)
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines()]
    assert "3 articles · 2026-01 to 2026-03 · 1 without a date" in done.out
    assert ["lithium", "1", "2", "66.67", "%"] in lines
    assert ["mines", "1", "2", "2", "2"] in lines
    assert "Rules that never fire" not in done.out


def test_a_backtest_shows_some_of_what_fires(northwire: Northwire, folder: Path, archive: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = northwire("topics", "backtest", archive, "--topics", folder, "--show", 1, "--html", page)
    assert "fires on 2, 1 of them drawn evenly" in done.out
    assert done.out.count("{+") == 1
    assert page.read_text(encoding="utf-8").count("<mark") == 4
    assert f"<p>{archive} · the topics of {folder}</p>" in page.read_text(encoding="utf-8")
    assert "Fires on 2, 1 shown" in page.read_text(encoding="utf-8")
    both = northwire("topics", "backtest", archive, "--topics", folder)
    assert "fires on 2\n" in both.out
    assert "{+lithium mine+} opened." in both.out
    compared = northwire("topics", "backtest", archive, "--topics", folder, "--against", folder)
    assert "fires on" not in compared.out


def test_what_nothing_labelled_is_about_has_neither_recall_nor_f1(
    northwire: Northwire, folder: Path, archive: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "c", "grades": {"lithium": 0}}', encoding="utf-8")
    done = northwire("topics", "backtest", archive, "--topics", folder, "--labels", labels)
    line, *_ = (line.split() for line in done.out.splitlines() if line.startswith("lithium "))
    assert line[-4:] == ["–", "–", "–", "0/0"]


def test_a_backtest_says_what_a_change_gains_and_loses(northwire: Northwire, folder: Path, archive: Path) -> None:
    other = changed(folder, (", lithium NEAR/10 brine*", ""), ('version: "1"', 'version: "0"'))
    forth = northwire("topics", "backtest", archive, "--topics", folder, "--against", other)
    assert "1 gained" in forth.out
    assert "{+Lithium from brines+}" in forth.out
    assert "+ 0 → " in forth.out
    back = json.loads(northwire("topics", "backtest", archive, "--topics", other, "--against", folder, "--json").out)
    (topic,) = back["topics"]
    assert (topic["gained"]["articles"], topic["lost"]["articles"]) == (0, 1)
    assert topic["lost"]["sample"][0]["clipping"]["id"] == "b"


def test_labels_that_are_none_are_refused_with_their_line(northwire: Northwire, archive: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    for text, said in (
        ('{"id": "a", "grades": {"lithium": 3}}', "Invalid enum value 3"),
        ('{"id": "a"}', "missing required field `grades`"),
        ("{", "labels.jsonl:1: "),
        ("", "labels.jsonl holds no labels"),
        ('{"id": "a", "grades": {"lithum": 2}}', "'a' has a grade for 'lithum', which is not watched: arctic, "),
        ('{"id": "a", "grades": {}}\n{"id": "a", "grades": {}}', "labels.jsonl:2: 'a' is labelled twice"),
    ):
        labels.write_text(text, encoding="utf-8")
        done = northwire("topics", "backtest", archive, "--labels", labels)
        assert done.code == 1
        assert said in done.err
        assert done.err.count("\n") == 1


def test_labels_of_articles_that_are_not_in_the_archive_are_reported(
    northwire: Northwire, folder: Path, archive: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "a", "grades": {"lithium": 2}}\n{"id": "z", "grades": {"lithium": 2}}', encoding="utf-8")
    done = northwire("topics", "backtest", archive, "--topics", folder, "--labels", labels)
    assert done.code == 1
    assert f"labels of 1 article are not in {archive}" in done.err
    assert "1.000" in done.out


@pytest.mark.skipif(not EVALUATION.exists(), reason="the labels lie beside the project only where it is developed")
def test_the_scores_are_those_of_the_definition(northwire: Northwire) -> None:
    labels = EVALUATION / "tagging_dev.jsonl"
    predicted = [json.loads(line) for line in northwire("tag", labels).out.splitlines()]
    definition = runpy.run_path(str(EVALUATION / "score.py"))
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    report = json.loads(northwire("topics", "backtest", labels, "--labels", labels, "--json").out)
    scores = {topic["topic"]: topic["now"]["score"] for topic in report["topics"]}
    assert {name: _as_defined(score) for name, score in scores.items()} == definition["tagging"](rows, predicted)


def _as_defined(score: dict[str, Any]) -> dict[str, Any]:
    names = {"P": "precision", "R": "recall", "F1": "f1", "tp": "right", "fp": "wrong", "fn": "missed"}
    passing = f"{score['passing_fired']}/{score['passing']}"
    return {**{name: score[ours] for name, ours in names.items()}, "passing_fired": passing}


@pytest.mark.parametrize(
    "command", [["check"], ["test"], ["show", "--topics"], ["explain", "--topics"], ["backtest", "--topics"]]
)
def test_a_hostile_topic_and_article_cannot_command_the_terminal(
    northwire: Northwire, folder: Path, tmp_path: Path, command: list[str]
) -> None:
    hostile = changed(
        folder,
        ("title: Lithium", f'title: "{HOSTILE}"'),
        ("[lithium mine*, ", f'[lithium mine*, lithium mines, "{HOSTILE}", '),
        ("[A lithium mine opened.]", '["It [bold]x[/bold]."]'),
    )
    path = tmp_path / "a.ndjson"
    row = {
        "id": "\x1b[31m",
        "title": "[bold]x[/bold] :smile:",
        "body": "[bold]y[/bold] \u202e lithium mine",
        "source": "\x07",
    }
    path.write_text(json.dumps(row), encoding="utf-8")
    articles = [path] if command[0] in ("explain", "backtest") else []
    done = northwire("topics", command[0], *articles, *command[1:], hostile)
    assert done.code in (0, 1)
    assert not {"\x1b", "\u202e", "\x07"} & set(done.out + done.err)
    assert "[bold]x[/bold]" in done.out
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["check", "test", "explain", "backtest", "show", "schema", "push"])
def test_every_command_explains_itself(northwire: Northwire, command: str) -> None:
    done = northwire("topics", command, "--help")
    assert done.code == 0
    assert "Usage:" in done.out


def test_the_example_of_the_documentation_has_no_flaws(northwire: Northwire, tmp_path: Path) -> None:
    documentation = (Path(__file__).parents[3] / "docs" / "topics.md").read_text(encoding="utf-8")
    (tmp_path / "lithium.yaml").write_text(
        re.findall(r"```yaml\n(.*?)```", documentation, re.DOTALL)[0], encoding="utf-8"
    )
    assert northwire("topics", "check", "--strict", tmp_path).code == 0


def test_the_schema_is_printed_as_it_is_shipped(northwire: Northwire) -> None:
    done = northwire("topics", "schema")
    assert done.code == 0
    assert json.loads(done.out)["title"] == "A topic file"


@pytest.mark.parametrize("command", ["tag", "replay"])
def test_tag_and_replay_take_topics_of_ones_own(
    northwire: Northwire, folder: Path, article: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert '"lithium"' in northwire(command, article, "--topics", folder).out
    monkeypatch.setenv("NORTHWIRE_TOPICS_FROM", "kafka")
    assert '"lithium"' in northwire(command, article, "--topics", folder).out


def test_no_command_for_writers_waits_for_the_clients_of_kafka(folder: Path, archive: Path) -> None:
    program = (
        "import sys; from streams.cli.main import main; arguments = sys.argv[1:]\n"
        "folder, archive = arguments\n"
        "for command in (['check', folder], ['test', folder], ['show', '--topics', folder], ['schema'],\n"
        "                ['explain', archive, '--topics', folder], ['backtest', archive, '--topics', folder]):\n"
        "    sys.argv = ['northwire', 'topics', *command]\n"
        "    try: main()\n"
        "    except SystemExit as done: assert not done.code, command\n"
        "print(sorted({'kafka', 'aiokafka', 'faust'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(folder), str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
