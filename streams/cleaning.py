"""From scraped text to the text a reader would have seen, and from a claimed date to an instant.

Cleaning is idempotent. In cleaned text every character is printable or a newline, Unicode is in NFC,
a run of blanks is one space, a paragraph break is one empty line, no line begins or ends with a
blank, and what scraping leaves behind (links, slideshows, sign-up lines, mark-up) is gone.
"""

import html
import re
import unicodedata
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from streams.model import Article

_LINKS = ("Read more", "Read More", "READ MORE", "Continue reading", "Learn more")
_SENTENCE_ENDS = ".!?…:;\"'”’)"
_LONGEST_DEBRIS = 80
_DEBRIS = re.compile(
    r"""(?ix)
    slideshow(\ ?\(\ ?\d+\ images?\ ?\))?
    | source:\ ?read\ full\ article
    | (read|view|see)\ (the\ )?(full|original|entire)\ (article|story)\.?
    | (read|continue|learn)\ (more|reading)(:|\ ?[>»→…]+)?
    | advertise?ment | sponsored\ content
    | (article|story)\ continues\ (below|after)(\ (this\ )?(ad|advertisement))?
    | (share|tweet|print|save)(\ this(\ (article|story))?)?
    | share\ (this\ )?(on|via)\ (facebook|twitter|x|linkedin|whatsapp|e-?mail|reddit)
    | (sign\ up|subscribe)\b.{0,40}\b(newsletters?|briefings?|e-?mails?|updates)\b.{0,20}
    | (related|recommended|most\ (read|popular|viewed))(\ (articles|stories|content|topics))?:?
    | click\ here\ (to|for)\ .{1,40}
    | our\ standards:\ .{0,60}
    | all\ rights\ reserved\.? | (©|\(c\)|copyright\ ©?)\ ?\d{4}\b.{0,70}
    | \d+\ min(ute)?s?\ read
    | (image|photo|video|picture)\ \d+\ of\ \d+
    | loading(\.\.\.|…)? | close | menu | skip\ to\ (main\ )?content | back\ to\ top
    """
)
_DATE_LINE = re.compile(r"(?i)(?:date|published(?: on| at)?):? (?P<date>\S.{5,40})")
_RFC_5322 = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}")
_WRITTEN_DATES = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d")
_FIRST_YEAR = 1900

_TYPOGRAPHY = "“”‘’–—…"
_CONTROLS = bytes(code for code in (*range(32), 127) if code != 10)
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SCRIPT = re.compile(r"(?i)<(?P<end>/?)(?P<kind>script|style)\b[^<>]{0,2000}>")
_BLOCK = re.compile(r"(?i)</?(?:p|div|br|hr|li|ol|ul|h[1-6]|table|tr|blockquote|section)\b[^<>]{0,2000}>")
_INLINE = re.compile(
    r"(?i)</?(?:a|b|i|u|em|img|span|strong|td|th|small|figure|figcaption|cite|sub|sup|font)\b[^<>]{0,2000}>"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});?", re.IGNORECASE)
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_MARK_UP = str.maketrans("", "", "<&")
_PASSES = 8

_MOST_MARKS = 30
_CROWD = re.compile(rf"[^\x00-\u02ff]{{{_MOST_MARKS + 1},}}")


def clean(article: Article) -> Article:
    """The article with cleaned text. A date found in the debris fills an absent `published_at`."""
    title = clean_line(article.title)
    body, claimed = _clean_body(article.body, title)
    return Article(
        article.id,
        title,
        body,
        article.url and _clean_address(article.url),
        article.source and clean_line(article.source),
        article.published_at or read_date(claimed),
        article.fetched_at,
        article.language,
    )


def clean_line(text: str) -> str:
    """The text on one line."""
    return " ".join(_normalise(text).split())


def _clean_address(url: str) -> str:
    """The url without blanks and what no reader sees. Only `&amp;` is mark-up here: `&copy=2` is not."""
    return _AMPERSANDS.sub("&", "".join(_printable(url).split()))


def read_date(text: str | None) -> datetime | None:
    """The instant a text claims, in UTC; absent where it cannot be read or names no full date.

    Reads RFC 3339 and ISO 8601, RFC 5322 (as in feeds), and a few written forms. A time without a
    zone is taken as UTC, a date as its midnight.
    """
    if text is None:
        return None
    claim = text.strip()
    try:
        date = _read(claim)
        instant = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant.year >= _FIRST_YEAR else None


