"""Who speaks: outlets and agencies, not feeds."""

import pytest

from streams.stories.voices import voice_of
from tests.unit.nouns import article


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("nyt", None),
        ("The New York Times", None),
        ("NYT > World", "https://www.nytimes.com/2026/11/09/world/patrol.html"),
        ("nytimes.com", None),
        ("www.nytimes.com", None),
        ("https://nytimes.com/", None),
    ],
)
def test_a_newsroom_is_one_voice_under_any_of_its_names(source: str, url: str | None) -> None:
    assert voice_of(article(source=source, url=url)) == "new york times"


@pytest.mark.parametrize(
    ("url", "voice"),
    [
        ("https://edition.harbourwire.co.uk/a", "harbourwire"),
        ("http://user@m.northern-courier.example:8080?x=1", "northerncourier"),
        ("https://news.google.com/articles/abc", "polarpost"),
        ("not an address", "polarpost"),
    ],
)
def test_an_address_names_the_outlet_unless_it_is_an_aggregators(url: str, voice: str) -> None:
    assert voice_of(article(source="The Polar Post", url=url)) == voice


def test_a_text_credited_to_an_agency_is_the_agencys_whoever_prints_it() -> None:
    body = "TROMSØ, Norway (AP) - Ministers met."
    assert voice_of(article(body=body, source="Polar Post")) == "associated press"
    assert voice_of(article(body="Ministers (of eight states) met - briefly.", source="Polar Post")) == "polarpost"


def test_who_names_nobody_has_no_voice() -> None:
    assert voice_of(article(source=None)) is None


def test_an_endless_name_is_cut_short() -> None:
    assert len(voice_of(article(source="x" * 10_000)) or "") == 64
