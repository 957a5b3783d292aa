"""Topic files: what an analyst may write, and what each mistake is called."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from streams.errors import TopicFileError
from streams.model import Article
from streams.tagging.tagger import Tagger
from streams.tagging.topics import TOPIC_FILE_LIMIT, Example, Examples, Rule, Topic, parse_topic
from tests.unit.nouns import article

GUIDE = Path(__file__).parents[3] / "docs" / "topics.md"
SMALLEST = """\
id: arctic
title: The Arctic
version: "1"
rules:
  - id: council
    terms: [Arctic Council]
    weight: 1
"""


def complaint(text: str) -> str:
    with pytest.raises(TopicFileError) as raised:
        parse_topic(text, "topics/arctic.yaml")
    return str(raised.value)


def test_the_smallest_topic_file_has_sensible_defaults() -> None:
    assert parse_topic(SMALLEST, "arctic.yaml") == Topic(
        id="arctic",
        title="The Arctic",
        version="1",
        rules=(
            Rule(
                id="council",
                terms=("Arctic Council",),
                weight=1.0,
                subtopic=None,
                needs_context=False,
            ),
        ),
        threshold=1.0,
        context_within=20,
        title_boost=2.0,
        lede_boost=1.5,
        damping=0.35,
        subtopics={},
        exclusions=(),
        examples=Examples(match=(), no_match=()),
    )


def test_the_first_topic_of_the_guide_is_one() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    text = guide.split("```yaml\n")[1].split("```")[0]
    lithium = parse_topic(text, "lithium.yaml")
    assert lithium.subtopics == {"mining": "Mining and brines", "policy": "Policy and trade"}
    assert lithium.rules[2].terms == ("lithium", "case:LFP")
    assert len(lithium.exclusions) == 2
    assert isinstance(lithium.examples.match[0], Example)
    tagger = Tagger([lithium])
    assert [bool(tagger.tag(_told(one))) for one in lithium.examples.match] == [True, True]
    assert [bool(tagger.tag(_told(one))) for one in lithium.examples.no_match] == [False]


def _told(example: str | Example) -> Article:
    return article("", example) if isinstance(example, str) else article(example.title, example.body)


@dataclass(frozen=True)
class Mistake:
    """A line to replace, by what, and words and place of the complaint."""

    line: str
    by: str
    says: str
    place: str


MISTAKES = {
    "an unknown field": Mistake("version", 'version: "1"\nthreshhold: 2', "unknown field `threshhold`", ""),
    "an unknown field of a rule": Mistake("weight", "    weight: 1\n    wieght: 2", "`wieght`", "$.rules[0]"),
    "a missing field": Mistake("title", "", "missing required field `title`", ""),
    "a key given twice": Mistake("weight", "    weight: 1\n    weight: 2", "'weight' is given twice", ":8:"),
    "a key given twice at the top": Mistake("title", "title: A\nid: sanctions", "'id' is given twice", ":3:"),
    "a number where a text belongs": Mistake("version", "version: 1", "Expected `str`, got `int`", "$.version"),
    "a text where a number belongs": Mistake("weight", "    weight: heavy", "Expected `float`", "$.rules[0].weight"),
    "no weight": Mistake("weight", "    weight: 0", "> 0", "$.rules[0].weight"),
    "a negative weight": Mistake("weight", "    weight: -1", "> 0", "$.rules[0].weight"),
    "too much weight": Mistake("weight", "    weight: 11", "<= 10", "$.rules[0].weight"),
    "a weight that is no number": Mistake("weight", "    weight: .nan", "> 0", "$.rules[0].weight"),
    "a threshold nothing reaches": Mistake("version", 'version: "1"\nthreshold: .inf', "<= 1000", "$.threshold"),
    "a threshold of nothing": Mistake("version", 'version: "1"\nthreshold: 0', "> 0", "$.threshold"),
    "no context": Mistake("version", 'version: "1"\ncontext_within: 0', ">= 1", "$.context_within"),
    "a name with blanks": Mistake("id: arctic", "id: The Arctic", "matching regex", "$.id"),
    "a name with a line break": Mistake("id: arctic", 'id: "arctic\\n"', "matching regex", "$.id"),
    "no rules": Mistake("terms", "    terms: []", "length >= 1", "$.rules[0].terms"),
    "a term of nothing": Mistake("terms", '    terms: [""]', "length >= 1", "$.rules[0].terms"),
    "a term beyond bounds": Mistake("terms", f"    terms: [{'a' * 2_001}]", "length <= 2000", ":6:"),
    "a boost that is none": Mistake("version", 'version: "1"\ntitle_boost: 0.5', ">= 1", "$.title_boost"),
    "a damping below nothing": Mistake("version", 'version: "1"\ndamping: -1', ">= 0", "$.damping"),
    "the old key for letter case": Mistake(
        "weight", "    weight: 1\n    case_sensitive: true", "unknown field `case_sensitive`", ":5:"
    ),
    "a sub-topic that is not named": Mistake(
        "weight", "    weight: 1\n    subtopic: law", "the sub-topic 'law' is not under `subtopics`", ":8:"
    ),
    "a term that is no query": Mistake(
        "terms",
        "    terms: [Arctic, lithium NEAR (brine OR flat)]",
        "rule 'council', in the term 'lithium NEAR (brine OR flat)' at character 9: NEAR needs a distance, such as",
        ":6:",
    ),
    "an exclusion that is no query": Mistake(
        "version",
        'version: "1"\nexclusions:\n  - fine\n  - (fox',
        "in the exclusion '(fox' at character 5: expected ) or",
        ":6:",
    ),
    "an exclusion without a place": Mistake(
        "version", 'version: "1"\nexclusions: [fox AND hen]', "has no place in the text: use NEAR instead of AND", ":4:"
    ),
    "an exclusion with NOT within": Mistake(
        "version", 'version: "1"\nexclusions: [title:(fox NOT hen)]', "has no place in the text", ":4:"
    ),
    "an exclusion with ATLEAST": Mistake(
        "version", 'version: "1"\nexclusions: [ATLEAST/2 fox]', "has no place in the text", ":4:"
    ),
    "an example that is no text": Mistake("version", 'version: "1"\nexamples: {match: [3]}', "got `int`", ":4:"),
    "an unknown key of an example": Mistake(
        "version", 'version: "1"\nexamples: {match: [{text: x}]}', "unknown field `text`", ":4:"
    ),
    "a term that is a truth": Mistake("terms", "    terms: [no]", "Expected `str`, got `bool`", "$.rules[0].terms"),
    "a term that cannot match": Mistake("terms", '    terms: ["--"]', "'--' has neither letter nor digit", ""),
    "an exclusion that cannot match": Mistake("version", 'version: "1"\nexclusions: ["?!"]', "'?!' has neither", ""),
    "a term twice in a rule": Mistake("terms", "    terms: [Arctic, arctic]", "'arctic' stands in 'council'", ""),
    "an alias": Mistake("terms", "    terms: &a [x, *a]", "aliases are not allowed", ":6:"),
    "an object of Python": Mistake("title", "title: !!python/object/apply:os.system [ls]", "tags are not", ":2:"),
    "a tag that does not fit": Mistake("title", "title: !!bool perhaps", "tags are not allowed", ":2:"),
    "a tag of one's own": Mistake("title", "title: !arctic x", "tags are not allowed", ":2:"),
    "a date that is none": Mistake("version", "version: 2026-99-99", "month must be in", ":3:"),
    "a list that does not end": Mistake("terms", "    terms: [Arctic", "did not find expected", ":7:"),
    "a second document": Mistake("version", 'version: "1"\n---\nid: b', "another document", ":4:"),
    "a key that is a list": Mistake("version", 'version: "1"\n? [a]\n: b', "unhashable", ":4:"),
    "a control character": Mistake("title", "title: \x1b[31m", "#x001b", "position"),
    "half a character": Mistake("title", 'title: "\\ud800"', "invalid Unicode", ":2:"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_in_one_sentence_that_names_the_file_and_the_place(name: str) -> None:
    mistake = MISTAKES[name]
    lines = SMALLEST.splitlines()
    (number,) = (number for number, line in enumerate(lines) if line.strip(" -").startswith(mistake.line))
    said = complaint("\n".join((*lines[:number], mistake.by, *lines[number + 1 :])))
    assert said.startswith("topics/arctic.yaml:")
    assert mistake.says in said
    assert mistake.place in said
    assert "\n" not in said


@pytest.mark.parametrize("text", ["", "- a", "arctic", "3", "{}", "\t", "id: [", "%YAML 9.9\n---\n"])
def test_what_is_no_topic_at_all_is_refused_by_the_files_name(text: str) -> None:
    assert complaint(text).startswith("topics/arctic.yaml:")


def test_two_rules_of_one_name_are_refused() -> None:
    doubled = SMALLEST + "  - id: council\n    terms: [Barents]\n    weight: 1\n"
    assert complaint(doubled) == "topics/arctic.yaml:8: two rules have the id 'council'; rename one"


def test_a_term_in_two_rules_is_refused_also_in_another_spelling() -> None:
    doubled = SMALLEST + "  - id: other\n    terms: [arctic-council]\n    weight: 1\n"
    assert complaint(doubled) == (
        "topics/arctic.yaml:9: the term 'arctic-council' stands in 'council' and 'other'; keep one"
    )


def test_an_exact_term_may_stand_beside_its_other_spelling() -> None:
    both = SMALLEST + '  - id: other\n    terms: ["case:ARCTIC COUNCIL"]\n    weight: 1\n'
    assert len(parse_topic(both, "arctic.yaml").rules) == 2


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30)]
    assert complaint("\n".join(levels)) == "topics/arctic.yaml:2: aliases are not allowed"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depths_that_would_end_the_process_are_refused(opening: str) -> None:
    assert "too deeply" in complaint("rules: " * (opening in "[{a: ") + opening * 100_000)


def test_a_file_too_large_is_refused_unread() -> None:
    assert "may have" in complaint(SMALLEST + "#" * TOPIC_FILE_LIMIT)


def outcome(text: str) -> Topic | str:
    try:
        return parse_topic(text, "topics/arctic.yaml")
    except TopicFileError as error:
        return str(error)


@given(st.text(st.sampled_from("ab:-[]{}&*!? \n\"'#|>%@0.~<\t\\"), max_size=60))
def test_whatever_is_written_is_a_topic_or_refused_as_one(scribble: str) -> None:
    result = outcome(SMALLEST + scribble)
    assert isinstance(result, Topic) or result.startswith("topics/arctic.yaml:")


@given(st.text(max_size=40))
def test_whatever_stands_for_a_term_is_a_term_or_refused(term: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(character):08x}" for character in term) + '"'
    result = outcome(SMALLEST.replace("Arctic Council", quoted))
    if isinstance(result, Topic):
        assert result.rules[0].terms == (term,)
    else:
        assert result.startswith("topics/arctic.yaml:")
