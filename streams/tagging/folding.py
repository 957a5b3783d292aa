"""The form in which text and terms are compared.

Folding keeps every offset: character i of the folded text stands for character i of the text, so a
span found in one is a span of the other. Letter case, hyphens, line breaks and typographic quotes
make no difference; an empty line between paragraphs becomes two blanks, which no term contains.
"""

_MARKS = (
    *(("’", "'"), ("‘", "'"), ("ʼ", "'"), ("“", '"'), ("”", '"'), ("-", " "), ("\n", " ")),
    *((hyphen, " ") for hyphen in "‐‑‒–—"),
)


def fold(text: str) -> str:
    """The text in the form for comparison; `len(fold(text)) == len(text)`."""
    plain = fold_marks(text)
    lowered = plain.lower()
    if len(lowered) != len(plain):
        lowered = plain.replace("İ", "i").lower()
    return lowered


def fold_marks(text: str) -> str:
    """As `fold`, with letter case kept. What is left is often plain ASCII, on which all else is faster."""
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    return text
