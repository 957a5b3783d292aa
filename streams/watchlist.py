"""The topics that are watched: where they come from, and which of them are in force.

A source gives the files that there are, again and again. A watchlist keeps of each file the last good
topic, so that a file that is refused changes nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Protocol

from streams.errors import TopicFileError
from streams.settings import Settings
from streams.tagging import canary
from streams.tagging.tagger import Tagger
from streams.tagging.topics import TOPIC_FILE_LIMIT, Topic, parse_topic

LARGEST_FILE = 4 * TOPIC_FILE_LIMIT
"""Bytes of UTF-8 in the longest topic file."""

LOOK_AGAIN = 0.5
"""Seconds between two looks at a source."""


class Unreadable(NamedTuple):
    """What is in the place of a text that cannot be read."""

    cause: str


Files = Mapping[str, str | Unreadable]
"""Topic files by name. The name says to a person where the file is."""


class Source(Protocol):
    """Where topic files come from."""

    @property
    def nothing(self) -> str:
        """The sentence for a source without a file; it says what to do."""

    def parse(self, name: str, text: str) -> Topic:
        """The topic in a file. Raises `TopicFileError` that names the file, the place, the mend."""

    def looks(self) -> AsyncGenerator[Files, None]:
        """The files that there are: at once, and then every now and then without end. Must not block."""


class Entry(NamedTuple):
    """A file and the topic in it."""

    content: str | Unreadable
    topic: Topic


class Refusal(NamedTuple):
    """Why what a file holds is not in force."""

    name: str
    content: str | Unreadable
    sentence: str
    problems: tuple[str, ...] = ()
    """The same, a sentence for each thing that is wrong with a file."""


class Watchlist(NamedTuple):
    """The topics in force, by the file each came from, and the files of the last look that were refused."""

    source: Source
    entries: Mapping[str, Entry] = {}
    refused: frozenset[Refusal] = frozenset()

    @property
    def topics(self) -> dict[str, Topic]:
        """The topics in force, by id."""
        topics = sorted((entry.topic for entry in self.entries.values()), key=lambda topic: topic.id)
        return {topic.id: topic for topic in topics}

    @property
    def versions(self) -> dict[str, str]:
        """Their versions, by id."""
        return {topic.id: topic.version for topic in self.topics.values()}

    def tagger(self) -> Tagger:
        """A tagger for the topics in force, and for canaries."""
        return Tagger([*self.topics.values(), canary.TOPIC])

    @property
    def sentences(self) -> list[str]:
        """Why files are refused."""
        return sorted(refusal.sentence for refusal in self.refused)

    def revised(self, files: Files) -> "Watchlist":
        """The watchlist for these files.

        A file is refused where it cannot be read or parsed, where its topic is that of another file, and
        where its topic has changed under the same version: what a match names must be found again. The
        topic that it held before stays in force. If no topic at all were left, all stay.
        """
        before, owners = self.topics, dict[str, str]()
        entries: dict[str, Entry] = {}
        refused = set[Refusal]()
        for name in sorted(files, key=lambda name: (name not in self.entries, name)):
            content, held = files[name], self.entries.get(name)
            try:
                entry = held if held and held.content == content else Entry(content, self._read(name, content))
                _check(entry.topic, name, before, owners)
            except TopicFileError as error:
                refused.add(Refusal(name, content, str(error), error.args))
                if held is None or held.topic.id in owners:
                    continue
                entry = held
            entries[name] = entry
            owners[entry.topic.id] = name
        if not entries:
            entries = dict(self.entries)
        if not files:
            refused.add(Refusal("", "", self.source.nothing))
        return Watchlist(self.source, entries, frozenset(refused))

    def _read(self, name: str, content: str | Unreadable) -> Topic:
        if isinstance(content, Unreadable):
            raise TopicFileError(f"{name} cannot be read: {content.cause}")
        return self.source.parse(name, content)


class Folder:
    """A folder of topic files (*.yaml, *.yml), or one of them."""

    def __init__(self, folder: Path, *, is_set: bool = False) -> None:
        """`is_set` says that NORTHWIRE_TOPICS_DIR names the folder."""
        self._folder = folder
        self._way_out = ", or unset NORTHWIRE_TOPICS_DIR" if is_set else ""

    @property
    def nothing(self) -> str:
        """As `Source` has it."""
        if not self._folder.exists():
            return f"{self._folder} does not exist: name a folder of topic files (*.yaml){self._way_out}."
        if self._folder.is_file():
            return f"{self._folder} is no topic file (*.yaml): name one, or a folder of them{self._way_out}."
        return f"{self._folder} holds no topic file (*.yaml): put one there{self._way_out}."

    def parse(self, name: str, text: str) -> Topic:
        """As `Source` has it."""
        return parse_topic(text, name)

    def read(self) -> Files:
        """The files that there are now. Blocks."""
        inside = [self._folder] if self._folder.is_file() else self._folder.glob("*")
        paths = sorted(path for path in inside if path.suffix in (".yaml", ".yml"))
        contents = {str(path): _read(path) for path in paths}
        return {name: content for name, content in contents.items() if content is not None}

    async def looks(self) -> AsyncGenerator[Files, None]:
        """As `Source` has it. After the first look, files that are being written are not shown yet."""
        last = await asyncio.to_thread(self.read)
        yield last
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            seen, last = last, await asyncio.to_thread(self.read)
            if last == seen:
                yield last


def folder_of(settings: Settings) -> Folder:
    """The shipped topics, or the folder that is set."""
    shipped = Path(str(files("streams") / "topics"))
    return Folder(settings.topics_dir or shipped, is_set=settings.topics_dir is not None)


def read_folder(folder: Folder) -> Watchlist:
    """All topics of a folder. Raises `TopicFileError` if one file is refused. Blocks."""
    watchlist = Watchlist(folder).revised(folder.read())
    if watchlist.refused:
        raise TopicFileError("; ".join(watchlist.sentences))
    return watchlist


def load_topics(settings: Settings) -> tuple[Topic, ...]:
    """The topics in the shipped files, or in those of the folder that is set. Raises `TopicFileError`."""
    return tuple(read_folder(folder_of(settings)).topics.values())


def load_tagger(settings: Settings) -> Tagger:
    """A tagger for the topics to watch."""
    return Tagger(load_topics(settings))


def decoded(raw: bytes) -> str | Unreadable:
    """The text of a file."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        return Unreadable(f"{error.reason} at byte {error.start}")


def _read(path: Path) -> str | Unreadable | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return decoded(file.read(LARGEST_FILE + 1))
    except OSError as error:
        return Unreadable(error.strerror or str(error))


def _check(topic: Topic, name: str, before: Mapping[str, Topic], owners: Mapping[str, str]) -> None:
    if owner := owners.get(topic.id):
        raise TopicFileError(f"{name}: the topic {topic.id!r} is defined twice, also in {owner}; keep one file")
    require_new_version(topic, before.get(topic.id), name)


def require_new_version(topic: Topic, before: Topic | None, name: str) -> None:
    """Raises `TopicFileError` where a topic has changed under the same version."""
    if before and topic != before and topic.version == before.version:
        raise TopicFileError(
            f"{name}: the topic {topic.id!r} has changed and is still version {topic.version!r}: raise its version"
        )
