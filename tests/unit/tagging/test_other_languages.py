"""The engine in other languages: prefixes for inflection, exclusions for traps, no blanks between words."""

import pytest

from streams.tagging.tagger import Tagger
from streams.tagging.topics import Topic
from tests.unit.nouns import article, rule, topic

RUSSIAN = topic(
    rule("санкци*", "Северн* морск* пут*", "Арктик*", "арктическ* совет*"),
    rule("СМП NEAR/10 (судоход* OR ледокол* OR груз*)"),
    rule("case:ОФАК", "режим NEAR/3 контрол* NEAR/3 вооружени*"),
    id="russian",
    exclusions=("санкци* ONEAR/3 (суд* OR прокурор*)",),
)
NORWEGIAN = topic(
    rule("Grønland*", "Svalbardtraktat*", "sanksjon*", "nordområde*"),
    id="norwegian",
    exclusions=("Grønland NEAR/6 (Oslo OR bydel* OR T-bane* OR politistasjon*)", "Grønlandsleiret"),
)
GERMAN = topic(
    rule("Arktis*", "arktisch*", "Sanktion*", "Rüstungskontroll*", "Nordostpassage", "Großmacht*"),
    id="german",
    exclusions=(
        "arktisch* NEAR/2 (Kälte* OR Temperatur* OR Luft*)",
        "(Jobcenter* OR Bürgergeld*) NEAR/6 Sanktion*",
        "Jobcenter-Sanktion*",
    ),
)
FRENCH = topic(
    rule("sanction* NEAR/6 (Russie OR Iran OR économique*)", "sanction*", "Ciel ouvert", "l'Arctique"),
    id="french",
    exclusions=("mine* ONEAR/2 (ciel ouvert)", "sanction* ONEAR/2 (disciplinaire* OR pénale*)"),
)
CHINESE = topic(
    rule("制裁", "北极", "军控", "开放天空条约", "开放天空", "制裁 NEAR/8 俄罗斯"),
    id="chinese",
    exclusions=("法律制裁", "受到 NEAR/6 法律制裁", "开放天空 NEAR/6 (航空 OR 航班)"),
)
TOPICS = (RUSSIAN, NORWEGIAN, GERMAN, FRENCH, CHINESE)

NEWS = [
    (RUSSIAN, "Евросоюз ввёл новые санкции против банков", ["санкции"]),
    (RUSSIAN, "Об отмене САНКЦИЙ речи не идёт", ["САНКЦИЙ"]),
    (RUSSIAN, "Караван вышел на Северный морской путь", ["Северный морской путь"]),
    (RUSSIAN, "Грузы пойдут Северным морским путём", ["Северным морским путём"]),
    (RUSSIAN, "На заседании Арктического совета", ["Арктического совета"]),
    (RUSSIAN, "По СМП прошёл ледокол «Арктика»", ["СМП прошёл ледокол", "Арктика"]),
    (RUSSIAN, "Режим контроля над вооружениями", ["Режим контроля над вооружениями"]),
    (NORWEGIAN, "Danmark sier nei til salg av Grønland", ["Grønland"]),
    (NORWEGIAN, "GRØNLANDS regjering møtte pressen", ["GRØNLANDS"]),
    (
        NORWEGIAN,
        "Russland bryter Svalbardtraktaten, sier sanksjonsutvalget",
        ["Svalbardtraktaten", "sanksjonsutvalget"],
    ),
    (GERMAN, "Die EU verhängt neue Sanktionen", ["Sanktionen"]),
    (GERMAN, "Die Eisschmelze in der Arktis; der Arktische Rat", ["Arktis", "Arktische"]),
    (GERMAN, "DIE GROSSMÄCHTE UND DIE RÜSTUNGSKONTROLLE", ["RÜSTUNGSKONTROLLE"]),
    (GERMAN, "Eine GROSSMACHT", ["GROSSMACHT"]),
    (FRENCH, "Paris étend les sanctions contre la Russie", ["sanctions contre la Russie", "sanctions"]),
    (FRENCH, "Traité «\u202fCiel ouvert\u202f»", ["Ciel ouvert"]),
    (FRENCH, "Tensions dans l’Arctique", ["l’Arctique"]),
    (CHINESE, "欧盟对俄罗斯实施新制裁。", ["俄罗斯实施新制裁", "制裁"]),
    (CHINESE, "中国发布北极政策白皮书", ["北极"]),
    (CHINESE, "俄罗斯退出《开放天空条约》", ["开放天空条约"]),
]

TRAPS = {
    "an unauthorised rally": (RUSSIAN, "В Москве прошёл несанкционированный митинг"),
    "a judge's leave": (RUSSIAN, "Обыск прошёл с санкции суда"),
    "an ambulance": (RUSSIAN, "Бригада СМП доставила больного"),
    "a letter case that is another word": (RUSSIAN, "офак"),
    "a quarter of Oslo": (NORWEGIAN, "Mann knivstukket på Grønland i Oslo"),
    "a street of Oslo": (NORWEGIAN, "Brann i Grønlandsleiret"),
    "a job centre": (GERMAN, "Das Jobcenter verhängt weniger Sanktionen"),
    "a job centre with a hyphen": (GERMAN, "Streit um Jobcenter-Sanktionen"),
    "a cold spell": (GERMAN, "Arktische Kälte erreicht Bayern"),
    "an open pit": (FRENCH, "La mine à ciel ouvert reste fermée"),
    "a fault at school": (FRENCH, "Une sanction disciplinaire frappe l’élève"),
    "a criminal": (CHINESE, "他最终受到法律制裁。"),
    "an airline": (CHINESE, "两国签署开放天空航空协议"),
}


@pytest.mark.parametrize(("watched", "body", "found"), NEWS)
def test_news_in_another_language_is_found_in_all_its_forms(watched: Topic, body: str, found: list[str]) -> None:
    (match,) = Tagger([watched]).tag(article("", body))
    assert [evidence.text for evidence in match.why] == found


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_of_another_language_fires_nothing(trap: str) -> None:
    watched, body = TRAPS[trap]
    assert Tagger([watched]).tag(article("", body)) == ()


@pytest.mark.parametrize("trap", ["a judge's leave", "a quarter of Oslo", "a cold spell", "an open pit", "a criminal"])
def test_a_trap_beside_the_news_cancels_itself_alone(trap: str) -> None:
    watched, body = TRAPS[trap]
    told = next(text for language, text, _ in NEWS if language is watched)
    (match,) = Tagger([watched]).tag(article("", f"{told}\n\n{body}"))
    assert all(evidence.end <= len(told) for evidence in match.why)
    assert all(exclusion.start > len(told) for exclusion in match.excluded)


def test_topics_of_all_languages_watch_side_by_side() -> None:
    every = "\n\n".join({language.id: text for language, text, _ in reversed(NEWS)}.values())
    assert [match.topic for match in Tagger(TOPICS).tag(article("", every))] == sorted(one.id for one in TOPICS)
