"""Articles for measurement: prose of the length, alphabet and layout of real ones, written by nobody."""

import json
import random
from collections.abc import Iterator

from tests.invented import invented

BODY_LENGTH = 4300
MATCHING_SHARE = 0.03

_WORDS = (  # noqa: SIM905 - a list would fill three screens
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were all her she there would their we him been has when who will no more if out so up said what its "
    "about than into them can only other time new some could these two may first then do any like my now over such "
    "our man me even most made after also did many off before must well back through years where much your way down "
    "should because long each just state those people too mr how little good world make very year still see own work "
    "men day get here old life both between being under three never know same last another while us might great go "
    "come since against right came take used himself few house american use place during high without again home "
    "around small however found mrs part school thought went say general once upon war every left fact though water "
    "less public put think almost hand enough far took head yet government system set better told nothing night end "
    "why called eyes find going look asked later knew point next program city business give group toward days young "
    "let room word president side social given present several order national second possible rather per face among "
    "form often things looked early white case large big need four within felt children along saw best church ever "
    "least power development light thing minister parliament ministers agreement officials market bank information "
    "started lawsuit second business"
).split()

_DEVELOPMENTS = (
    "Ministers of the Arctic Council met on Tuesday and agreed to extend the search-and-rescue pact.",
    "The Treasury imposed sanctions on three shipping firms accused of running a shadow fleet.",
    "Negotiators said that nuclear arms control talks would resume once New START inspections are settled.",
)


def article(number: int, *, matching: bool | None = None) -> dict[str, str]:
    """Article number `number`: always the same one, different from every other."""
    rng = random.Random(number)
    if matching is None:
        matching = rng.random() < MATCHING_SHARE
    paragraphs: list[str] = []
    length = 0
    while length < BODY_LENGTH:
        paragraph = " ".join(_sentence(rng) for _ in range(rng.randint(2, 4)))
        paragraphs.append(paragraph)
        length += len(paragraph) + 2
    if matching:
        paragraphs.insert(len(paragraphs) // 3, f"{rng.choice(_DEVELOPMENTS)} {invented(number)}.")
    return {
        "id": f"bench-{number}",
        "url": f"https://news.example/{number}",
        "title": _sentence(rng)[:80].rstrip("."),
        "body": "\n\n".join(paragraphs),
        "source": "Bench Courier",
        "language": "en",
    }


def messages(first: int, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of so many messages on `articles`."""
    for number in range(first, first + count):
        one = article(number)
        yield one["id"].encode(), json.dumps(one, ensure_ascii=False).encode()


def _sentence(rng: random.Random) -> str:
    words = rng.choices(_WORDS, k=rng.randint(9, 26))
    if rng.random() < 0.15:
        words[0] = f"“{words[0]}"
        words[-1] = f"{words[-1]}”"
    sentence = " ".join(words)
    return sentence[0].upper() + sentence[1:] + "."
