"""Title and body as one text, so that one scan covers both."""

from streams.model import Article, Field
from streams.tagging.folding import fold_marks

LEDE_LENGTH = 600
"""Characters of the body that are its lede."""

GAP = "\n\n"
"""Between title and body: no phrase goes across."""


class Text:
    """The text of a cleaned article, title first: `plain` as written, `even` with marks folded.

    Offsets are the same in both.
    """

    __slots__ = ("body_start", "even", "lede_end", "plain", "title_end")

    def __init__(self, title: str, body: str) -> None:
        self.plain = title + GAP + body
        self.even = fold_marks(self.plain)
        self.title_end = len(title)
        self.body_start = len(title) + len(GAP)
        self.lede_end = self.body_start + LEDE_LENGTH

    @classmethod
    def of(cls, article: Article) -> "Text":
        return cls(article.title, article.body)

    @property
    def size(self) -> int:
        """Characters of title and body."""
        return len(self.plain) - len(GAP)

    def in_title(self, start: int) -> bool:
        return start < self.title_end

    def in_lede(self, start: int, end: int) -> bool:
        return start >= self.body_start and end <= self.lede_end

    def locate(self, start: int, end: int) -> tuple[Field, int, int, str]:
        """The field, the span in that field, and the text there."""
        if self.in_title(start):
            return "title", start, end, self.plain[start:end]
        return "body", start - self.body_start, end - self.body_start, self.plain[start:end]
