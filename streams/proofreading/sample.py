"""A few of many articles, drawn evenly, and the same ones every time."""

from heapq import heappush, heapreplace

from streams.identity import derive
from streams.model import Article
from streams.proofreading.clippings import Clipping, clip
from streams.proofreading.report import Change, Changes
from streams.tagging.tagger import Verdict


class Sample:
    """Counts articles and keeps a few, whichever have the smallest digest: evenly drawn, and always the same."""

    def __init__(self, size: int) -> None:
        self.articles = 0
        self._size = size
        self._kept: list[tuple[int, int, Change]] = []

    def add(self, article: Article, fires: Verdict, before: float, now: float) -> None:
        """Counts an article on which one version fires, with the scores of both."""
        self.articles += 1
        digest = -int(derive("sample", article.id), 16)
        if len(self._kept) == self._size and (not self._size or digest <= self._kept[0][0]):
            return
        entry = (digest, self.articles, Change(clip(article, fires), before, now))
        (heappush if len(self._kept) < self._size else heapreplace)(self._kept, entry)

    def changes(self) -> Changes:
        """What was kept, the oldest first."""
        kept = (change for _, _, change in sorted(self._kept, key=lambda entry: entry[1]))
        return Changes(self.articles, tuple(sorted(kept, key=lambda change: change.clipping.published or "")))

    def clippings(self) -> tuple[Clipping, ...]:
        """The same, where there is nothing to compare with."""
        return tuple(change.clipping for change in self.changes().sample)
