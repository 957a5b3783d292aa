"""The topic files that a command is given, or else those of the settings."""

from pathlib import Path

from streams.errors import SourceError
from streams.settings import read_settings
from streams.tagging.topics import Topic
from streams.watchlist import Folder, Watchlist, folder_of, read_folder


def folder_at(path: Path | None) -> Folder:
    """A folder of topic files, or one of them, that stands above the settings of this environment."""
    return Folder(path) if path else folder_of(read_settings())


def read_topics(path: Path | None) -> tuple[Topic, ...]:
    """The topics there. Raises `TopicFileError` if one file is refused, or there is none."""
    return tuple(read_folder(folder_at(path)).topics.values())


def open_topics(path: Path | None) -> Watchlist:
    """The topics there, with what is refused. Raises `SourceError` if there are none."""
    folder = folder_at(path)
    if not (files := folder.read()):
        raise SourceError(folder.nothing)
    return Watchlist(folder).revised(files)
