"""Topic files: what an analyst may write, and what each mistake is called."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from streams.errors import TopicFileError
from streams.tagging.topics import TOPIC_FILE_LIMIT, Rule, Topic, parse_topic

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
                case_sensitive=False,
            ),
        ),
        threshold=1.0,
        context_within=20,
        exclusions=(),
    )


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
    "a term of one letter": Mistake("terms", "    terms: [a]", "length >= 2", "$.rules[0].terms"),
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
    assert complaint(doubled) == "topics/arctic.yaml: two rules have the id 'council'; rename one"


def test_a_term_in_two_rules_is_refused_also_in_another_spelling() -> None:
    doubled = SMALLEST + "  - id: other\n    terms: [arctic-council]\n    weight: 1\n"
    assert complaint(doubled) == (
        "topics/arctic.yaml: the term 'arctic-council' stands in 'council' and 'other'; keep one"
    )


def test_a_case_sensitive_term_may_stand_beside_its_other_spelling() -> None:
    both = SMALLEST + "  - id: other\n    case_sensitive: true\n    terms: [ARCTIC COUNCIL]\n    weight: 1\n"
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
