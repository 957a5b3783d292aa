"""The form in which text and terms are compared.

Folding keeps every offset: character i of the folded text stands for character i of the text, so a
span found in one is a span of the other. Letter case, hyphens, line breaks and typographic quotes
make no difference; an empty line between paragraphs becomes two blanks, which no term contains.
"""

_QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"', "ʼ": "'"}
_HYPHENS = ("‐", "‑", "‒", "–", "—")


def fold(text: str) -> str:
    """The text in the form for comparison; `len(fold(text)) == len(text)`."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text.replace("İ", "i").lower()
    return fold_marks(lowered)


def fold_marks(text: str) -> str:
    """As `fold`, with letter case kept."""
    if not text.isascii():
        for quote, plain in _QUOTES.items():
            text = text.replace(quote, plain)
        for hyphen in _HYPHENS:
            text = text.replace(hyphen, " ")
    return text.replace("-", " ").replace("\n", " ")
