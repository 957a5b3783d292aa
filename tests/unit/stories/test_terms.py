"""Terms: one for all forms of a word, in the language of the article."""

import pytest

from streams.stories.lexicon import Lexicon, lexicon_of
from streams.stories.rarity import Rarity
from streams.stories.terms import Terms, terms_of, words_of


def terms(title: str, body: str = "", language: str | None = "en") -> Terms:
    return terms_of(words_of(title), words_of(body), words_of(body[:20]), lexicon_of(language))


def test_forms_of_a_word_are_one_term_and_common_words_none() -> None:
    found = terms("", "the tankers sailed past the tanker's crew and a TANKER")
    assert found.words["tanker"] == 3
    assert not {"the", "and", "a"} & found.words.keys()


def test_a_name_is_what_always_has_a_capital() -> None:
    found = terms("", "Solberg met Fournier. Ice met them. The ice broke.")
    assert {"solberg", "fournier"} <= found.names.keys()
    assert found.words["ice"] == 2


def test_numbers_count_in_the_title_and_the_opening_alone() -> None:
    found = terms("Resolution 2231", "It bans 1929 things and, further on, 7575 more")
    assert found.title["2231"] == found.lede["2231"] == 1
    assert "1929" in found.lede
    assert not {"2231", "1929", "7575"} & (found.words.keys() | found.names.keys())


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "санкциями", "санкции"),
        ("nb", "sanksjonene", "sanksjoner"),
        ("de", "Sanktionen", "Sanktion"),
        ("fr", "sanctionnée", "sanctionner"),
        ("en-GB", "sanctions", "sanctioned"),
    ],
)
def test_other_languages_have_forms_of_their_own(language: str, one: str, other: str) -> None:
    word = lexicon_of(language).word
    assert word(one).terms == word(other).terms != ()


def test_a_script_without_blanks_has_terms_of_two_characters() -> None:
    assert lexicon_of("zh").word("北极理事会").terms == ("北极", "极理", "理事", "事会")
    assert lexicon_of("zh").word("冰").terms == ("冰",)


def test_an_unknown_language_is_read_as_it_stands_and_none_as_english() -> None:
    assert lexicon_of("xx-Tlh").word("Sailors").terms == ("sailors",)
    assert lexicon_of(None) is lexicon_of("en-US") is lexicon_of("EN")


def test_rare_words_count_more_than_common_ones_from_the_first_article_on() -> None:
    idf = Rarity().idf(["icebreak", "ship", "peopl"], Lexicon("en"))
    assert idf["icebreak"] > idf["ship"] > idf["peopl"] > 0


def test_what_opens_many_stories_becomes_common_and_a_story_does_not_count_against_itself() -> None:
    rarity, lexicon = Rarity(), lexicon_of("en")
    before = rarity.idf(["icebreak"], lexicon)["icebreak"]
    rarity.opened(["icebreak"])
    assert rarity.idf(["icebreak"], lexicon)["icebreak"] == pytest.approx(before, abs=0.001)
    for _ in range(500):
        rarity.opened(["icebreak"])
    assert rarity.idf(["icebreak"], lexicon)["icebreak"] < before - 2
    for _ in range(501):
        rarity.closed(["icebreak"])
    assert rarity.idf(["icebreak"], lexicon)["icebreak"] == before
