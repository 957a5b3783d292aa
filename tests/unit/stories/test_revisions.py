"""What a publisher changed, and whether it was taken back."""

from streams.stories.portrait import portray
from streams.stories.rarity import Rarity
from streams.stories.revisions import Revised, revised
from tests.unit.nouns import article, evidence

BODY = "Two ministers met in Oslo. The council sent 14 ships. They sail in May. The yard is shut."


def change(body: str, before: str = BODY, title: str = "Council meets") -> Revised | None:
    why = (evidence("council", before.index("council")),)
    earlier = portray(article("Council meets", before), why, Rarity())
    later = article(title, body)
    return revised(earlier, portray(later, (), Rarity()), later.title, later.body)


def test_a_sentence_that_is_added_is_told() -> None:
    assert change(BODY + " A fifth ship follows.") == Revised("The publisher added 1 sentence.", corrects=False)


def test_a_figure_that_is_added_is_told() -> None:
    assert change(BODY + " It costs 320 million.") == Revised("The publisher added a figure: 320,000,000.", False)


def test_a_figure_that_is_replaced_is_a_correction() -> None:
    expected = Revised("The publisher took back a figure: 14, now 11.", corrects=True)
    assert change(BODY.replace("14", "11")) == expected


def test_a_sentence_with_evidence_that_is_changed_is_a_correction() -> None:
    before = BODY.replace("14 ships", "ships")
    expected = Revised("The publisher changed a sentence that held evidence.", corrects=True)
    assert change(before.replace("The council sent", "Nobody sent"), before) == expected


def test_a_correction_that_is_announced_is_one_whatever_else_was_added() -> None:
    found = change(BODY + " Correction: an earlier version of this article named another yard. More ships follow.")
    assert found
    assert found.corrects
    assert "correction" in found.because


def test_a_notice_that_stood_there_before_is_not_announced_again() -> None:
    before = BODY + " Correction: it was May."
    assert change(before.replace("Two ministers", "Ministers"), before) is None


def test_a_figure_that_develops_while_the_text_grows_is_an_update() -> None:
    grown = BODY.replace("14 ships", "18 ships") + " The last four left at dawn. Others wait."
    assert change(grown) == Revised("The publisher added a figure: 18, 4.", corrects=False) or change(grown) == Revised(
        "The publisher added a figure: 4, 18.", corrects=False
    )


def test_other_words_for_the_same_are_nothing_to_tell() -> None:
    assert change(BODY.replace("The yard is shut.", "The yard is closed.")) is None
    assert change(BODY.replace(". ", ".\n\n")) is None
