"""What desks do to an article that they take over: each edit draws how far it goes, so that copies come out
near and far. All words that are put in are ours.
"""

import random
import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from streams.model import Article
from tests.evaluation.grouping import words_of

Edit = Callable[[Article, random.Random], Article]

SHINGLE = 5

_SYNONYMS = dict(
    pair.split(": ")
    for pair in (  # noqa: SIM905 - a list would fill three screens
        "about: around; accused: charged; after: following; agreed: consented; agreement: accord; also: too; "
        "allegedly: reportedly; allowed: permitted; although: though; announced: declared; another: a further; "
        "arrested: detained; asked: requested; attack: assault; attacks: assaults; banned: outlawed; because: since; "
        "before: ahead of; began: started; believe: think; believed: thought; big: large; called: termed; "
        "city: town; claimed: asserted; claims: assertions; confirmed: verified; could: might; country: nation; "
        "court: tribunal; countries: nations; crash: collision; created: made; crisis: emergency; dead: deceased; "
        "deal: pact; death: demise; decided: resolved; decision: ruling; despite: in spite of; died: perished; "
        "during: amid; election: vote; emerged: surfaced; end: close; ended: concluded; fight: battle; "
        "fighting: combat; found: discovered; freed: released; government: administration; group: organisation; "
        "hit: struck; home: residence; house: dwelling; however: nevertheless; huge: enormous; "
        "important: significant; increase: rise; injured: hurt; investigation: inquiry; killed: slain; last: past; "
        "later: afterwards; law: legislation; leader: chief; leaders: chiefs; left: departed; likely: probable; "
        "major: leading; many: numerous; meeting: gathering; men: males; might: may; military: army; move: step; "
        "near: close to; named: identified; need: require; new: fresh; next: coming; officer: agent; "
        "officers: agents; officials: authorities; often: frequently; only: just; opened: launched; "
        "ordered: instructed; people: persons; place: spot; plan: scheme; plans: schemes; police: constabulary; "
        "problem: difficulty; protest: demonstration; protesters: demonstrators; quickly: swiftly; received: got; "
        "released: issued; report: account; reported: recounted; reports: accounts; rescue: recovery; "
        "residents: locals; said: stated; saw: witnessed; say: state; says: states; security: safety; seen: spotted; "
        "sent: dispatched; several: various; show: display; showed: displayed; small: little; soldiers: troops; "
        "some: certain; still: even now; spokesman: representative; spokeswoman: representative; "
        "statement: declaration; strike: stoppage; suspect: accused; talks: negotiations; tax: levy; team: squad; "
        "top: senior; told: informed; took: seized; tried: attempted; trying: attempting; under: below; until: till; "
        "used: employed; very: highly; video: footage; violence: bloodshed; wanted: sought; war: conflict; "
        "warned: cautioned; while: as; wife: spouse; women: females; won: secured; worked: laboured; world: globe; "
        "wounded: injured; wrote: penned; young: youthful; according to: as reported by; in addition: moreover; "
        "more than: over; a number of: several; as well as: and; at least: no fewer than; at the time: then; "
        "so far: to date"
    ).split("; ")
)

_CLUTTER = (
    "Sign up here for our morning letter, with all you need to know before breakfast.",
    "Advertisement. Story continues below.",
    "READ MORE: Five things to watch this week.",
    "Follow our desk on all channels and join the conversation below.",
    "This page uses cookies. By reading on you agree to our terms of use.",
    "Share this article with a friend. Print. Save for later.",
    "Our journalism depends on its readers. Become a member from two coins a week.",
    "Have you got a tip for our reporters? Write to the newsroom in confidence.",
)

