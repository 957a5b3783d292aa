"""The topics that are watched: the shipped ones, or those in a folder of the user's."""

from importlib.resources import files
from pathlib import Path

from streams.errors import TopicFileError
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic, parse_topic


def load_topics(settings: Settings) -> tuple[Topic, ...]:
    """The topics to watch: the shipped ones, or those in the folder that is set."""
    folder = settings.topics_dir or Path(str(files("streams") / "topics"))
    paths = sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
    if not paths:
        raise TopicFileError(f"{folder} holds no topic file (*.yaml): put one there, or unset NORTHWIRE_TOPICS_DIR.")
    try:
        topics = tuple(parse_topic(path.read_text(encoding="utf-8"), str(path)) for path in paths)
    except (OSError, UnicodeDecodeError) as error:
        raise TopicFileError(f"{folder} cannot be read: {error}") from None
    names = [topic.id for topic in topics]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TopicFileError(f"{folder}: the topic {repeated.pop()!r} is defined twice; keep one file.")
    return topics


def load_tagger(settings: Settings) -> Tagger:
    """A tagger for the topics to watch."""
    return Tagger(load_topics(settings))
