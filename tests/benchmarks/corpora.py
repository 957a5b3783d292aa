"""The articles that are measured: prose written by nobody and, where the project's shared folder is, real ones."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from streams.cleaning import clean
from streams.errors import Refused
from streams.model import Article
from streams.wire import decode_article
from tests.benchmarks.articles import messages

WRITTEN = 400

REAL = Path(__file__).parents[3] / "shared/eval/tagging_dev.jsonl"
"""One JSON object a line, with title and body. Not part of this repository."""

AT_LARGE = REAL.with_name("stories_dev.jsonl")
"""As many stories of every subject, in the same form."""

_SAMPLES = Path(__file__).parents[2] / "streams/samples/articles.ndjson"


def collections() -> Mapping[str, Sequence[Article]]:
    """The articles, cleaned, by what they are."""
    found = {"written by nobody, 3 % match": [clean(decode_article(value)) for _, value in messages(0, WRITTEN)]}
    if REAL.exists():
        found["real, news at large"] = list(_read(AT_LARGE))
        found["real, chosen for the shipped topics"] = list(_read(REAL))
    return found


def prose() -> list[str]:
    """Real texts to draw the words of topics from: the real articles, or the samples that the package ships."""
    return [f"{article.title}\n\n{article.body}" for article in _read(REAL if REAL.exists() else _SAMPLES)]


def _read(file: Path) -> Iterator[Article]:
    for line in file.read_bytes().splitlines():
        with suppress(Refused):
            yield clean(decode_article(line))
