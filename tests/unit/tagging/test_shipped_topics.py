"""The topics as shipped: what a newsroom would and would not file under them."""

import pytest
from hypothesis import given, strategies as st

from streams.tagging.folding import fold
from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from tests.unit.nouns import article, spans

ARCTIC = [
    "The Arctic Council will send its chair to Nuuk in March.",
    "Two icebreakers escorted the convoy along the Northern Sea Route to Murmansk.",
    "Denmark rejects any talk of a purchase of Greenland.",
    "Canada renews its Arctic sovereignty claims over the Lomonosov Ridge.",
    "Norway says fishing boats off Svalbard must respect the Svalbard Treaty.",
    "Fifty thousand soldiers rehearse in the snow for Exercise Cold Response.",
    "Drilling resumes in the Kara Sea after a year's pause.",
    "The Sámi Parliament asked for a say before the mine opens.",
]
SANCTIONS = [
    "Brussels adopts a nineteenth sanctions package against Moscow.",
    "The OFAC notice names four shipping agents in Dubai.",
    "Washington imposed sanctions on two refiners on Friday.",
    "Tankers of the shadow fleet turned back at the Danish straits.",
    "The bank fears it will be cut off from SWIFT.",
    "Lawyers for the sanctioned oligarch asked for the yacht back.",
    "Ministers put off the vote on the oil price cap.",
    "The Security Council let the arms embargo on the militia lapse.",
]
ARMS_CONTROL = [
    "Moscow offers to keep the limits of New START for a year.",
    "Finland gave notice that it leaves the Ottawa Convention.",
    "The OPCW took samples near the factory gates.",
    "Lawmakers vote to leave the Open Skies Treaty.",
    "Inspectors say that the stock of Iran's uranium has grown; the JCPOA is in tatters.",
    "North Korea fired what Seoul called a Hwasong-18 missile at dawn.",
    "A moratorium on nuclear testing has held for thirty years.",
    "Envoys meet for strategic stability talks in Geneva.",
]
DECOYS = {
    "a band": "Arctic Monkeys headline the festival; the Arctic Monkeys set lasts two hours.",
    "a fish": "Grilled arctic char with dill tops the menu.",
    "a cold front": "An arctic blast brings an arctic front and frost to Ohio.",
    "a fox at the zoo": "The zoo's arctic fox had pups.",
    "the other pole": "Antarctic krill fed the penguins of the Antarctic.",
    "one bare word": "He described his mother-in-law's welcome as arctic.",
    "a judge's leave": "The settlement was sanctioned by the court, and the court-sanctioned sale went ahead.",
    "a referee": "FIFA sanctions against the club include a points deduction; sporting sanctions may follow.",
    "a lender": "The bank sanctioned a loan of two crore for the flyover.",
    "benefits": "Benefit sanctions pushed families to food banks, a study of Universal Credit sanctions says.",
    "a lawyer": "A judge granted a motion for sanctions: court sanctions on the lawyer follow.",
    "one bare sanction": "The treaty gives religious sanction to the old custom.",
    "the beginning of a race": "At the START of the race the leaders crashed; the marathon has a new start time.",
    "a fresh start": "She made a new start in Leeds and never looked back.",
    "a bug in software": "The crash was a race condition in the ARMS firmware, the arms of two threads entangled.",
    "an arms race of nobody's": "Streaming firms are in an advertising arms race.",
    "arms of the body": "Residents are up in arms, and the toddler slept in her arms.",
    "a tax": "Moderates want the SALT cap lifted; the SALT deduction is popular in New Jersey.",
    "guns at home": "The state passed a gun control bill; firearms laws differ across the border.",
    "a parliamentary trick": "The majority leader may use the nuclear option to end the filibuster.",
    "a power station": "The nuclear power plant was shut for repairs to its nuclear reactor cooling pumps.",
    "a singer": "Taylor Swift sold out three nights.",
    "a hockey club": "Avangard Omsk won in overtime.",
}


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        *(("arctic", sentence) for sentence in ARCTIC),
        *(("sanctions", sentence) for sentence in SANCTIONS),
        *(("arms-control", sentence) for sentence in ARMS_CONTROL),
    ],
)
def test_a_sentence_about_a_topic_fires_it(shipped_tagger: Tagger, topic: str, sentence: str) -> None:
    assert topic in {match.topic for match in shipped_tagger.tag(article("", sentence))}


