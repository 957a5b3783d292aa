"""How well articles are gathered into stories, and whether an edited copy is known for one.

Run `python -m tests.evaluation.stories` (three minutes; `--pairs 30` shows as many pairs to judge by eye, too).
It needs the labelled articles in ../shared, and says so. Chance is seeded: a run repeats the last one.

- *stories*: B-cubed on 272 articles in 60 stories; the same among 5,000 news items that came in between.
- *threshold*: what it was chosen on is what it is scored on, so it is chosen on half of the stories and scored
  on the other half, too, each half grouped by itself. The weights stay as they are, chosen on all of them.
- *copies*: of real articles, made by named edits, grouped by what they share with their originals of runs of five
  words (Jaccard). A copy is recognised when it is put into its original's story, among all other originals
  and their copies. Short items are of one to three sentences, where an edit is a larger part of the text.
- *false merges*: pairs of one day that are not of one story, and were put into one. The news items are not labelled:
  all pairs of them count as different, those that do tell one story included.
"""

import argparse
import gzip
import json
import random
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from streams.cleaning import clean
from streams.model import Article
from streams.stories.likeness import THRESHOLD
from streams.wire import decode_article
from tests.evaluation.bcubed import Score, b_cubed
from tests.evaluation.copies import Sighting, sightings
from tests.evaluation.edits import EDITS
from tests.evaluation.grouping import Grouping, by_centroid, by_desk

SHARED = Path(__file__).parents[2].parent / "shared"
UNRELATED = 5_000
SEED = 1
HALVINGS = 10
THRESHOLDS = [round(0.7 + step * 0.05, 2) for step in range(19)]
COSINES = [round(0.06 + step * 0.02, 2) for step in range(20)]
SHORT_ITEMS = 500
LIKENESSES = (0.8, 0.65, 0.5, 0.0)
"""The lower ends of the groups of copies."""


class Labelled(NamedTuple):
    """Articles, and the story of each by its id."""

    articles: Sequence[Article]
    labels: Mapping[str, str]


