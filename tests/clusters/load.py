"""A small, endless stream of news: the sample articles again and again, under new ids and dated today.

Most are copies, which wake nobody; one in ten tells a story of its own. Run `python -m tests.clusters.load`; where
Kafka is follows from NORTHWIRE_BOOTSTRAP_SERVERS.
"""

import argparse
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import count
from typing import Any

from streams.errors import Refused
from streams.kafka.feed import Feed
from streams.settings import read_settings
from streams.wire import decode_article
from tests.invented import invented

NEW = 10
"""One article in so many tells a story of its own."""

_LATE = 1.0
"""Seconds after which what was missed is not made up for."""


def samples() -> list[dict[str, Any]]:
    """The sample articles, without those that are damaged on purpose."""
    lines = (files("streams") / "samples" / "articles.ndjson").read_bytes().splitlines()
    return [json.loads(line) for line in lines if _is_sound(line)]


def sources() -> list[str]:
    """Who writes the sample articles."""
    return sorted({article["source"] for article in samples() if "source" in article})


def news(run: str) -> Iterator[dict[str, Any]]:
    """Articles without end, and without a date; no other `run` has their ids."""
    originals = samples()
    for number in count():
        original = originals[number % len(originals)]
        name = f"{original.get('id', 'sample')}-{run}-{number}"
        told = _retold(original, name) if (number + number // len(originals)) % NEW == 0 else original
        yield {**told, "id": name, "url": None}


def _retold(original: dict[str, Any], name: str) -> dict[str, Any]:
    """How the article begins, and then nothing that any other says."""
    beginning = original["body"].partition(". ")[0]
    return {**original, "title": invented(f"title {name}", 4).capitalize(), "body": f"{beginning}. {invented(name)}."}


def _is_sound(line: bytes) -> bool:
    try:
        decode_article(line)
    except Refused:
        return False
    return True


def main() -> None:
    """Sends articles until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.clusters.load", description=__doc__)
    parser.add_argument("--rate", type=float, default=2.0, metavar="N", help="articles per second (default 2)")
    pause = 1 / parser.parse_args().rate
    with Feed(read_settings()) as feed:
        due = time.monotonic()
        for article in news(uuid.uuid4().hex[:8]):
            article["published_at"] = datetime.now(UTC).isoformat()
            feed.send(json.dumps(article).encode(), article["id"], article["id"])
            due = max(due + pause, time.monotonic() - _LATE)
            time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