def _read(claim: str) -> datetime:
    try:
        return datetime.fromisoformat(claim)
    except ValueError:
        if _RFC_5322.match(claim):
            return parsedate_to_datetime(claim)
    for form in _WRITTEN_DATES:
        try:
            return datetime.strptime(claim, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(claim)


def _clean_body(body: str, title: str) -> tuple[str, str | None]:
    """The body without debris, and the date that debris claimed."""
    text = _normalise(body).strip()
    lines = text.split("\n")
    stripped = list(map(str.strip, lines))
    claimed: str | None = None
    if stripped != lines or lines[0] == title or any(map(_is_suspect, stripped)):
        stripped, claimed = _without_debris(stripped, title)
        text = "\n".join(stripped).rstrip("\n")
    return (_EMPTY_LINES.sub("\n\n", text) if _holds(text, "\n\n\n") else text), claimed


def _is_suspect(line: str) -> bool:
    return line.endswith(_LINKS) or 0 < len(line) <= _LONGEST_DEBRIS


def _without_debris(lines: list[str], title: str) -> tuple[list[str], str | None]:
    kept: list[str] = []
    claimed: str | None = None
    for line in map(_without_links, lines):
        if line and len(line) <= _LONGEST_DEBRIS and _DEBRIS.fullmatch(line):
            continue
        if not kept:
            if dated := _DATE_LINE.fullmatch(line):
                claimed = claimed or dated["date"]
                continue
            if not line or line == title:
                continue
        kept.append(line)
    return kept, claimed


def _without_links(line: str) -> str:
    while line.endswith(_LINKS):
        rest = next(line.removesuffix(link) for link in _LINKS if line.endswith(link)).rstrip(" ")
        if rest and rest[-1] not in _SENTENCE_ENDS:
            break
        line = rest
    return line


def _normalise(text: str) -> str:
    """Mark-up, escapes, control characters and odd blanks gone, repeated until nothing changes.

    Mark-up within mark-up more than `_PASSES` deep is nobody's text: its signs are dropped, so that
    no text costs more than in proportion to its length.
    """
    for _ in range(_PASSES):
        plain = _normalise_once(text)
        if plain == text:
            return text
        text = plain
    return _normalise_once(text.translate(_MARK_UP))


def _normalise_once(text: str) -> str:
    if not _is_plain(text):
        text = unicodedata.normalize("NFC", _CROWD.sub(_thin_out, _printable(text)))
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub("\n", _without_scripts(text)))
    return _BLANKS.sub(" ", text) if _holds(text, "  ") else text


def _without_scripts(text: str) -> str:
    """The text without scripts and styles; one that is never closed is left to be read."""
    tags = list(_SCRIPT.finditer(text))
    last_end = {tag["kind"].lower(): tag.start() for tag in tags if tag["end"]}
    kept: list[str] = []
    position = 0
    inside: str | None = None
    for tag in tags:
        kind = tag["kind"].lower()
        if inside is None and not tag["end"] and tag.start() < last_end.get(kind, 0):
            kept.append(text[position : tag.start()])
            inside = kind
        elif inside == kind and tag["end"]:
            position = tag.end()
            inside = None
    return "".join((*kept, text[position:]))


def _is_plain(text: str) -> bool:
    """Whether every character is printable or a newline, in NFC; quick where the text is near ASCII."""
    for mark in _TYPOGRAPHY:
        text = text.replace(mark, "")
    if text.isascii():
        encoded = text.encode()
        return len(encoded.translate(None, _CONTROLS)) == len(encoded)
    if not text.replace("\n", "").isprintable() or _CROWD.search(text):
        return False
    return unicodedata.is_normalized("NFC", text)


def _holds(text: str, repeated: str) -> bool:
    """`repeated in text`; searching from the end is four times as fast where the character is common."""
    return text.rfind(repeated) >= 0


def _printable(text: str) -> str:
    """Blanks of every kind become a space, line ends a newline; what no reader sees is dropped."""
    text = _LINE_ENDS.sub("\n", _ESCAPE_SEQUENCE.sub("", text))
    text = _BLANKS.sub(" ", text)
    return "".join(character for character in text if character == "\n" or character.isprintable())


def _thin_out(crowd: re.Match[str]) -> str:
    """At most so many marks on one letter, as in the Stream-Safe Text Format of UAX #15.

    Sorting the marks of a letter, which normalisation does, takes time in the square of their number.
    """
    kept: list[str] = []
    marks = 0
    for character in crowd[0]:
        for part in unicodedata.normalize("NFD", character):
            marks = marks + 1 if unicodedata.combining(part) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)
