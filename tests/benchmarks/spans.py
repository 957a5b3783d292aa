"""Whether every span of real alerts is the text it points at, character by character.

Run `python -m tests.benchmarks.spans`. Real articles, in many languages' letters and with all that
scraping leaves behind, take the whole road from bytes to alert, watched by the shipped topics and by
broad ones that use every operator. Exit status: 1 where a span differs, 2 without ../shared.
"""

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from streams.model import Alert, Article, Evidence, Exclusion, News, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.settings import read_settings
from streams.stories.desk import Desk
from streams.tagging.tagger import Tagger
from streams.tagging.topics import parse_topic
from streams.watchlist import load_topics

SHARED = Path(__file__).parents[3] / "shared"
WANTED = 10_000
"""Alerts that the run must bring about to count."""

BROAD = (
    """
    id: disasters
    title: Disasters
    version: "1"
    context_within: 10
    rules:
      - {id: nature, weight: 1, terms: [earthquake*, flood*, hurricane OR typhoon OR cyclone, 'volcan* AND erupt*']}
      - {id: deaths, weight: 0.7, terms: ['(kill* OR dead OR die*) NEAR/8 (people OR person* OR child*)']}
      - {id: size, weight: 0.5, needs_context: true, terms: ["magnitude", 'case:(UNICEF OR WHO)', 'ATLEAST/2 injured']}
    exclusions: ["flood of", 'earthquake NEAR/3 politic*']
    """,
    """
    id: violence
    title: Violence
    version: "1"
    rules:
      - {id: attacks, weight: 1, terms: [bomb*, "suicide-bomb*", attack* NEAR/6 kill*, "shot dead", air strike*]}
      - {id: war, weight: 0.6, terms: ['war NOT (star OR trade)', militant*, 'soldier* ONEAR/9 kill*', lede:police]}
    exclusions: ["bombshell*", "heart attack*", 'war OR peace NEAR/4 novel*']
    """,
    """
    id: politics
    title: Politics
    version: "1"
    rules:
      - {id: votes, weight: 1, terms: [elect*, '(vote* OR ballot*) NEAR/10 (parliament* OR president*)', referendum]}
      - {id: people, weight: 0.5, terms: ["Prime Minister", president*, "case:U.S.", 'minister* AND resign*', "Côte*"]}
    exclusions: [electric*, electron*, "class president"]
    """,
    """
    id: sports-and-courts
    title: Sports and courts
    version: "1"
    threshold: 0.5
    rules:
      - {id: sports, weight: 1, terms: ["world cup", 'win* ONEAR/8 (title OR cup OR final)', 'title:(beat OR win*)']}
      - {id: courts, weight: 0.5, terms: ['court* OR judge*', 'sentenc* NEAR/9 (prison OR years)', convict*]}
    exclusions: ['court* NEAR/2 tennis']
    """,
)


def main() -> int:
    """Prints how many alerts and spans were compared, and the first that differ."""
    if not SHARED.is_dir():
        print("../shared is absent: the real articles of this check are not part of the repository")
        return 2
    broad = (parse_topic(text, f"broad topic {number}") for number, text in enumerate(BROAD, 1))
    tagger = Tagger([*load_topics(read_settings()), *broad])
    counts: Counter[str] = Counter()
    differing = [line for raw in _messages() for line in _follow(raw, tagger, counts)]
    for name, count in sorted(counts.items()):
        print(f"{count:9,} {name}")
    print(f"{len(differing):9,} spans differ from their text")
    print(*differing[:10], sep="\n")
    if counts["alerts"] < WANTED:
        print(f"too few alerts: {WANTED:,} are wanted")
    return 1 if differing or counts["alerts"] < WANTED else 0


def _messages() -> Iterator[bytes]:
    with gzip.open(SHARED / "data/current-events.ndjson.gz") as items:
        yield from items
    for file in sorted((SHARED / "eval").glob("*.jsonl")):
        yield from file.read_bytes().splitlines()


def _follow(raw: bytes, tagger: Tagger, counts: Counter[str]) -> Iterator[str]:
    """One article on the road from bytes to alerts; what is wrong with their spans.

    Each has a desk of its own, so that none is taken for a repeat of another.
    """
    counts["articles"] += 1
    outcome = tag(raw, tagger)
    if not isinstance(outcome, Tagged):
        return
    for match in outcome.matches:
        tagged = TaggedArticle(outcome.article, match)
        told = tell(tagged, Desk().place(tagged, None))
        if isinstance(told, News):
            counts["alerts"] += 1
            counts[f"alerts for {told.alert.topic}"] += 1
            yield from _differing(told.alert, outcome.article, counts)


def _differing(alert: Alert, article: Article, counts: Counter[str]) -> Iterator[str]:
    spans: tuple[Evidence | Exclusion, ...] = (*alert.why, *alert.excluded)
    for span in spans:
        counts["spans of evidence" if isinstance(span, Evidence) else "spans of exclusions"] += 1
        counts["spans beyond ASCII"] += not span.text.isascii()
        if getattr(article, span.field)[span.start : span.end] != span.text:
            yield f"{alert.topic} {article.id}: {span} is not the text of the article"
        if _covered(alert, span):
            counts["spans within the extract or the title"] += 1
            if _shown(alert, span) != span.text:
                yield f"{alert.topic} {article.id}: {span} is not the text of the alert"
    if round(sum(evidence.weight for evidence in alert.why), 3) != alert.score:
        yield f"{alert.topic} {article.id}: the weights do not add up to {alert.score}"


def _covered(alert: Alert, span: Evidence | Exclusion) -> bool:
    end_of_extract = alert.article.extract_start + len(alert.article.extract)
    return span.field == "title" or (alert.article.extract_start <= span.start and span.end <= end_of_extract)


def _shown(alert: Alert, span: Evidence | Exclusion) -> str:
    if span.field == "title":
        return alert.article.title[span.start : span.end]
    before = alert.article.extract_start
    return alert.article.extract[span.start - before : span.end - before]


if __name__ == "__main__":
    sys.exit(main())
