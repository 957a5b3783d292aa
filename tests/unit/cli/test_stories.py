"""Stories as people see them: from the journal, live or ended, and one with all that was decided."""

import io
import re
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from streams.alerting.alerts import write_alert
from streams.cli.chronicles import SHORTEST, Chronicle, choose, chronicles, distinct_digits
from streams.cli.listing import list_stories, show_story
from streams.errors import NorthwireError
from streams.model import Kind, Severity
from streams.stories.desk import WINDOW, Desk
from streams.stories.placement import Placement
from tests.unit.nouns import NOON
from tests.unit.stories.pages import OTHER, PARAPHRASE, WIRE, page, tagged

HOUR = timedelta(hours=1)


def journal() -> list[Placement]:
    """One story told twice, one that was old news, and an hour later a third one."""
    desk = Desk()
    old = tagged(OTHER, published_at=NOON - 2 * WINDOW)
    told = [desk.place(each, NOON) for each in (tagged(WIRE, score=9.0), old, tagged(PARAPHRASE, score=3.0))]
    return [*told, desk.place(tagged(page(1)), NOON + HOUR)]


def found(now: datetime | None = NOON) -> list[Chronicle]:
    return chronicles(journal(), WINDOW, now)


def shown(width: int, *each: Chronicle, terminal: bool = False) -> str:
    screen = io.StringIO()
    list_stories(Console(file=screen, width=width, force_terminal=terminal, color_system=None), each, SHORTEST)
    return screen.getvalue()


def told(chronicle: Chronicle) -> str:
    placed = Desk().place(tagged(WIRE, score=9.0), NOON)
    alert = write_alert(tagged(WIRE, score=9.0), placed, Kind.NEW)
    screen = io.StringIO()
    show_story(Console(file=screen, width=100, color_system=None), chronicle, {alert.id: alert})
    return re.sub(r"\s+", " ", screen.getvalue())


def test_the_story_with_the_latest_article_comes_first() -> None:
    assert [each.story.headline for each in found()] == [page(1).title, WIRE.title, OTHER.title]


def test_a_story_has_ended_a_window_after_its_last_article() -> None:
    assert [each.live for each in found(NOON + WINDOW + HOUR / 2)] == [True, False, False]
    assert [each.live for each in found(now=None)] == [True, True, True]


def test_the_severity_is_the_highest_that_was_told_or_that_of_an_article_nobody_was_told_of() -> None:
    _, wire, old = found()
    assert (wire.severity, wire.told) == (Severity.CRITICAL, True)
    assert (old.severity, old.told) == (Severity.MEDIUM, False)


def test_a_story_is_chosen_by_how_its_id_begins() -> None:
    every = found()
    for each in every:
        assert choose(every, each.story.id[:SHORTEST]) is each
        assert choose(every, each.story.id) is each
    with pytest.raises(NorthwireError, match="northwire stories --all"):
        choose(every, "zzzz")
    with pytest.raises(NorthwireError, match="3 stories have ids that begin with ''"):
        choose(every, "")
    assert distinct_digits(every) == SHORTEST


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_list_fits_its_terminal_and_has_all_there_is_to_know(width: int) -> None:
    _, wire, _ = found()
    text = shown(width, wire, terminal=True)
    assert all(len(line) <= width for line in text.splitlines())
    for part in (wire.story.id[:SHORTEST], "CRITICAL", "arctic", "2026-11-09 12:00"):
        assert part in text
    assert WIRE.title.split()[0] in text


def test_a_story_shows_its_timeline_with_what_was_decided_and_why() -> None:
    text = told(found()[1])
    assert text.index(WIRE.title) < text.index(PARAPHRASE.title)
    assert "new (first) · critical, score 9" in text
    assert "silent (repeat)" in text
    assert re.search(r"same story as wire: words .*solberg.* = [\d.]+, needs [\d.]+", text)
    assert "Harbour Wire, Northern Courier" in text


def test_hostile_text_reaches_the_terminal_as_text() -> None:
    hostile = "[bold]x[/bold] \x1b[31mred\x1b[0m \u202eabc\r\nnext"
    placement = Desk().place(tagged(WIRE, title=hostile, source=hostile, url=hostile), NOON)
    (chronicle,) = chronicles([placement], WINDOW, NOON)
    text = shown(200, chronicle) + told(chronicle)
    assert "[bold]x[/bold]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
