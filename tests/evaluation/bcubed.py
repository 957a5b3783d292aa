"""B-cubed: how well articles are grouped (Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing", 1998)."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


class Score(NamedTuple):
    """Each from 0 to 1, the mean over articles."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def b_cubed(labels: Mapping[str, str], stories: Mapping[str, str]) -> Score:
    """The score of `stories` (article to story) by `labels`; articles that have no label do not count."""
    labelled = Counter(labels.values())
    found = Counter(stories[article] for article in labels)
    both = Counter((label, stories[article]) for article, label in labels.items())
    precision = sum(count * count / found[story] for (_, story), count in both.items())
    recall = sum(count * count / labelled[label] for (label, _), count in both.items())
    return Score(precision / len(labels), recall / len(labels))
