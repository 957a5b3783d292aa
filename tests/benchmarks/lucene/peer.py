"""Lucene Monitor as a contestant and as an oracle, with Northwire's queries translated to Lucene's."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from streams.model import Article
from streams.tagging.language import parse
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without
from streams.tagging.topics import Topic
from tests.benchmarks.contest import Built
from tests.clusters.toolchain import ensure_toolchain, jars_of

_HERE = Path(__file__).parent

Presearcher = Literal["term", "multipass"]
PRESEARCHERS: tuple[Presearcher, ...] = ("term", "multipass")


class Lucene:
    """Lucene Monitor in a JVM of its own, ready when constructed.

    Raises NotAvailable where there is neither Java nor a way to install it.
    """

    def __init__(
        self, queries: Mapping[str, Query], collections: Sequence[Iterable[Article]], presearcher: Presearcher = "term"
    ) -> None:
        self.name = f"Lucene Monitor, {presearcher}"
        ensure_toolchain("java", "mvn")
        jars = jars_of(_HERE / "pom.xml")
        self._folder = tempfile.TemporaryDirectory(prefix="lucene-")
        folder = Path(self._folder.name)
        _write(folder / "queries", ({"id": name, "query": tree(query)} for name, query in queries.items()))
        for number, articles in enumerate(collections):
            _write(folder / f"articles-{number}", ({"title": one.title, "body": one.body} for one in articles))
        files = [str(folder / "queries"), *(str(folder / f"articles-{number}") for number in range(len(collections)))]
        self._process = subprocess.Popen(
            ["java", "-Xmx8g", "-XX:+UseSerialGC", "-cp", f"{jars}/*", str(_HERE / "Peer.java"), presearcher, *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        seconds, memory = self._answer().split()
        self.built = Built(float(seconds), int(memory))

    def run(self, collection: int, seconds: float) -> tuple[int, float]:
        """Match the articles of a collection in turn for about so long. Characters matched and seconds taken."""
        self._ask(f"run {collection} {seconds}")
        characters, spent = self._answer().split()
        return int(characters), float(spent)

    def verdicts(self, collection: int) -> Iterator[set[str]]:
        """For each article of a collection the names of the queries that match."""
        self._ask(f"verdicts {collection}")
        for _ in range(int(self._answer())):
            yield set(self._answer().split())

    def stop(self) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def _ask(self, order: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"Peer.java ended with {self._process.wait()}")
        return line


def queries_of(topics: Iterable[Topic]) -> dict[str, Query]:
    """Every term of every topic, by topic, rule and number."""
    return {
        f"{topic.id}/{rule.id}/{number}": parse(term)
        for topic in topics
        for rule in topic.rules
        for number, term in enumerate(rule.terms)
    }


def tree(query: Query) -> dict[str, object]:
    """The query as Peer.java reads it."""
    match query:
        case Phrase(words, prefix, exact):
            return {"kind": "phrase", "words": words, "prefix": prefix, "exact": exact}
        case AnyOf(parts):
            return {"kind": "any", "parts": list(map(tree, parts))}
        case AllOf(parts):
            return {"kind": "all", "parts": list(map(tree, parts))}
        case Without(wanted, unwanted):
            return {"kind": "without", "wanted": tree(wanted), "unwanted": tree(unwanted)}
        case Near(left, right, steps, ordered):
            return {"kind": "near", "left": tree(left), "right": tree(right), "steps": steps, "ordered": ordered}
        case Within(field, part):
            return {"kind": "within", "field": field, "part": tree(part)}
        case AtLeast(times, part):
            return {"kind": "atleast", "times": times, "part": tree(part)}


def _write(file: Path, rows: Iterable[object]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row) + "\n")
