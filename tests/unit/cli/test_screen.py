"""How an alert looks to a person."""

import io
import re
from importlib.resources import files

import pytest
from msgspec.structs import replace
from rich.console import Console

from streams.cli.screen import on_one_line, show
from streams.ingest.sources import Sources
from streams.model import Alert, News, Tagged, TaggedArticle
from streams.pipeline import tag, tell
from streams.settings import read_settings
from streams.stories.desk import Desk, arrival_of
from streams.watchlist import load_tagger

HOSTILE = "[bold]x[/bold] \x1b[31mred\x1b[0m \u202eabc\r\nnext :smile: [link=file:///etc/passwd]y[/link]"


def marked_regions(text: str) -> list[str]:
    return re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", text.replace("\x1b[0m\x1b[1;4m", ""))


def shown(alert: Alert, width: int = 100) -> str:
    screen = io.StringIO()
    show(Console(file=screen, width=width, force_terminal=True, color_system="truecolor"), alert, 0.0421)
    return screen.getvalue()


@pytest.fixture(scope="module")
def alerts() -> list[Alert]:
    tagger, desk = load_tagger(read_settings()), Desk()
    outcomes = [
        tag(message.raw, tagger)
        for message in Sources([str(files("streams") / "samples" / "articles.ndjson")], pytest.fail)
    ]
    tagged = [
        TaggedArticle(each.article, match) for each in outcomes if isinstance(each, Tagged) for match in each.matches
    ]
    told = [tell(each, desk.place(each, arrival_of(each.article))) for each in tagged]
    return [each.alert for each in told if isinstance(each, News)]


def test_an_alert_shows_what_where_and_why(alerts: list[Alert]) -> None:
    alert = next(alert for alert in alerts if alert.excluded and alert.article.source)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown(alert, width=1000))
    assert alert.severity.upper() in text
    assert alert.story.headline in text
    assert str(alert.article.source) in text
    assert "42 ms after the article" in text
    assert f"({alert.excluded[0].excluded_by})" in text


def test_the_evidence_is_marked_in_the_extract(alerts: list[Alert]) -> None:
    marked = 0
    for alert in alerts:
        text = shown(alert, width=1000)
        start, size = alert.article.extract_start, len(alert.article.extract)
        for span in alert.why:
            if span.field == "body" and span.start >= start and span.end <= start + size:
                assert any(on_one_line(span.text) in region for region in marked_regions(text))
                marked += 1
    assert marked > len(alerts) / 2


def test_text_from_outside_is_neither_mark_up_nor_a_command_to_the_terminal(alerts: list[Alert]) -> None:
    alert = alerts[0]
    hostile = replace(
        alert,
        story=replace(alert.story, headline=HOSTILE),
        article=replace(alert.article, source=HOSTILE, url=HOSTILE, extract=HOSTILE, extract_start=0),
        subtopics=(HOSTILE,),
        topic=HOSTILE,
        why=(),
    )
    text = shown(hostile, width=1000)
    assert text.count("[bold]x[/bold]") == 6
    assert ":smile:" in text
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    assert "\r" not in text


def test_one_line_is_as_long_as_the_text_so_that_spans_stay_true() -> None:
    assert len(on_one_line(HOSTILE)) == len(HOSTILE)
    assert on_one_line(HOSTILE).isprintable()
