"""What the README says is so."""

import re
from pathlib import Path

import pytest

from streams.cli.main import _MODULES
from streams.model import Article
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.tagging.topics import parse_topic

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def example() -> Tagger:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    return Tagger([parse_topic(text, "README.md")])


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("Deep sea mining may begin next year.", True),
        ("The ISA will decide who may lift polymetallic nodules.", True),
        ("Isa was on the seabed.", False),
        ("A seabed cable was cut.", False),
    ],
)
def test_the_example_of_a_topic_does_what_it_says(body: str, fires: bool) -> None:
    assert bool(example().tag(Article("1", "", body))) is fires


def test_every_variable_that_is_named_can_be_set() -> None:
    prefix = "NORTHWIRE_"
    named = set(re.findall(rf"{prefix}([A-Z_]+)", README))
    assert named
    assert {name.lower() for name in named} <= Settings.model_fields.keys()


def test_every_command_that_is_shown_exists() -> None:
    shown = set(re.findall(r"^    (?:NORTHWIRE_\S+ )*northwire (\w+)", README, re.MULTILINE))
    assert shown
    assert shown <= _MODULES.keys()


def test_every_file_that_is_linked_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    for link in links:
        assert (Path(__file__).parents[2] / link).exists(), link
