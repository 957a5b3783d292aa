"""Words that nobody uses: what is told in them is a story of its own."""

import random

_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "or", "an", "il")]


def invented(seed: int | str, words: int = 60) -> str:
    """So many words, always the same for a seed, and others for any other."""
    rng = random.Random(seed)
    return " ".join("".join(rng.choices(_SYLLABLES, k=4)) for _ in range(words))