_SMALL = (
    *("three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_DIGITS = {word: str(value) for value, word in enumerate(_SMALL, 3)} | {"thirty": "30", "forty": "40", "fifty": "50"}
_WORDS = {digits: word for word, digits in _DIGITS.items()}
_NUMBER = re.compile(rf"(?<![\w.,:-])(?:{'|'.join([*_DIGITS, *_WORDS])})(?![\w:-]|[.,]\d)")
_SYNONYM = re.compile(rf"\b(?:{'|'.join(sorted(_SYNONYMS, key=len, reverse=True))})\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SENTENCES = re.compile(r"(?<=[.!?…”\"]) +|\n+")


def cut(article: Article, rng: random.Random) -> Article:
    """From the end: what is left is half the text or more."""
    sentences = _sentences(article)
    return _with(article, sentences[: max(1, round(len(sentences) * rng.uniform(0.5, 0.95)))])


def reorder(article: Article, rng: random.Random) -> Article:
    """Runs of sentences change places."""
    sentences = _sentences(article)
    size = rng.randint(1, 4)
    runs = [sentences[start : start + size] for start in range(0, len(sentences), size)]
    rng.shuffle(runs)
    return _with(article, [sentence for run in runs for sentence in run])


def agency_line(article: Article, rng: random.Random) -> Article:
    """A dateline before it, credits after it."""
    place, agency = rng.choice(("LONGYEAR", "HARBOUR CITY", "PORT ANNE")), rng.choice(("Harbour Wire", "Fjord Press"))
    credit = f"Reporting by the {agency} bureau; writing by A. Writer; editing by B. Editor. © {agency}."
    return replace(article, body=f"{place} ({agency}) - {article.body}\n\n{credit}")


def clutter(article: Article, rng: random.Random) -> Article:
    """What a web page puts before, between and after the paragraphs."""
    lines = article.body.split("\n")
    for line in rng.sample(_CLUTTER, rng.randint(2, len(_CLUTTER))):
        lines.insert(rng.randint(0, len(lines)), line)
    return replace(article, body="\n".join(lines))


def paraphrase(article: Article, rng: random.Random) -> Article:
    """Words are replaced by others that mean about the same, a few or all that are known."""
    share = rng.uniform(0.2, 1)

    def other(found: re.Match[str]) -> str:
        return _SYNONYMS[found[0]] if rng.random() < share else found[0]

    return replace(article, title=_SYNONYM.sub(other, article.title), body=_SYNONYM.sub(other, article.body))


def numbers(article: Article, rng: random.Random) -> Article:
    """Digits become words, words become digits, thousands lose their commas."""

    def other(found: re.Match[str]) -> str:
        return _DIGITS.get(found[0]) or _WORDS[found[0]]

    def translated(text: str) -> str:
        return _THOUSANDS.sub("", _NUMBER.sub(other, text)).replace(" percent", "%").replace(" per cent", "%")

    return replace(article, title=translated(article.title), body=translated(article.body))


def headline(article: Article, rng: random.Random) -> Article:
    """Another headline: the first words of the text."""
    return replace(article, title=" ".join(article.body.split()[: rng.randint(6, 12)]))


def mixture(article: Article, rng: random.Random) -> Article:
    """Two to five of the others, one after the other."""
    for edit in rng.sample(list(_SINGLE.values()), rng.randint(2, 5)):
        article = edit(article, rng)
    return article


_SINGLE: Mapping[str, Edit] = {
    "cut": cut,
    "reorder": reorder,
    "agency line": agency_line,
    "clutter": clutter,
    "paraphrase": paraphrase,
    "numbers": numbers,
    "headline": headline,
}
EDITS: Mapping[str, Edit] = {**_SINGLE, "mixture": mixture}


def jaccard(one: Article, other: Article, size: int = SHINGLE) -> float:
    """What two articles share of their runs of so many words, title included: from 0 to 1."""
    first, second = shingles(one, size), shingles(other, size)
    return len(first & second) / len(first | second)


def shingles(article: Article, size: int = SHINGLE) -> set[tuple[str, ...]]:
    """Runs of so many words; the whole article where it is shorter."""
    words = words_of(article)
    return {tuple(words[start : start + size]) for start in range(max(1, len(words) - size + 1))}


def _sentences(article: Article) -> list[str]:
    return _SENTENCES.split(article.body)


def _with(article: Article, sentences: list[str]) -> Article:
    return replace(article, body=" ".join(sentences))
