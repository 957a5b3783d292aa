"""How an alert looks to a person."""

import io
import re
from importlib.resources import files

import pytest
from msgspec.structs import replace
from rich.console import Console

from streams.cli.screen import on_one_line, sameness, show
from streams.ingest.sources import Sources
from streams.model import Alert, Kind, Likeness, LikenessPart, News, Tagged, TaggedArticle
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


def unstyled(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


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
    text = unstyled(shown(alert, width=1000))
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


def test_an_alert_that_is_not_new_shows_why_it_is_told_and_why_it_is_this_story(alerts: list[Alert]) -> None:
    alert = next(alert for alert in alerts if alert.kind is Kind.UPDATE and alert.likeness)
    headline, because, likeness, title, *_ = unstyled(shown(alert, width=1000)).splitlines()[1:]
    assert headline.strip() == alert.story.headline
    assert because.strip() == "3 outlets tell it now. 3 articles, 3 outlets."
    assert likeness.startswith(
        "  same story as hw-20261109-arctic-council: words 1.82 (rescu, communiqu, herder, …) + names "
    )
    assert likeness.rstrip().endswith("needs 1.15")
    assert title.strip() == alert.article.title != alert.story.headline


def test_the_headline_of_a_story_is_not_said_twice(alerts: list[Alert]) -> None:
    alert = next(alert for alert in alerts if alert.kind is Kind.CORRECTED)
    text = unstyled(shown(alert, width=1000))
    assert f"{alert.because} 1 article, 1 outlet." in text
    assert text.count(alert.story.headline) == 1


def test_a_new_story_has_nothing_to_explain(alerts: list[Alert]) -> None:
    alert = next(alert for alert in alerts if alert.kind is Kind.NEW)
    assert alert.because not in shown(alert, width=1000)


def test_the_parts_of_a_likeness_add_up_and_the_rest_of_the_story_is_told_apart() -> None:
    parts = (LikenessPart("words", 2.6, ("summit", "diplomat")), LikenessPart("title", 0.0), LikenessPart("time", -0.1))
    alone = Likeness("a-1", 2.5, 1.15, parts)
    assert sameness(alone).plain == "same story as a-1: words 2.6 (summit, diplomat) + time -0.1 = 2.5, needs 1.15"
    assert sameness(alone, most=1).plain.startswith("same story as a-1: words 2.6 (summit, …) + ")
    amid = sameness(replace(alone, score=1.75)).plain
    assert amid.endswith("= 2.5, 1.75 with the rest of the story, needs 1.15")


def test_text_from_outside_is_neither_mark_up_nor_a_command_to_the_terminal(alerts: list[Alert]) -> None:
    alert = next(alert for alert in alerts if alert.likeness)
    assert alert.likeness
    hostile = replace(
        alert,
        because=HOSTILE,
        likeness=replace(alert.likeness, article_id=HOSTILE, parts=(LikenessPart(HOSTILE, 1.0, (HOSTILE,)),)),
        story=replace(alert.story, headline=HOSTILE),
        article=replace(alert.article, title=HOSTILE, source=HOSTILE, url=HOSTILE, extract=HOSTILE, extract_start=0),
        subtopics=(HOSTILE,),
        topic=HOSTILE,
        why=(),
    )
    text = shown(hostile, width=1000)
    assert text.count("[bold]x[/bold]") == 10
    assert ":smile:" in text
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    assert "\r" not in text


def test_one_line_is_as_long_as_the_text_so_that_spans_stay_true() -> None:
    assert len(on_one_line(HOSTILE)) == len(HOSTILE)
    assert on_one_line(HOSTILE).isprintable()
