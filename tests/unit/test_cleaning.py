"""Cleaning: the text a reader would have seen, the same however often it is cleaned."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from streams.cleaning import clean, clean_line, read_date
from streams.model import Article
from tests.unit.nouns import NOON, article

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"

DEBRIS = [
    "Read more",
    "READ MORE",
    "Read more >>",
    "Read More:",
    "Continue reading",
    "Learn more",
    "Slideshow",
    "Slideshow ( 2 images )",
    "Slideshow (1 image)",
    "Source: Read Full Article",
    "Read the full story",
    "View original article.",
    "Advertisement",
    "ADVERTISEMENT",
    "Sponsored content",
    "Article continues below",
    "Story continues after advertisement",
    "Share this article",
    "Tweet",
    "Share on Facebook",
    "Sign up for our morning newsletter",
    "Subscribe to The Harbour Briefings today",
    "Related:",
    "Most read",
    "Recommended stories",
    "Click here to see the map",
    "Our Standards: The Harbour Trust Principles.",
    "All rights reserved.",
    "© 2026 Harbour Wire",
    "Copyright 2026 Harbour Wire. Not for sale",
    "4 min read",
    "Image 2 of 7",
    "Loading…",
    "Menu",
    "Skip to main content",
    "Back to top",
]
NEWS = [
    "Ministers read more than one draft.",
    "He asked reporters to read more",
    "The menu was reindeer.",
    "Share prices fell.",
    "Sign up, the minister told young people, or the army will shrink by half before the decade is over.",
    "Close.",
    "Source: Norwegian Coast Guard",
    "2026",
    "Printing presses stopped.",
    "Related talks failed.",
]
MARK_UP = [
    "<b>",
    "</b>",
    "<p>",
    "<br/>",
    "<script>",
    "</script>",
    "<",
    ">",
    "&",
    "amp;",
    "&lt;",
    "&#60;",
    "&#x3c;",
    "b>",
]
HIDDEN = [
    "\x00",
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\x7f",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\ud800",
    "\x85",
]
BLANKS = ["\x85", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u2028", "\u3000", "\v"]
MARKS = ["e\u0301", "é", "\u0301", "\u0323", "\u0f73", "\u0344", "가", "\u1100\u1161", "Å", "\u2126"]
PIECES = st.sampled_from([*DEBRIS, *NEWS, *MARK_UP, *HIDDEN, *BLANKS, *BLANKS, *MARKS, "date 2026-11-09", "Title"])
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)


def body(text: str, title: str = "") -> str:
    return clean(article(title, text)).body


def is_presentable(text: str) -> bool:
    return (
        text.replace("\n", "").isprintable()
        and unicodedata.is_normalized("NFC", text)
        and all(line == line.strip() for line in text.split("\n"))
        and "  " not in text
        and "\n\n\n" not in text
        and text == text.strip()
    )


@settings(max_examples=300)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
@example("Title", "&amp;lt;b&amp;gt;Title\n\nRead more", "", "")
@example("", "&" * 9 + "amp;" * 9 + "<" * 9 + "b>" * 9, "https://x.example/?a&amp;amp;b", "")
def test_cleaning_what_is_clean_changes_nothing(title: str, text: str, url: str, source: str) -> None:
    once = clean(article(title, text, url=url or None, source=source or None))
    assert clean(once) == once


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_cleaned_text_is_printable_composed_and_evenly_spaced(title: str, text: str) -> None:
    cleaned = clean(article(title, text))
    assert is_presentable(cleaned.body)
    assert is_presentable(cleaned.title)
    assert "\n" not in cleaned.title


@pytest.mark.parametrize("line", DEBRIS)
def test_debris_on_a_line_of_its_own_is_gone(line: str) -> None:
    assert body(f"First.\n\n{line}\n\nLast.") == "First.\n\nLast."


@pytest.mark.parametrize("line", NEWS)
def test_news_that_resembles_debris_stays(line: str) -> None:
    assert body(f"First.\n\n{line}\n\nLast.") == f"First.\n\n{line}\n\nLast."


@pytest.mark.parametrize("link", ["Read more", "Read More", "READ MORE", "Continue reading", "Learn more"])
@pytest.mark.parametrize("end", [".", "!", "?", "…", ".”", '."', ".)", ":"])
def test_a_link_after_a_sentence_is_cut_off(link: str, end: str) -> None:
    assert body(f"The envoy left{end} {link}\n\nHe returned.") == f"The envoy left{end}\n\nHe returned."


def test_a_body_of_nothing_but_debris_is_empty() -> None:
    assert body("\n\n".join(DEBRIS)) == ""


def test_a_date_line_at_the_top_goes_and_fills_an_absent_date() -> None:
    cleaned = clean(article(body="date 2021-05-19\n\nREYKJAVIK - They met."))
    assert cleaned.body == "REYKJAVIK - They met."
    assert cleaned.published_at == datetime(2021, 5, 19, tzinfo=UTC)


def test_a_date_line_does_not_overrule_what_the_source_said() -> None:
    assert clean(article(body="Published: 2021-05-19\n\nThey met.", published_at=NOON)).published_at == NOON


def test_a_date_line_that_cannot_be_read_goes_and_fills_nothing() -> None:
    cleaned = clean(article(body="Published on: last Tuesday\n\nThey met."))
    assert (cleaned.body, cleaned.published_at) == ("They met.", None)


def test_a_date_line_in_the_middle_is_text() -> None:
    assert body("They met.\n\nDate 2021-05-19") == "They met.\n\nDate 2021-05-19"


def test_the_title_repeated_at_the_top_goes_and_elsewhere_stays() -> None:
    assert body("Council meets\n\nOn Monday.\n\nCouncil meets", "Council meets") == "On Monday.\n\nCouncil meets"


@pytest.mark.parametrize(
    ("raw", "clear"),
    [
        ("\x1b[31mURGENT\x1b[0m now", "URGENT now"),
        ("\x1b]0;owned\x07news", "news"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x1bb\x00c\x08d\x7f", "abcd"),
        ("safe\u202etxt.exe\u2066\u2069\u200f", "safetxt.exe"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("tab\tno-break\u00a0ideographic\u3000", "tab no-break ideographic"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("half\ud800character", "halfcharacter"),
        ("Tromso\u0308 e\u0301", "Tromsö é"),
        ("\u212bngstro\u0308m", "Ångström"),
    ],
)
def test_what_no_reader_sees_is_gone_and_blanks_are_blanks(raw: str, clear: str) -> None:
    assert body(raw) == clear


@pytest.mark.parametrize(
    ("raw", "clear"),
    [
        ("Japan &amp; Netherlands", "Japan & Netherlands"),
        ("&amp;amp;quot;so&amp;quot;", '"so"'),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("one<br>two", "one\ntwo"),
        ('<a href="https://x.example/">link</a>ed', "linked"),
        ('<img src=x onerror="alert(1)">text', "text"),
        ("<script>alert('<p>')</script>text", "text"),
        ("<style>p { }</style><SCRIPT src=x>\nx\n</SCRIPT >text", "text"),
        ("<scr<script></script>ipt>x</script>y", "y"),
        ("<<b>b>nested</b>", "nested"),
        ("&#38;#60;i&#62;slanted", "slanted"),
        ("a &#8238;b&#0;", "a b\ufffd"),
        ("5 < 6 > 4 & x<y", "5 < 6 > 4 & x<y"),
        ("<3 and <arctic>", "<3 and <arctic>"),
        ("R&D at AT&T", "R&D at AT&T"),
        ("&unknown; &#; &#xzz;", "&unknown; &#; &#xzz;"),
        ("<script>never closed", "<script>never closed"),
    ],
)
def test_mark_up_and_entities_become_what_they_show(raw: str, clear: str) -> None:
    assert body(raw) == clear


@pytest.mark.parametrize(
    ("raw", "clear"),
    [
        (
            "https://x.example/?a=1&currency=USD&section=2&copy=3",
            "https://x.example/?a=1&currency=USD&section=2&copy=3",
        ),
        ("https://x.example/?a=1&amp;b=2", "https://x.example/?a=1&b=2"),
        ("https://x.example/?a&amp;amp;b", "https://x.example/?a&b"),
        (" https://x.example/\n\x1b[31ma\u202eb ", "https://x.example/ab"),
        ("https://x.example/<b>", "https://x.example/<b>"),
    ],
)
def test_a_url_keeps_its_parameters_and_loses_what_hides(raw: str, clear: str) -> None:
    assert clean(article(url=raw)).url == clear


def test_an_absent_url_or_source_stays_absent() -> None:
    cleaned = clean(article())
    assert (cleaned.url, cleaned.source) == (None, None)


def test_title_and_source_are_one_line_each() -> None:
    cleaned = clean(article("Council\nmeets\u2028 again", source="The\r\nWire"))
    assert (cleaned.title, cleaned.source) == ("Council meets again", "The Wire")


def test_cleaning_touches_neither_identity_nor_times() -> None:
    told = article(id=" a\x001 ", published_at=NOON, fetched_at=NOON, language="nb-NO")
    cleaned = clean(told)
    assert (cleaned.id, cleaned.published_at, cleaned.fetched_at, cleaned.language) == (told.id, NOON, NOON, "nb-NO")


MEGABYTE = 1024 * 1024
HOSTILE = {
    "ampersands within ampersands": "&" + "amp;" * (MEGABYTE // 4),
    "numbered ampersands": "&" + "#38;" * (MEGABYTE // 4),
    "tags within tags": "<" * (MEGABYTE // 3) + "b>" * (MEGABYTE // 3),
    "scripts that never close": "<script>" * (MEGABYTE // 8),
    "scripts and styles in turn": "<script><style>" * (MEGABYTE // 15),
    "scripts closed at the very end": "<script>" * (MEGABYTE // 8) + "</script>",
    "tags that never close": "<p " * (MEGABYTE // 3),
    "a number without end": "&#" + "9" * MEGABYTE,
    "a hexadecimal number without end": "&#x" + "f" * MEGABYTE + ";",
    "a name without end": "&" + "a" * MEGABYTE,
    "marks upon marks": "a" + "\u0301\u0323" * (MEGABYTE // 4),
    "marks the wrong way round": "a" + "\u0301" * (MEGABYTE // 4) + "\u0323" * (MEGABYTE // 4),
    "marks in disguise": "ཀ" + "\u0f73" * (MEGABYTE // 3),
    "escapes that never end": "\x1b[" + "0" * MEGABYTE,
    "titles of windows that never end": "\x1b]" * (MEGABYTE // 2),
    "links upon links": ". Read more" * (MEGABYTE // 11),
    "blanks": " " * MEGABYTE,
    "empty lines": "\n" * MEGABYTE,
    "blank lines": " \n" * (MEGABYTE // 2),
    "short lines": "menu\n" * (MEGABYTE // 5),
    "one word": "a" * MEGABYTE,
    "sign-ups": "sign up " * (MEGABYTE // 8),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_made_to_hang_is_cleaned_like_any_other(name: str) -> None:
    """The square of a megabyte is hours of work: the timeout tells, and no finer clock is read."""
    cleaned = clean(article("", HOSTILE[name]))
    assert is_presentable(cleaned.body)
    assert clean(cleaned).body == cleaned.body


def test_a_letter_keeps_as_many_marks_as_any_language_needs() -> None:
    assert len(body("e" + "\u0323" * 30)) == 30
    assert len(body("e" + "\u0323" * 5_000)) == 30


@pytest.mark.parametrize(
    ("claim", "instant"),
    [
        ("2026-11-09T12:00:00Z", NOON),
        ("2026-11-09T13:00:00+01:00", NOON),
        ("2026-11-09T12:00:00", NOON),
        ("2026-11-09 12:00", NOON),
        ("20261109T120000Z", NOON),
        (" 2026-11-09T12:00:00.000000Z ", NOON),
        ("Mon, 09 Nov 2026 12:00:00 GMT", NOON),
        ("Mon, 9 Nov 2026 07:00:00 -0500", NOON),
        ("2026-11-09", datetime(2026, 11, 9, tzinfo=UTC)),
        ("9 November 2026", datetime(2026, 11, 9, tzinfo=UTC)),
        ("November 9, 2026", datetime(2026, 11, 9, tzinfo=UTC)),
        ("9 Nov 2026", datetime(2026, 11, 9, tzinfo=UTC)),
        ("Nov 9, 2026", datetime(2026, 11, 9, tzinfo=UTC)),
        ("2026/11/09", datetime(2026, 11, 9, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_every_form_that_sources_use(claim: str, instant: datetime) -> None:
    assert read_date(claim) == instant


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "",
        " ",
        "now",
        "today",
        "yesterday-ish",
        "12:30",
        "2026",
        "2026-11",
        "November 2026",
        "9 November",
        "2026-02-30",
        "31 February 2026",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1066-10-14",
        "1700000000",
        "Mon, 09 Nov 2026",
        "Mon, 99 Nov 2026 12:00:00 GMT",
        "Mon, 09 Nov 2026 12:00:00 +99999999999",
        "09/11/2026",
        "2026-11-09T25:00:00Z",
        "9" * 10_000,
    ],
)
def test_an_unreadable_or_incomplete_date_is_absent(claim: str | None) -> None:
    assert read_date(claim) is None


@given(st.text(max_size=40) | st.text(st.sampled_from("0123456789-:TZ+., MonNv"), max_size=40))
def test_whatever_a_date_claims_it_is_absent_or_an_instant_in_utc(claim: str) -> None:
    instant = read_date(claim)
    assert instant is None or (instant.tzinfo is UTC and instant.year >= 1900)


@pytest.mark.parametrize("copy", ["us-russia-arctic-talks-copy-1.txt", "us-russia-arctic-talks-copy-2.txt"])
def test_the_seeds_lose_their_debris_and_keep_their_sentences(copy: str) -> None:
    raw = _seed(copy)
    cleaned = body(raw)
    assert is_presentable(cleaned)
    assert not [word for word in ("Read more", "Slideshow", "Read Full Article") if word in cleaned]
    sentences = [line for line in raw.splitlines() if len(line) > 80]
    assert len(sentences) >= 10
    lost = [line for line in sentences if " ".join(line.removesuffix("Read more").split()) not in cleaned]
    assert lost == []


def test_the_first_seed_claims_its_date_in_the_debris() -> None:
    cleaned = clean(Article("seed", "", _seed("us-russia-arctic-talks-copy-1.txt")))
    assert cleaned.published_at == datetime(2021, 5, 19, tzinfo=UTC)
    assert not cleaned.body.startswith("date")


def test_a_line_is_cleaned_into_one() -> None:
    assert clean_line("  Council &amp; <b>Sea</b>\n\x1b[1mmeet ") == "Council & Sea meet"


def _seed(name: str) -> str:
    path = SEEDS / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the seed articles are not part of this repository")
    return path.read_text(encoding="utf-8")
