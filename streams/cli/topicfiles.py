"""The topic files that a command is given, or else those of the settings."""

from pathlib import Path

from streams.errors import SourceError
from streams.settings import Settings, read_settings
from streams.watchlist import Folder, Watchlist, folder_of


def settings_for(topics: Path | None) -> Settings:
    """The settings of this environment, with a folder of topics that stands above them."""
    return read_settings(topics_dir=topics, topics_from="files" if topics else None)


def open_topics(path: Path | None) -> Watchlist:
    """The topics of a folder, or of one file, with what is refused. Raises `SourceError` if there are none."""
    if path is None:
        folder = folder_of(settings_for(None))
        return Watchlist(folder).revised(folder.read())
    if not path.exists():
        raise SourceError(f"{path} does not exist: give a folder of topic files (*.yaml), or one of them.")
    folder = Folder(path if path.is_dir() else path.parent)
    found = folder.read()
    files = found if path.is_dir() else {name: content for name, content in found.items() if name == str(path)}
    if not files:
        raise SourceError(f"{path} is no topic file (*.yaml) and holds none: name one, or put one there.")
    return Watchlist(folder).revised(files)