@pytest.mark.parametrize("decoy", DECOYS)
def test_a_decoy_fires_nothing(shipped_tagger: Tagger, decoy: str) -> None:
    assert shipped_tagger.tag(article("", DECOYS[decoy])) == ()


@pytest.mark.parametrize("decoy", ["a band", "a judge's leave", "a referee", "a tax", "guns at home"])
def test_a_decoy_fires_nothing_in_a_title_either(shipped_tagger: Tagger, decoy: str) -> None:
    assert shipped_tagger.tag(article(DECOYS[decoy], "")) == ()


def test_a_decoy_beside_the_real_thing_is_excluded_and_said_to_be(shipped_tagger: Tagger) -> None:
    told = article("Arctic Monkeys play for the Arctic Council", "")
    (match,) = shipped_tagger.tag(told)
    assert [evidence.text for evidence in match.why] == ["Arctic Council"]
    assert {(exclusion.text, exclusion.excluded_by) for exclusion in match.excluded} == {("Arctic", "Arctic Monkeys")}


def test_one_article_may_be_about_all_three(shipped_tagger: Tagger) -> None:
    told = article(
        "Arctic Council meets under the shadow of new sanctions on Russia", "Arms control talks are to follow."
    )
    assert [match.topic for match in shipped_tagger.tag(told)] == ["arctic", "arms-control", "sanctions"]


def test_one_clause_about_sanctions_amid_a_long_article_is_a_passing_mention(shipped_tagger: Tagger) -> None:
    filler = "The council met again, and again nothing was decided. " * 40
    body = f"{filler}The ship, which is under U.S. sanctions, lay at anchor. {filler}"
    assert shipped_tagger.tag(article("The council meets", body)) == ()
    (match,) = shipped_tagger.tag(article("U.S. sanctions hold a ship at anchor", body))
    assert match.topic == "sanctions"


def test_the_shipped_topics_are_the_three_that_are_promised(shipped_topics: tuple[Topic, ...]) -> None:
    assert {topic.id for topic in shipped_topics} == {"arctic", "arms-control", "sanctions"}


@pytest.mark.parametrize("topic", ["arctic", "arms-control", "sanctions"])
def test_every_shipped_term_is_found_where_it_stands_alone_or_is_part_of_an_exclusion(
    shipped_topics: tuple[Topic, ...], topic: str
) -> None:
    """A term that cannot be found is a spelling mistake of ours."""
    watched = next(shipped for shipped in shipped_topics if shipped.id == topic)
    tagger = Tagger([watched])
    exclusions = {fold(term) for term in watched.exclusions}
    lost = [
        term
        for rule in watched.rules
        for term in rule.terms
        if rule.weight * 2 >= watched.threshold and not tagger.tag(article(term, "")) and fold(term) not in exclusions
    ]
    assert lost == []


@given(st.data())
def test_spans_are_exact_and_weights_add_up_whatever_terms_meet(
    shipped_tagger: Tagger, shipped_topics: tuple[Topic, ...], data: st.DataObject
) -> None:
    terms = [term for topic in shipped_topics for rule in topic.rules for term in rule.terms]
    terms += [term for topic in shipped_topics for term in topic.exclusions]
    words = st.sampled_from([*terms, ",", "\n\n", "and"])
    told = article(*(" ".join(data.draw(st.lists(words, max_size=most))) for most in (4, 30)))
    for match in shipped_tagger.tag(told):
        for span in spans(match):
            assert getattr(told, span.field)[span.start : span.end] == span.text
        assert sum(evidence.weight for evidence in match.why) == pytest.approx(match.score, abs=0.0005)
