"""The query language: every form of the table in docs/topics.md, what comes first, and what each mistake is called."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from streams.tagging.language import QueryError, parse
from streams.tagging.query import AllOf, AnyOf, AtLeast, Near, Phrase, Query, Within, Without, parts_of, phrases_of

A, B, C, D = map(Phrase, ("alpha", "beta", "gamma", "delta"))
NOTHING_YET = 'expected a word, a "phrase", (, title: or lede:, case: or ATLEAST/2, found'

FORMS: dict[str, Query] = {
    "icebreaker": Phrase("icebreaker"),
    "Northern Sea Route": Phrase("Northern Sea Route"),
    "Northern-Sea route": Phrase("Northern-Sea route"),
    "  Northern \n Sea\tRoute ": Phrase("Northern Sea Route"),
    '"search AND rescue"': Phrase("search AND rescue"),
    "“search AND rescue”": Phrase("search AND rescue"),
    '"title:x (y)"': Phrase("title:x (y)"),
    "sanction*": Phrase("sanction", prefix=True),
    "export control*": Phrase("export control", prefix=True),
    '"export control* on"': Near(Phrase("export control", prefix=True), Phrase("on"), 1, ordered=True),
    "impos* sanction* on": Near(
        Near(Phrase("impos", prefix=True), Phrase("sanction", prefix=True), 1, ordered=True),
        Phrase("on"),
        1,
        ordered=True,
    ),
    "制裁*": Phrase("制裁", prefix=True),
    "case:START": Phrase("START", exact=True),
    'case:"New START"': Phrase("New START", exact=True),
    "case:New START": Phrase("New START", exact=True),
    "case:(SALT OR START*)": AnyOf((Phrase("SALT", exact=True), Phrase("START", prefix=True, exact=True))),
    "alpha AND beta": AllOf((A, B)),
    "alpha OR beta": AnyOf((A, B)),
    "alpha NOT beta": Without(A, B),
    "alpha AND NOT beta": Without(A, B),
    "alpha NEAR/8 beta": Near(A, B, 8),
    "alpha ONEAR/4 beta": Near(A, B, 4, ordered=True),
    "(alpha OR beta) NEAR/8 (gamma OR delta)": Near(AnyOf((A, B)), AnyOf((C, D)), 8),
    "title:alpha": Within("title", A),
    "lede:(alpha OR beta)": Within("lede", AnyOf((A, B))),
    "ATLEAST/3 alpha": AtLeast(3, A),
    "alpha and beta or gamma not delta near": Phrase("alpha and beta or gamma not delta near"),
    "ORNATE NEARBY ANDES NOTES ATLEASTWISE": Phrase("ORNATE NEARBY ANDES NOTES ATLEASTWISE"),
    "AND/OR": Phrase("AND/OR"),
    "U.S. Navy's": Phrase("U.S. Navy's"),
}

PRECEDENCE: dict[str, str] = {
    "alpha beta NEAR/2 gamma": '"alpha beta" NEAR/2 gamma',
    "title:alpha beta": 'title:"alpha beta"',
    "title:alpha NEAR/2 beta": "(title:alpha) NEAR/2 beta",
    "case:alpha OR beta": "(case:alpha) OR beta",
    "ATLEAST/2 alpha AND beta": "(ATLEAST/2 alpha) AND beta",
    "ATLEAST/2 title:alpha": "ATLEAST/2 (title:alpha)",
    "alpha NEAR/1 beta ONEAR/2 gamma": "(alpha NEAR/1 beta) ONEAR/2 gamma",
    "alpha AND beta NEAR/2 gamma": "alpha AND (beta NEAR/2 gamma)",
    "alpha OR beta AND gamma": "alpha OR (beta AND gamma)",
    "alpha AND beta OR gamma AND delta": "(alpha AND beta) OR (gamma AND delta)",
    "alpha OR beta NOT gamma": "alpha OR (beta NOT gamma)",
    "alpha AND beta NOT gamma": "(alpha AND beta) NOT gamma",
    "alpha NOT beta AND gamma": "(alpha NOT beta) AND gamma",
    "alpha NOT beta NOT gamma": "(alpha NOT beta) NOT gamma",
    "alpha AND beta AND gamma": "(alpha AND beta) AND gamma",
    "((alpha)) OR ((((beta))))": "alpha OR beta",
    "(alpha)OR(beta)": "alpha OR beta",
}


@dataclass(frozen=True)
class Mistake:
    """A query that is none: the offset of the fault, and what is said."""

    query: str
    position: int
    says: str


MISTAKES = {
    "nothing": Mistake("", 0, f"{NOTHING_YET} the end"),
    "only blanks": Mistake("  ", 2, f"{NOTHING_YET} the end"),
    "an empty group": Mistake("()", 1, f"{NOTHING_YET} ')'"),
    "a parenthesis too few": Mistake("(alpha", 6, "expected ) or OR, found the end"),
    "a parenthesis too many": Mistake("alpha)", 5, "expected OR or the end, found ')'"),
    "AND without a right side": Mistake("alpha AND", 9, f"{NOTHING_YET.replace('(,', '(, NOT,')} the end"),
    "OR without a left side": Mistake("OR alpha", 0, f"{NOTHING_YET} 'OR'"),
    "NOT alone": Mistake("NOT alpha", 0, "NOT needs something before it: say first what to find"),
    "NOT NOT": Mistake("alpha NOT NOT beta", 10, "NOT needs something before it: say first what to find"),
    "NEAR without a distance": Mistake("lithium NEAR (brine OR flat)", 8, "NEAR needs a distance, such as NEAR/5"),
    "ONEAR without a distance": Mistake("alpha ONEAR/x beta", 6, "NEAR needs a distance, such as NEAR/5"),
    "NEAR with a blank in it": Mistake("alpha NEAR/ 3 beta", 6, "NEAR needs a distance, such as NEAR/5"),
    "NEAR of no step": Mistake("alpha NEAR/0 beta", 11, "NEAR takes a number from 1 to 50"),
    "NEAR too far": Mistake("alpha NEAR/51 beta", 11, "NEAR takes a number from 1 to 50"),
    "NEAR beyond all numbers": Mistake(f"alpha ONEAR/{'9' * 1_900} b", 12, "ONEAR takes a number from 1 to 50"),
    "AND within NEAR": Mistake(
        "(alpha AND beta) NEAR/3 gamma", 17, "NEAR/3 takes words, phrases and OR groups on both sides, not AND"
    ),
    "NOT within NEAR": Mistake(
        "alpha ONEAR/3 (beta OR (gamma NOT delta))",
        6,
        "ONEAR/3 takes words, phrases and OR groups on both sides, not NOT",
    ),
    "ATLEAST within NEAR": Mistake(
        "alpha NEAR/3 ATLEAST/2 beta", 6, "NEAR/3 takes words, phrases and OR groups on both sides, not ATLEAST"
    ),
    "ATLEAST without a number": Mistake("ATLEAST alpha", 0, "ATLEAST needs a number, such as ATLEAST/2"),
    "ATLEAST none": Mistake("ATLEAST/0 alpha", 8, "ATLEAST takes a number from 1 to 100"),
    "ATLEAST too often": Mistake("ATLEAST/101 alpha", 8, "ATLEAST takes a number from 1 to 100"),
    "a quotation mark left open": Mistake('alpha OR "beta', 9, "this quotation mark is never closed"),
    "nothing between quotation marks": Mistake('alpha OR " "', 9, "there is nothing between these quotation marks"),
    "a phrase behind a phrase": Mistake(
        '"alpha" beta', 8, "expected AND, OR, NOT, NEAR/5, ONEAR/5 or the end, found 'beta'"
    ),
    "a group behind a word": Mistake(
        "alpha (beta)", 6, "expected a word, AND, OR, NOT, NEAR/5, ONEAR/5 or the end, found '(beta)'"
    ),
    "a short prefix": Mistake(
        "alpha OR ab*",
        9,
        "an asterisk stands behind a word of at least 3 characters; 'ab' would find too much",
    ),
    "a short prefix in a phrase": Mistake(
        '"alpha ab*"', 7, "an asterisk stands behind a word of at least 3 characters; 'ab' would find too much"
    ),
    "an asterisk within a word": Mistake(
        "san*tion", 0, "an asterisk stands behind a word of at least 3 characters, at its end"
    ),
    "an asterisk within a quoted word": Mistake(
        '"alpha san*tion"', 10, "an asterisk stands behind a word of at least 3 characters, at its end"
    ),
    "an asterisk behind a group": Mistake(
        "(alpha)*", 7, "an asterisk stands behind a word of at least 3 characters, at its end"
    ),
    "marks alone": Mistake("alpha OR --", 9, "'--' has neither letter nor digit, so it matches nothing"),
    "a field there is not": Mistake(
        "alpha OR source:x", 9, "a colon stands after title, lede or case; elsewhere it needs quotation marks"
    ),
    "a field in capitals": Mistake(
        "TITLE:alpha", 0, "a colon stands after title, lede or case; elsewhere it needs quotation marks"
    ),
    "a time": Mistake("12:30", 0, "a colon stands after title, lede or case; elsewhere it needs quotation marks"),
    "too much text": Mistake("a" * 2_001, 2_000, "a query may have 2,000 characters, this one has 2,001"),
    "too many words": Mistake(
        " OR ".join(["a"] * 201), 0, "a query may hold 200 words and phrases: make several of it"
    ),
    "too much nesting": Mistake(
        "title:" * 16 + "a", 0, "a query may nest 16 deep, this one nests 17: make several of it"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_table_means_what_it_says(form: str) -> None:
    assert parse(form) == FORMS[form]


@pytest.mark.parametrize("loose", PRECEDENCE)
def test_what_binds_tighter_comes_first(loose: str) -> None:
    assert parse(loose) == parse(PRECEDENCE[loose])


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_was_expected(name: str) -> None:
    mistake = MISTAKES[name]
    with pytest.raises(QueryError) as raised:
        parse(mistake.query)
    assert (raised.value.position, raised.value.problem) == (mistake.position, mistake.says)
    assert str(raised.value) == f"at character {mistake.position + 1}: {mistake.says}"


@pytest.mark.parametrize(
    "query",
    [
        "a" * 2_000,
        " OR ".join(["a"] * 200),
        "title:" * 15 + "a",
        "(" * 999 + "a" + ")" * 999,
        "a NEAR/50 b",
        "ATLEAST/100 a",
        " AND ".join(["a"] * 200),
        " ".join(["a"] * 1_000),
    ],
    ids=lambda query: query[:16],
)
def test_up_to_its_bounds_a_query_is_one(query: str) -> None:
    parse(query)


@pytest.mark.parametrize(
    "query",
    [
        "(" * 2_000,
        ")" * 2_000,
        "(" * 1_000 + "a" + ")" * 999,
        "case:" * 398 + "a" + ")",
        "title:" * 333 + "a",
        "case:(" + " NOT ".join(["a"] * 320) + ")",
        "case:(" + " NEAR/1 ".join(["a"] * 200) + ")",
        " ".join(["abc*"] * 400),
        '"' * 2_000,
        "NEAR/" * 400,
        "ATLEAST/2 " * 200,
        "*" * 2_000,
        "a" * 10_000_000,
        "\x00",
        "\ud800",
        "\u202e\u200d\ufeff",
    ],
    ids=lambda query: ascii(query[:16]),
)
def test_a_hostile_query_is_refused_like_any_other(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


SCRIBBLES = st.text(
    st.sampled_from('ab "“”*():/1 90\n\tANDORTEL\u0301制ßİ\u200d\u00a0\ud800\x00') | st.characters(), max_size=60
)
OPERATORS = ("(", ")", " AND ", " OR ", " NOT ", " NEAR/3 ", " ONEAR/1 ", "title:", "case:", "ATLEAST/2 ", "NEAR")
PIECES = st.sampled_from([*OPERATORS, "a ", "ab* ", "abc* ", '"', "“", '"x y" ', "制* ", "--", ":", "/"])


def outcome(scribble: str) -> Query | QueryError:
    try:
        return parse(scribble)
    except QueryError as error:
        return error


@given(SCRIBBLES | st.lists(PIECES, max_size=30).map("".join))
def test_whatever_is_written_is_a_query_or_refused_within_its_bounds(scribble: str) -> None:
    result = outcome(scribble)
    if isinstance(result, QueryError):
        assert 0 <= result.position <= len(scribble)
        assert result.problem
    else:
        assert all(phrase.words.split() for phrase in phrases_of(result))


WORDS = st.sampled_from(["alpha", "beta-x", "U.S.", "Straße", "and", "制裁", "x’s", "7"])
PHRASES = st.builds(
    lambda words, prefix, exact: Phrase(" ".join([*words, "stem"]), prefix, exact),
    st.lists(WORDS, max_size=2),
    st.booleans(),
    st.booleans(),
)


def _parts(queries: st.SearchStrategy[Query], kind: type[AnyOf] | type[AllOf]) -> st.SearchStrategy[Query]:
    """Parts of which the first is of another kind: the parser makes one list of `(a OR b) OR c`."""
    first = queries.filter(lambda query: not isinstance(query, kind))
    return st.builds(lambda one, others: kind((one, *others)), first, st.lists(queries, min_size=1, max_size=2))


def _operands(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return (
        _parts(queries, AnyOf)
        | st.builds(Near, queries, queries, st.integers(1, 50), st.booleans())
        | st.builds(Within, st.sampled_from(["title", "lede"]), queries)
    )


OPERANDS = st.recursive(PHRASES, _operands, max_leaves=6)
QUERIES = st.recursive(
    OPERANDS,
    lambda queries: (
        _parts(queries, AnyOf)
        | _parts(queries, AllOf)
        | st.builds(Without, queries, queries)
        | st.builds(Within, st.sampled_from(["title", "lede"]), queries)
        | st.builds(AtLeast, st.integers(1, 100), queries)
    ),
    max_leaves=4,
)


def written(query: Query) -> str:
    """The query as an analyst would write it who trusts in parentheses."""
    parts = [f"({written(part)})" for part in parts_of(query)]
    match query:
        case Phrase(words, prefix, exact):
            return f'{"case:" if exact else ""}"{words}{"*" if prefix else ""}"'
        case AnyOf():
            return " OR ".join(parts)
        case AllOf():
            return " AND ".join(parts)
        case Without():
            return " NOT ".join(parts)
        case Near(_, _, steps, ordered):
            return f" {'ONEAR' if ordered else 'NEAR'}/{steps} ".join(parts)
        case Within(field, _):
            return f"{field}:{parts[0]}"
        case AtLeast(times, _):
            return f"ATLEAST/{times} {parts[0]}"


@given(QUERIES)
def test_a_tree_that_is_written_and_read_is_the_same_tree(query: Query) -> None:
    assert parse(written(query)) == query


@pytest.mark.parametrize(
    ("query", "habit"),
    [
        ("tanker near/5 ship", "near/5"),
        ("tanker W/5 ship", "W/5"),
        ("tanker NEAR5 ship", "NEAR5"),
        ("tanker /5 ship", "/5"),
        ("tanker AND/5 ship", "AND/5"),
        ("atleast2 tanker", "atleast2"),
        ("ship -tanker", "-tanker"),
        ("sanction?", "sanction?"),
    ],
)
def test_an_operator_of_another_tool_is_not_taken_for_a_word(query: str, habit: str) -> None:
    with pytest.raises(QueryError, match=re.escape(f"{habit!r} would be a word here")) as error:
        parse(query)
    assert query[error.value.position :].startswith(habit)
    parse(f'"{habit}"')
