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
    "an unknown field": Mistake(
        "version",
        'version: "1"\nthreshhold: 2',
        "there is no key `threshhold`: write `threshold`; there are id, ",
        ":4:",
    ),
    "an unknown field of a rule": Mistake(
        "weight", "    weight: 1\n    wieght: 2", "no key `wieght`: write `weight`; there", ":8:"
    ),
    "a missing field": Mistake("title", "", "`title` is missing", ""),
    "a key given twice": Mistake("weight", "    weight: 1\n    weight: 2", "'weight' is given twice", ":8:"),
    "a key given twice at the top": Mistake("title", "title: A\nid: sanctions", "'id' is given twice", ":3:"),
    "a number where a text belongs": Mistake(
        "version", "version: 1", "YAML takes 1 for a number: put it in quotation marks", ":3:"
    ),
    "a text where a number belongs": Mistake("weight", "    weight: heavy", "a number is expected, such as", ":7:"),
    "no weight": Mistake("weight", "    weight: 0", "the number must be > 0", ":7:"),
    "a negative weight": Mistake("weight", "    weight: -1", "the number must be > 0", ":7:"),
    "too much weight": Mistake("weight", "    weight: 11", "11 is out of bounds: the number must be <= 10", ":7:"),
    "a weight that is no number": Mistake("weight", "    weight: .nan", "the number must be > 0", ":7:"),
    "a threshold nothing reaches": Mistake("version", 'version: "1"\nthreshold: .inf', "<= 1000", ":4:"),
    "a threshold of nothing": Mistake("version", 'version: "1"\nthreshold: 0', "> 0", ":4:"),
    "no context": Mistake("version", 'version: "1"\ncontext_within: 0', ">= 1", ":4:"),
    "a name with blanks": Mistake("id: arctic", "id: The Arctic", "an id has small letters, digits and hyphens", ":1:"),
    "a name with a line break": Mistake("id: arctic", 'id: "arctic\\n"', "an id has small", ":1:"),
    "no rules": Mistake("terms", "    terms: []", "the list is empty", ":6:"),
    "a term of nothing": Mistake("terms", '    terms: [""]', "nothing stands here: write a text", ":6:"),
    "a term beyond bounds": Mistake("terms", f"    terms: [{'a' * 2_001}]", "too long: it may have 2000", ":6:"),
    "a boost that is none": Mistake("version", 'version: "1"\ntitle_boost: 0.5', ">= 1", ":4:"),
    "a damping below nothing": Mistake("version", 'version: "1"\ndamping: -1', ">= 0", ":4:"),
    "the old key for letter case": Mistake(
        "weight", "    weight: 1\n    case_sensitive: true", "there is no key `case_sensitive`", ":8:"
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
    "an example that is no text": Mistake(
        "version", 'version: "1"\nexamples: {match: [3]}', "YAML takes 3 for a number", ":4:"
    ),
    "an unknown key of an example": Mistake(
        "version",
        'version: "1"\nexamples: {match: [{text: x}]}',
        "there is no key `text`; there are title, body",
        ":4:",
    ),
    "a term that is a truth": Mistake("terms", "    terms: [no]", "YAML takes no for true or false: put it in", ":6:"),
    "a term that is a mapping": Mistake("terms", "    terms: [a: b]", "for a mapping", ":6:"),
    "a term that is no list": Mistake("terms", "    terms: tanker", "expected: `terms: [tanker]`", ":6:"),
    "operators whose quotation marks are gone": Mistake(
        "terms",
        '    terms: [x, "search AND rescue"]',
        "rule 'council', in the term 'search AND rescue': "
        """YAML took the quotation marks: write '"search AND rescue"' for the phrase, or leave them away""",
        ":6:",
    ),
    "an exclusion whose quotation marks are gone": Mistake(
        "version", 'version: "1"\nexclusions: ["a NEAR/3 b"]', "YAML took the quotation marks", ":4:"
    ),
    "a list item that goes on after its quotation marks": Mistake(
        "terms",
        '    terms:\n      - "search AND rescue" NEAR/5 Norway',
        """a quotation mark stands in single quotes: '"a phrase" NEAR/5 word'""",
        ":7:",
    ),
    "a listed term that goes on after its quotation marks": Mistake(
        "terms", '    terms: ["a b" NEAR/5 c]', "stands in single quotes", ":6:"
    ),
    "a term that cannot match": Mistake("terms", '    terms: ["--"]', "'--' has neither letter nor digit", ""),
    "an exclusion that cannot match": Mistake(
        "version", 'version: "1"\nexclusions: ["?!"]', "in the exclusion '?!' at character 1", ""
    ),
    "a term twice in a rule": Mistake(
        "terms", "    terms: [Arctic, arctic]", "'arctic' stands twice in the rule 'council'; keep one", ""
    ),
    "an alias": Mistake("terms", "    terms: &a [x, *a]", "aliases are not allowed", ":6:"),
    "an object of Python": Mistake("title", "title: !!python/object/apply:os.system [ls]", "tags are not", ":2:"),
    "a tag that does not fit": Mistake("title", "title: !!bool perhaps", "tags are not allowed", ":2:"),
    "a tag of one's own": Mistake("title", "title: !arctic x", "tags are not allowed", ":2:"),
    "a date that is none": Mistake("version", "version: 2026-99-99", "month must be in", ":3:"),
    "a list that does not end": Mistake("terms", "    terms: [Arctic", "did not find expected", ":7:"),
    "a second document": Mistake("version", 'version: "1"\n---\nid: b', "another document", ":4:"),
    "a key that is a list": Mistake("version", 'version: "1"\n? [a]\n: b', "unhashable", ":4:"),
    "a control character": Mistake("title", "title: \x1b[31m", "#x001b", "position"),
    "a control character that is escaped": Mistake(
        "title", 'title: "\\x1b[31m"', "`title` holds a control character; take it out", ":2:"
    ),
    "a version of two lines": Mistake("version", 'version: "1\\n2"', "`version` holds a control character", ":3:"),
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


def test_an_empty_file_is_told_what_a_topic_has() -> None:
    assert complaint("") == "topics/arctic.yaml:1: the file is empty: a topic has at least id, title, version and rules"


@pytest.mark.parametrize(
    "term", ["'search AND rescue'", "search AND rescue", '"say ANDES"', """'"search AND rescue"'"""]
)
def test_quotation_marks_that_yaml_may_take_are_no_mistake(term: str) -> None:
    read = parse_topic(SMALLEST.replace("Arctic Council", term), "arctic.yaml")
    assert read.rules[0].terms == (term.strip("'" if term[0] == "'" else '"'),)


def test_every_bad_term_of_a_file_is_told_each_with_its_line() -> None:
    bad = SMALLEST + "  - id: other\n    terms:\n      - fine\n      - (fox\n      - a NEAR b\n    weight: 1\n"
    said = complaint(bad + "exclusions: [a AND b]\n").split("; ")
    assert [sentence.split(": ")[0] for sentence in said] == [f"topics/arctic.yaml:{line}" for line in (11, 12, 14)]
    many = complaint(SMALLEST.replace("Arctic Council", ", ".join(f"(a{number}" for number in range(30))))
    assert many.endswith("; topics/arctic.yaml: and 10 more")


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
