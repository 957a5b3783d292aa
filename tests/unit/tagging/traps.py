"""Queries, texts and topics in which little words meet often: all that can go wrong, drawn at random."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from streams.model import Article
from streams.tagging.language import parse
from streams.tagging.query import phrases_of
from streams.tagging.topics import Rule, Topic
from tests.unit.nouns import article

WORDS = (
    *("arctic", "Arctic", "ARCTIC", "sea", "Sea", "START", "start", "ban", "state", "7", "2nd", "U.S.", "and", "AND"),
    *("subarctic", "Antarctic", "arctics", "arctic2", "bans", "seaban"),
    *("Straße", "STRASSE", "strasse", "ﬁsh", "fish", "İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "ŉ", "ǰet", "ΐδα"),
    *("café", "cafe\u0301", "cafe", "x\u0304y", "\u0301a", "’s", "'s", "ʼs", "“sea”", '"ban"', "‘sea’", "sea\u00adban"),
    *("❄️", "👩‍🚀", "⚓", "1️⃣", "制裁", "制", "裁", "开放天空", "受到制裁", "スーパー", "ーー", "คำสั่ง", "한국", "한"),
    *("санкции", "Санкций", "САНКЦИЯ", "несанкционированный", "ОФАК"),
)
JOINTS = (
    *[" "] * 12,
    "-",
    "–",
    "—",
    "‑",
    "\n",
    "\n\n",
    ", ",
    ". ",
    "",
    "",
    "’s ",
    " - ",
    "--",
    "/",
    "_",
    "\u200d",
    "\u00a0",
)
PHRASES = (
    *("arctic", "Arctic", "sea", "ban", "START", "start", "state", "7", "arctic sea", "sea ban", "arctic-sea ban"),
    *("the arctic", "U.S.", "U.S. arctic", "’s", "sea's", "ban sea", "sea arctic", "start sea", "arctic start ban"),
    *("Straße", "strasse", "fish", "ﬁsh", "İstanbul", "istanbul", "ΐδα", "n", "café", "cafe", "x", "a", "xy"),
    *("制裁", "裁", "制", "制裁 sea", "スー", "ーー", "สั่ง", "한", "санкции", "санкции sea"),
)
STEMS = (
    *("arct", "arctic", "sea", "sta", "start", "ban", "stras", "strass", "fis", "ﬁsh", "ist", "İst", "caf", "cafe"),
    *("制", "制裁", "开放", "スー", "คำ", "한국어", "санкци", "sea ban", "arctic sta"),
)
FILLER = " Then nothing of note was said for a while, and minutes were kept."
WEIGHTS = (0.1, 0.2, 0.3, 0.35, 0.7, 1.2)


@dataclass(frozen=True)
class Case:
    """A topic, and an article to try it on."""

    topic: Topic
    article: Article


def draw_text(random: Random, about: Iterable[str], longest: int = 25) -> str:
    """Words of these queries, other words, and what stands between them.

    Sometimes there are so many that the lede ends and damping begins.
    """
    wanted = [phrase.words for query in about for phrase in phrases_of(parse(query))]
    words = (WORDS, WORDS[:7], wanted + [f"{word}s" for word in wanted])
    parts = [random.choice(random.choice(words)) + random.choice(JOINTS) for _ in range(random.randint(0, longest))]
    if random.random() < 0.08:
        parts.insert(random.randint(0, len(parts)), FILLER * random.choice((8, 9, 9, 20, 40)))
    return "".join(parts)


def draw_query(random: Random, depth: int = 2, *, operand: bool = False) -> str:
    """A query; as an operand one that has a place: without AND, NOT and ATLEAST."""
    if depth == 0 or random.random() < 0.35:
        return _draw_phrase(random)

    def part() -> str:
        return _draw_part(random, depth - 1, operand=operand)

    match random.randint(0, 5 if operand else 8):
        case 0 | 1 | 2:
            steps = random.choice((1, 1, 2, 3, 5, 50))
            operands = (_draw_part(random, depth - 1, operand=True) for _ in range(2))
            return random.choice((f" NEAR/{steps} ", f" ONEAR/{steps} ")).join(operands)
        case 3:
            return " OR ".join(part() for _ in range(random.randint(2, 3)))
        case 4:
            return random.choice(("title:", "lede:", "case:")) + part()
        case 5:
            return " OR ".join(_draw_phrase(random) for _ in range(3))
        case 6:
            return f"{part()} AND {part()}"
        case 7:
            return f"{part()} {random.choice(('NOT', 'AND NOT'))} {part()}"
        case _:
            return f"ATLEAST/{random.randint(1, 4)} {part()}"


def draw_case(random: Random) -> Case:
    """A topic and an article over so few words that terms overlap, crowd and cancel each other."""
    plain = random.random() < 0.3
    terms = _unlike(_draw_term(random, plain=plain) for _ in range(random.randint(1, 6)))
    rules = tuple(
        Rule(
            id=f"rule-{number}",
            terms=(term,),
            weight=random.choice(WEIGHTS),
            subtopic=random.choice((None, "east", "west", "north")),
            needs_context=random.random() < 0.4,
        )
        for number, term in enumerate(terms)
    )
    topic = Topic(
        id="watched",
        title="Watched",
        version="1",
        rules=rules,
        threshold=random.choice((0.1, 0.5, 1.0, 2.0)),
        context_within=random.choice((1, 2, 3, 5, 20)),
        title_boost=random.choice((1.0, 2.0)),
        lede_boost=random.choice((1.0, 1.5)),
        damping=random.choice((0.0, 0.35)),
        subtopics={"east": "East", "west": "West", "north": "North"},
        exclusions=tuple(draw_query(random, 1, operand=True) for _ in range(random.choice((0, 0, 1, 2, 3)))),
    )
    about = (*terms, *topic.exclusions)
    return Case(topic, article(draw_text(random, about, 6), draw_text(random, about)))


def _draw_term(random: Random, *, plain: bool) -> str:
    return _draw_phrase(random) if plain else draw_query(random)


def _draw_part(random: Random, depth: int, *, operand: bool) -> str:
    query = draw_query(random, depth, operand=operand)
    return query if " " not in query else f"({query})"


def _draw_phrase(random: Random) -> str:
    phrase = random.choice(STEMS) + "*" if random.random() < 0.25 else random.choice(PHRASES)
    if random.random() < 0.1 and len(phrase) > 1:
        phrase = f"{phrase} {random.choice(PHRASES)}"
    if random.random() < 0.3:
        phrase = f'"{phrase}"'
    return f"case:{phrase}" if random.random() < 0.15 else phrase


def _unlike(terms: Iterable[str]) -> list[str]:
    """The terms that a topic file may hold beside each other."""
    return list({parse(term): term for term in terms}.values())
