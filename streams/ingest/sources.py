"""Articles from files and standard input, as the messages that go on `articles`.

| name ends with      | holds                                                        |
|---------------------|--------------------------------------------------------------|
| `.ndjson`, `.jsonl` | one article a line                                           |
| `.json`             | one article, or an array of them                             |
| `.txt`              | the text of one article; a short first paragraph is its title |

Any of them may be gzipped (`.gz`). A folder stands for the files of these kinds beneath it, by name.
`-` is standard input, one article a line. Reading never needs more memory than the largest file that
is not read by lines, and never judges: whatever is not an article is left for `decode_article` to refuse.
"""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from streams.cleaning import clean
from streams.errors import SourceError
from streams.model import Article
from streams.wire import MESSAGE_LIMIT

STANDARD_INPUT = "-"
FILE_LIMIT = 256 * 1024 * 1024
"""Bytes of a file that is read whole, unpacked."""

TITLE_LENGTH = 150
"""Characters that a first paragraph may have to be a title."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", ".”", '."')


class Message(NamedTuple):
    """What goes on `articles`, and where it was found, as `file:line` or `file`."""

    raw: bytes
    place: str


class Progress:
    """How many bytes of the files, as they lie on the disk, have been read."""

    def __init__(self, total: int | None) -> None:
        self.total = total
        """Bytes to read; None where standard input is among the sources."""
        self.done = 0


class Sources:
    """The articles of several files. Iterate over it once."""

    def __init__(self, names: Iterable[str], report: Callable[[str], object]) -> None:
        """`report` is told, in a sentence, of a file that turns out to be unreadable; the others are read.

        Raises `SourceError` if one of the names is nothing that can be read; nothing is read yet.
        """
        self._paths = [path for name in names for path in _paths(name)]
        self._report = report
        sizes = [path.stat().st_size if path else None for path in self._paths]
        self.progress = Progress(None if None in sizes else sum(size or 0 for size in sizes))
        self.unreadable = 0
        """Files of which the rest could not be read."""

    def __iter__(self) -> Iterator[Message]:
        """What is in the files, one after the other."""
        for path in self._paths:
            if path is None:
                yield from _lines(sys.stdin.buffer, "standard input")
                continue
            before = self.progress.done
            try:
                with path.open("rb") as file:
                    for message in _read(path, file):
                        self.progress.done = before + file.tell()
                        yield message
            except SourceError as error:
                self._give_up(str(error))
            except (OSError, EOFError, zlib.error) as error:
                self._give_up(f"{path} cannot be read ({error}): mend or leave out this file.")
            self.progress.done = before + path.stat().st_size

    def _give_up(self, sentence: str) -> None:
        self.unreadable += 1
        self._report(sentence)


def _paths(name: str) -> list[Path | None]:
    if name == STANDARD_INPUT:
        return [None]
    path = Path(name)
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file() and _kind(each))
        if not found:
            raise SourceError(f"{path} holds no file of articles: {_KNOWN} are read.")
        return [*found]
    if not path.exists():
        raise SourceError(f"{path} does not exist: give a file, a folder, or - for standard input.")
    if _kind(path) is None:
        raise SourceError(f"{path} is of no kind that is read: {_KNOWN} are, and - takes lines from standard input.")
    return [path]


def _kind(path: Path) -> Callable[[BinaryIO, str], Iterator[Message]] | None:
    return _KINDS.get(Path(path.name.removesuffix(".gz")).suffix.lower())


def _read(path: Path, file: BinaryIO) -> Iterator[Message]:
    read = _kind(path)
    assert read is not None, "_paths lets no other through"
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield from read(io.BufferedReader(unpacked), str(path))
    else:
        yield from read(file, str(path))


def _lines(file: BinaryIO, place: str) -> Iterator[Message]:
    """A message for each line that is not empty; of a line beyond all limits as much as shows that it is."""
    longest = MESSAGE_LIMIT + 2
    number = 0
    while line := file.readline(longest):
        number += 1
        if len(line) == longest and not line.endswith(b"\n"):
            while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
                pass
            yield Message(line, f"{place}:{number}")
        elif line := line.removeprefix(_BYTE_ORDER_MARK).strip():
            yield Message(line, f"{place}:{number}")


def _document(file: BinaryIO, place: str) -> Iterator[Message]:
    """A message for each article of a JSON array, or one for what else the file holds."""
    raw = _whole(file, place).removeprefix(_BYTE_ORDER_MARK).strip()
    if not raw.startswith(b"["):
        yield Message(raw, place)
        return
    try:
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{place} is not JSON ({error}): mend it, or give its articles one a line.") from None
    for number, item in enumerate(items, 1):
        yield Message(bytes(item), f"{place}, item {number}")


def _text(file: BinaryIO, place: str) -> Iterator[Message]:
    """One message. Bytes that are not UTF-8 are carried over as they are, to be refused as such."""
    text = _whole(file, place).decode("utf-8-sig", "surrogateescape")
    article = {"title": _title(text), "body": text}
    yield Message(json.dumps(article, ensure_ascii=False).encode("utf-8", "surrogateescape"), place)


def _title(text: str) -> str:
    """The first paragraph, where it is one short line that does not end like a sentence; else nothing."""
    cleaned = clean(Article("", "", text)).body
    first, _, rest = cleaned.partition("\n\n")
    is_title = rest and "\n" not in first and len(first) <= TITLE_LENGTH and not first.endswith(_SENTENCE_ENDS)
    return first if is_title else ""


def _whole(file: BinaryIO, place: str) -> bytes:
    content = file.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        raise SourceError(f"{place} has more than {FILE_LIMIT} bytes: give its articles one a line, as .ndjson.")
    return content


_KINDS = {".ndjson": _lines, ".jsonl": _lines, ".json": _document, ".txt": _text}
_KNOWN = f"{', '.join(_KINDS)} (also with .gz)"
