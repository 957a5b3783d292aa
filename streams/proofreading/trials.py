"""The examples of a topic, tried on it."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from streams.cleaning import clean
from streams.model import Article
from streams.tagging.tagger import Tagger, Verdict
from streams.tagging.topics import Example, Topic


class Trial(NamedTuple):
    """What a topic makes of one of its examples."""

    kind: Literal["match", "no_match"]
    number: int
    """Which of its kind, from 1."""
    article: Article
    verdict: Verdict | None
    """None where the topic finds nothing at all."""

    @property
    def passed(self) -> bool:
        fires = self.verdict is not None and self.verdict.fires
        return fires == (self.kind == "match")


def trials(topic: Topic) -> Iterator[Trial]:
    """Every example, read as an article would be, in the order of the file."""
    tagger = Tagger([topic])
    kinds: tuple[tuple[Literal["match", "no_match"], tuple[str | Example, ...]], ...] = (
        ("match", topic.examples.match),
        ("no_match", topic.examples.no_match),
    )
    for kind, examples in kinds:
        for number, example in enumerate(examples, 1):
            article = clean(_article(example))
            verdicts = tagger.weigh(article)
            yield Trial(kind, number, article, verdicts[0] if verdicts else None)


def _article(example: str | Example) -> Article:
    if isinstance(example, str):
        return Article("example", "", example)
    return Article("example", example.title, example.body)
