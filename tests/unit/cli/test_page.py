"""The report of a backtest for a browser, and on the terminal."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given, strategies as st
from rich.console import Console

from streams.cli.chart import chart
from streams.cli.page import page
from streams.cli.review import review
from streams.proofreading.backtest import Backtest
from streams.proofreading.report import Report
from tests.unit.nouns import NOON, article, rule, topic

HOSTILE = "</style><script>alert(1)</script>\"'><img src=x onerror=y> \x1b[31m \u202e [bold]b[/bold] ]]> <!-- krill"
RULES = (rule("krill"), rule("fox", weight=0.1), rule("seal"))


def hostile_report(*, compared: bool = True) -> Report:
    watched = topic(*RULES, rule('"</style><script>alert(1)</script>"'), title=HOSTILE, version=HOSTILE)
    labels = {"plain": {"watched": 0}, HOSTILE: {"watched": 0}, "nothing": {"watched": 2}}
    before = [topic(rule("seal"), title=HOSTILE)] if compared else None
    run = Backtest([watched], before, labels)  # type: ignore[arg-type]
    told = article(HOSTILE, HOSTILE, id=HOSTILE, source=HOSTILE, url="javascript:alert(1)", published_at=NOON)
    run.read(told)
    run.read(article("Krill", "krill", id="plain", url="https://wire.example/?a=<b>&c", published_at=NOON))
    run.read(article("", "Nothing of note.", id="nothing"))
    run.read(article("", "A seal.", id="seal", published_at=datetime(2027, 1, 1, tzinfo=NOON.tzinfo)))
    return run.report()


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.found if name == tag)


@pytest.fixture(scope="module", params=[True, False], ids=["compared", "alone"])
def hostile_page(request: pytest.FixtureRequest) -> str:
    return page(hostile_report(compared=request.param))


def test_nothing_in_an_article_or_a_topic_is_mark_up(hostile_page: str) -> None:
    elements = Elements(hostile_page)
    known = (
        "html head meta title style body h1 h2 h3 p small div table thead tbody tr th td a section figure figcaption"
    )
    known += " i svg g rect line text ol li strong mark details summary b footer"
    assert {tag for tag, _ in elements.found} <= set(known.split())
    assert elements.text.count("<script>alert(1)</script>") >= 6
    assert not {"\x1b", "\u202e"} & set(hostile_page)


def test_only_addresses_of_the_web_become_links(hostile_page: str) -> None:
    links = {attributes["href"] for attributes in Elements(hostile_page).named("a")}
    assert links == {"#watched", "https://wire.example/?a=<b>&c"}


def test_nothing_is_fetched_and_nothing_runs(hostile_page: str) -> None:
    elements = Elements(hostile_page)
    assert not any(name.startswith("on") or name in ("src", "srcset") for _, each in elements.found for name in each)
    policy = next(each for each in elements.named("meta") if each.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    (style,) = re.findall(r"<style>(.*?)</style>", hostile_page, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_is_readable_on_a_phone_and_at_night(hostile_page: str) -> None:
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in hostile_page
    assert "prefers-color-scheme: dark" in hostile_page


def test_every_table_has_as_many_cells_as_headings() -> None:
    for run in (hostile_report(), Backtest([topic(*RULES)]).report()):
        for table in re.findall(r"<table>.*?</table>", page(run)):
            rows = re.findall(r"<tr.*?</tr>", table)
            assert len({len(re.findall(r"<t[hd][ >]", row)) for row in rows}) == 1


def test_a_report_of_nothing_is_a_page_too() -> None:
    assert "0 articles" in page(Backtest([topic(*RULES)]).report())
    assert "<svg" not in page(Backtest([topic(*RULES)]).report())


@pytest.mark.parametrize("compared", [True, False])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_on_a_terminal_nothing_is_wider_than_it_and_nothing_commands_it(width: int, compared: bool) -> None:
    screen = io.StringIO()
    review(
        Console(file=screen, width=width, force_terminal=True, color_system="truecolor", highlight=False),
        hostile_report(compared=compared),
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert "\x1b" not in text
    assert "\x1b[31m" not in screen.getvalue()
    assert "\u202e" not in text
    assert "[bold]b[/bold]" in " ".join(text.split()) or width < 80
    assert max(map(len, text.splitlines())) <= width


NUMBERS = st.lists(st.integers(0, 10_000), min_size=1, max_size=400)


@given(NUMBERS, st.data())
def test_every_bar_lies_within_the_chart(numbers: list[int], data: st.DataObject) -> None:
    months = [f"{2000 + place // 12}-{place % 12 + 1:02}" for place in range(len(numbers))]
    before = data.draw(st.none() | st.permutations(numbers))
    drawn = chart(months, numbers, before, "volume")
    _, _, width, height = map(float, drawn.attrib["viewBox"].split())
    for box in drawn.iter("rect"):
        x, y, wide, high = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 0.2
        assert 0 <= y <= y + high <= height + 0.2


def test_a_month_says_its_number_and_what_it_was() -> None:
    drawn = chart(["2026-01", "2026-02"], [3, 1000], [4, 1000], "volume")
    assert [title.text for title in drawn.iter("title")] == ["2026-01: 3, before 4", "2026-02: 1,000, before 1,000"]
    kinds = [box.attrib["class"] for box in drawn.iter("rect")]
    assert kinds == ["hover", "both", "fewer", "hover", "both"]


def test_many_years_are_drawn_by_the_year() -> None:
    months = [f"{1900 + place // 12}-{place % 12 + 1:02}" for place in range(1200)]
    titles = [title.text for title in chart(months, [1] * 1200, None, "volume").iter("title")]
    assert len(titles) == 100
    assert titles[0] == "1900: 12"
    assert isinstance(chart(["2026-01"], [0], None, "volume"), Tree.Element)