def main() -> int:
    """Prints the scores; 2 where the articles are not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=0, help="so many merged pairs of news items to judge by eye")
    pairs = parser.parse_args().pairs
    if not SHARED.exists():
        print(f"The labelled articles are not here: {SHARED} does not exist.", file=sys.stderr)
        return 2
    labelled, items = labelled_stories(), news_items()
    _print_stories(labelled, items)
    _print_thresholds(labelled)
    _print_copies("articles", real_articles())
    _print_copies("short items", random.Random(SEED).sample(items, SHORT_ITEMS))
    _print_false_merges(labelled, items, pairs)
    return 0


def labelled_stories() -> Labelled:
    """The labelled articles, in the order of the file."""
    lines = (SHARED / "eval" / "stories_dev.jsonl").read_bytes().splitlines()
    articles = [clean(decode_article(line)) for line in lines]
    return Labelled(articles, {one.id: json.loads(line)["story"] for one, line in zip(articles, lines, strict=True)})


def news_items() -> list[Article]:
    """The current events, by date."""
    with gzip.open(SHARED / "data" / "current-events.ndjson.gz") as lines:
        return [clean(decode_article(line)) for line in lines]


def real_articles() -> list[Article]:
    """All labelled articles, those for tagging included, each once."""
    lines = (SHARED / "eval" / "tagging_dev.jsonl").read_bytes().splitlines()
    tagged = [clean(decode_article(line)) for line in lines]
    return list({article.id: article for article in (*labelled_stories().articles, *tagged)}.values())


def best(group: Mapping[float, Grouping], labelled: Labelled) -> tuple[float, Score]:
    """Of groupings by threshold, the one with the highest F1: its threshold, and its score."""
    scores = {least: grouped(each, labelled) for least, each in group.items()}
    return max(scores.items(), key=lambda item: item[1].f1)


def grouped(group: Grouping, labelled: Labelled, among: Sequence[Article] = ()) -> Score:
    """The score of a grouping, among others that come in between by date."""
    articles = _by_date([*labelled.articles, *among]) if among else labelled.articles
    found = dict(zip((article.id for article in articles), group(articles), strict=True))
    return b_cubed(labelled.labels, found)


def _by_date(articles: Iterable[Article]) -> list[Article]:
    """In the order they were published; those without a date first."""
    return sorted(articles, key=lambda one: one.published_at.timestamp() if one.published_at else 0)


def _print_stories(labelled: Labelled, items: Sequence[Article]) -> None:
    days = {article.published_at.date() for article in labelled.articles if article.published_at}
    same_days = [item for item in items if item.published_at and item.published_at.date() in days]
    rng = random.Random(SEED)
    least, baseline = best({least: by_centroid(least) for least in COSINES}, labelled)
    print(f"stories: {len(labelled.articles)} articles in {len(set(labelled.labels.values()))} stories")
    _print_score("in the order of the file", grouped(by_desk, labelled))
    _print_score("by date", grouped(by_desk, labelled._replace(articles=_by_date(labelled.articles))))
    among = rng.sample(items, UNRELATED)
    _print_score(f"among {len(among):,} news items of all years", grouped(by_desk, labelled, among))
    among = rng.sample(same_days, min(UNRELATED, len(same_days)))
    _print_score(f"among {len(among):,} news items of the same days", grouped(by_desk, labelled, among))
    _print_score(f"TF-IDF centroids, at their best threshold {least}", baseline)


def _print_thresholds(labelled: Labelled) -> None:
    print(f"threshold: {THRESHOLD}")
    for factor in (0.9, 1.1):
        grouping = partial(by_desk, threshold=THRESHOLD * factor)
        _print_score(f"{factor:.1f} times the threshold", grouped(grouping, labelled))
    halves = [half for seed in range(HALVINGS) for half in _halves(labelled, seed)]
    chosen, scores = zip(*(_chosen_elsewhere(other, half) for half, other in halves), strict=True)
    print(
        f"  {f'chosen on half of the stories, {HALVINGS} halvings':<48} F1 {statistics.mean(scores):.3f} in the mean, "
        f"{min(scores):.3f} at worst; thresholds {min(chosen)} to {max(chosen)}"
    )
    same = [grouped(by_desk, half).f1 for half, _ in halves]
    print(f"  {'the same halves with the threshold as it is':<48} F1 {statistics.mean(same):.3f} in the mean, ", end="")
    print(f"{min(same):.3f} at worst")


def _halves(labelled: Labelled, seed: int) -> Iterator[tuple[Labelled, Labelled]]:
    """The articles of half of the stories and those of the others, and the other way round."""
    names = sorted(set(labelled.labels.values()))
    one = set(random.Random(seed).sample(names, len(names) // 2))
    first, second = _of(labelled, one), _of(labelled, set(names) - one)
    yield first, second
    yield second, first


def _of(labelled: Labelled, names: set[str]) -> Labelled:
    labels = {article: story for article, story in labelled.labels.items() if story in names}
    return Labelled([article for article in labelled.articles if article.id in labels], labels)


def _chosen_elsewhere(other: Labelled, half: Labelled) -> tuple[float, float]:
    """The threshold that does best on the other half, and its F1 on this one."""
    groupings = {least: partial(by_desk, threshold=least) for least in THRESHOLDS}
    chosen, _ = best(groupings, other)
    return chosen, grouped(groupings[chosen], half).f1


def _print_copies(title: str, articles: Sequence[Article]) -> None:
    seen = list(sightings(by_desk, articles))
    print(f"copies: {len(articles)} {title}, {len(seen):,} copies, recognised by Jaccard")
    print(f"  {'':<14}{''.join(f'{_name(number):>20}' for number in range(len(LIKENESSES)))}")
    for edit in (*EDITS, "all"):
        of_edit = [one for one in seen if edit in (one.copy.edit, "all")]
        cells = (_recall([one for one in of_edit if _group(one) == number]) for number in range(len(LIKENESSES)))
        print(f"  {edit:<14}{''.join(f'{cell:>20}' for cell in cells)}")
    print(f"  0.5 and above: {_recall(one for one in seen if one.copy.likeness >= 0.5)}")


def _group(one: Sighting) -> int:
    return next(number for number, least in enumerate(LIKENESSES) if one.copy.likeness >= least)


def _name(number: int) -> str:
    least = LIKENESSES[number]
    if not least:
        return f"below {LIKENESSES[number - 1]}"
    return f"{least} to {LIKENESSES[number - 1]}" if number else f"{least} and above"


def _recall(seen: Iterable[Sighting]) -> str:
    marks = [one.recognised for one in seen]
    return f"{sum(marks) / len(marks):.3f} of {len(marks):,}" if marks else "-"


def _print_false_merges(labelled: Labelled, items: Sequence[Article], shown: int) -> None:
    print("false merges: pairs of one day")
    found = dict(zip((one.id for one in labelled.articles), by_desk(labelled.articles), strict=True))
    different = [
        (one, other)
        for one, other in _pairs_of_a_day(labelled.articles)
        if labelled.labels[one.id] != labelled.labels[other.id]
    ]
    merged = [pair for pair in different if found[pair[0].id] == found[pair[1].id]]
    _print_share("different labelled stories", len(merged), len(different))
    found = dict(zip((one.id for one in items), by_desk(items), strict=True))
    pairs = sum(count * (count - 1) // 2 for count in Counter(one.published_at for one in items).values())
    together = [pair for pair in _pairs_of_a_day(items) if found[pair[0].id] == found[pair[1].id]]
    _print_share("news items, no labels: all pairs", len(together), pairs)
    for one, other in random.Random(SEED).sample(together, min(shown, len(together))):
        print(f"\n{one.id}  {one.body}\n{other.id}  {other.body}")


def _pairs_of_a_day(articles: Iterable[Article]) -> Iterator[tuple[Article, Article]]:
    days: defaultdict[datetime, list[Article]] = defaultdict(list)
    for article in articles:
        if article.published_at:
            days[article.published_at.replace(hour=0, minute=0, second=0, microsecond=0)].append(article)
    for its in days.values():
        yield from combinations(its, 2)


def _print_score(title: str, score: Score) -> None:
    print(f"  {title:<48} F1 {score.f1:.3f}  precision {score.precision:.3f}  recall {score.recall:.3f}", flush=True)


def _print_share(title: str, count: int, pairs: int) -> None:
    print(f"  {title:<48} {count:,} of {pairs:,}: {count / pairs:.3%}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
