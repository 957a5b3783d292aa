"""Articles from files and standard input."""

import gzip
import io
import json
from pathlib import Path

import pytest

from streams.errors import Reason, Refused, SourceError
from streams.ingest import sources
from streams.ingest.sources import Message, Sources
from streams.wire import MESSAGE_LIMIT, decode_article

ONE = b'{"title": "One", "body": "First."}'
TWO = b'{"title": "Two", "body": "Second."}'


def read(*names: Path | str, said: list[str] | None = None) -> list[Message]:
    """All messages; what is reported goes to `said`, and must not happen without it."""
    reported: list[str] = []
    messages = list(Sources(map(str, names), reported.append))
    assert said is not None or not reported
    if said is not None:
        said += reported
    return messages


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "a.NDJSON", "a.ndjson.gz", "a.jsonl.gz"])
def test_each_line_is_a_message_byte_for_byte_with_its_line_number(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, b"\xef\xbb\xbf" + ONE + b"\r\n\n  \n" + TWO)
    assert read(path) == [Message(ONE, f"{path}:1"), Message(TWO, f"{path}:4")]


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_a_json_array_is_a_message_for_each_item(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, b"[\n " + ONE + b",\n " + TWO + b"\n]\n")
    assert read(path) == [Message(ONE, f"{path}, item 1"), Message(TWO, f"{path}, item 2")]


def test_a_json_object_over_many_lines_is_one_message(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(json.loads(ONE), indent=2).encode())
    (message,) = read(path)
    assert decode_article(message.raw).title == "One"


def test_a_torn_json_array_says_which_file_and_the_others_are_read(tmp_path: Path) -> None:
    said: list[str] = []
    good = write(tmp_path / "b.ndjson", TWO)
    assert read(write(tmp_path / "a.json", b"[" + ONE), good, said=said) == [Message(TWO, f"{good}:1")]
    (sentence,) = said
    assert "a.json is not JSON" in sentence


def test_a_torn_json_object_is_left_for_the_decoder_to_refuse(tmp_path: Path) -> None:
    (message,) = read(write(tmp_path / "a.json", ONE[:-4]))
    with pytest.raises(Refused) as refused:
        decode_article(message.raw)
    assert refused.value.reason is Reason.NOT_JSON


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_short_first_paragraph_of_a_text_is_its_title(tmp_path: Path, name: str) -> None:
    text = "date 2026-11-20\n\nIcebreaker sails early\n\nThe ship left port on Friday.\n"
    (message,) = read(write(tmp_path / name, text.encode()))
    article = decode_article(message.raw)
    assert (article.title, article.body) == ("Icebreaker sails early", text)


@pytest.mark.parametrize(
    "text",
    [
        "The ship left port on Friday.\n\nIt is early.",
        "Only one paragraph",
        "Two\nlines\n\nAnd more.",
        "x" * 151 + "\n\ny",
    ],
)
def test_a_first_paragraph_that_is_no_headline_stays_in_the_body(tmp_path: Path, text: str) -> None:
    (message,) = read(write(tmp_path / "a.txt", text.encode()))
    assert decode_article(message.raw).title == ""


def test_a_text_that_is_not_utf8_is_refused_as_such_and_nothing_is_guessed(tmp_path: Path) -> None:
    (message,) = read(write(tmp_path / "a.txt", "Tromsø".encode("latin-1")))
    with pytest.raises(Refused) as refused:
        decode_article(message.raw)
    assert refused.value.reason is Reason.BAD_ENCODING


def test_a_folder_stands_for_its_files_by_name_and_leaves_others_alone(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    write(tmp_path / "b.ndjson", TWO)
    write(tmp_path / "a.ndjson", ONE)
    write(tmp_path / "deeper" / "c.json", ONE)
    write(tmp_path / "notes.md", b"not an article")
    assert [message.raw for message in read(tmp_path)] == [ONE, TWO, ONE]


def test_a_dash_is_standard_input_by_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ONE + b"\n" + TWO + b"\n")))
    assert read("-") == [Message(ONE, "standard input:1"), Message(TWO, "standard input:2")]


@pytest.mark.parametrize(
    "huge",
    [
        b'{"title": "' + b"x" * (2 * MESSAGE_LIMIT) + b'", "body": ""}',
        b" " * (2 * MESSAGE_LIMIT),
        ONE + b" " * (2 * MESSAGE_LIMIT) + b"torn",
    ],
    ids=["text", "blanks", "an article and more"],
)
def test_a_line_beyond_all_limits_is_refused_and_the_next_is_read(tmp_path: Path, huge: bytes) -> None:
    path = write(tmp_path / "a.ndjson.gz", huge + b"\n" + ONE)
    first, second = read(path)
    assert MESSAGE_LIMIT < len(first.raw) < MESSAGE_LIMIT + 8
    with pytest.raises(Refused) as refused:
        decode_article(first.raw)
    assert refused.value.reason is Reason.TOO_LARGE
    assert second == Message(ONE, f"{path}:2")


@pytest.mark.parametrize(
    ("name", "said"),
    [("absent.ndjson", "does not exist"), ("a.pdf", r"\.ndjson, \.jsonl, \.json, \.txt"), ("empty", "holds no file")],
)
def test_what_cannot_be_read_is_said_before_anything_is(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "a.pdf", b"")
    with pytest.raises(SourceError, match=said):
        read(tmp_path / name)


def test_a_torn_gzip_file_says_which_file_and_keeps_what_came_before(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(ONE + b"%d\n" % number for number in range(20_000)))
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(whole[: len(whole) // 2])
    said: list[str] = []
    messages = read(path, write(tmp_path / "b.ndjson", TWO), said=said)
    assert 0 < len(messages) < 20_000
    assert messages[-1].raw == TWO
    (sentence,) = said
    assert "a.ndjson.gz cannot be read" in sentence


def test_a_file_too_large_to_be_read_whole_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FILE_LIMIT", 10)
    said: list[str] = []
    assert read(write(tmp_path / "a.json", ONE), said=said) == []
    assert "as .ndjson" in said[0]


def test_progress_counts_the_bytes_on_the_disk_to_the_end(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, ONE + b"\n" + TWO) for name in ("a.ndjson", "b.ndjson.gz", "c.json")]
    reading = Sources(map(str, paths), pytest.fail)
    seen = [reading.progress.done for _ in reading]
    assert seen == sorted(seen)
    assert reading.progress.done == reading.progress.total == sum(path.stat().st_size for path in paths)


def test_there_is_no_total_where_standard_input_is_among_the_sources() -> None:
    assert Sources(["-"], pytest.fail).progress.total is None
