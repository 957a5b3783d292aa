"""Articles written for these tests: one story told by several outlets, and another one of the same people and day."""

from typing import Any

from msgspec.structs import replace

from streams.model import Article, TaggedArticle
from tests.invented import invented
from tests.unit.nouns import NOON, match

WIRE = Article(
    id="wire",
    title="Norway and Canada to patrol the Northwest Passage together",
    body=(
        "OTTAWA (Harbour Wire) - Norway and Canada will send 4 ice-strengthened ships to patrol the Northwest Passage "
        "from July, the two governments said on Monday, after a season in which 14 tankers sailed it without leave.\n\n"
        "The patrols will escort merchant vessels, keep watch on fishing fleets and rescue crews in trouble, Canadian "
        "Defence Minister Alice Fournier told reporters beside her Norwegian counterpart Henrik Solberg.\n\n"
        "“Nobody should meet the ice alone,” she said. Denmark has been invited to join. Russia, which claims the sea "
        "lane along its own coast, called the plan a provocation that would be answered.\n\n"
        "The agreement runs for five years and costs 320 million dollars, most of it for the overhaul of the "
        "icebreaker Maud at a yard in Halifax."
    ),
    url="https://harbour-wire.example/patrol",
    source="Harbour Wire",
    published_at=NOON,
    language="en",
)

PARAPHRASE = Article(
    id="courier",
    title="Joint Norwegian-Canadian fleet will guard Arctic sea lane",
    body=(
        "Canada and Norway are joining forces to police the Northwest Passage. Beginning in July, 4 vessels built for "
        "ice will escort ships through it, officials in both capitals announced at the start of the week.\n\n"
        "Last season 14 tankers took the route without permission. The new fleet is also meant to watch trawlers and "
        "to come to the rescue of sailors, according to Alice Fournier, Canada's minister of defence, who appeared "
        "with Henrik Solberg of Norway.\n\n"
        "An invitation has gone to Denmark. Moscow spoke of a provocation and promised an answer. The deal, worth "
        "320 million dollars over five years, pays for refitting the icebreaker Maud in Halifax."
    ),
    url="https://northern-courier.example/fleet",
    source="Northern Courier",
    published_at=NOON,
    language="en",
)

OTHER = Article(
    id="other",
    title="Canada lifts ban on Norwegian salmon after hatchery inspections",
    body=(
        "OTTAWA (Harbour Wire) - Canada lifted its ban on salmon from Norwegian farms on Monday, three months after "
        "it was imposed over a virus found in two hatcheries near Bergen.\n\n"
        "Agriculture Minister Paul Tremblay said inspectors had found the hatcheries clean. Norway had called the ban "
        "protectionism; its trade minister was in Ottawa with Defence Minister Henrik Solberg for other talks.\n\n"
        "Exporters put their losses at 45 million dollars. Shops in Toronto expect fresh fish within a week."
    ),
    url="https://harbour-wire.example/salmon",
    source="Harbour Wire",
    published_at=NOON,
    language="en",
)

WAIVER = Article(
    id="waiver",
    title="Biden administration waives sanctions on company behind Nord Stream 2 pipeline",
    body=(
        "WASHINGTON (Harbour Wire) - The Biden administration told Congress on Wednesday that it would waive "
        "sanctions on the company that is building the Nord Stream 2 gas pipeline from Russia to Germany, and on "
        "its German chief executive, saying that the step was in the national interest of the United States.\n\n"
        "Secretary of State Antony Blinken, who was in Reykjavik for a meeting with Russian Foreign Minister "
        "Sergei Lavrov, said that the United States remained opposed to the pipeline, which he called a threat to "
        "European energy security. Four Russian ships and four other entities were added to the list of those "
        "under sanctions.\n\n"
        "Republican senators accused President Joe Biden of handing President Vladimir Putin a victory. Nord "
        "Stream 2 AG, registered in Switzerland and owned by Gazprom, is laying the last stretch of pipe under "
        "the Baltic Sea. Its head, Matthias Warnig, a former East German intelligence officer, is an ally of "
        "Putin.\n\n"
        "Berlin welcomed the decision. Foreign Minister Heiko Maas called it a constructive step. Kyiv, which "
        "stands to lose transit fees, said that it would go on fighting the project. The pipeline is 95 percent "
        "complete."
    ),
    source="Harbour Wire",
    language="en",
)
"""Of the same day and the same people as the first input: a pipeline, and no meeting."""


PACKAGE = Article(
    id="package",
    title="EU proposes new sanctions package aimed at shadow fleet and its insurers",
    body=(
        "BRUSSELS - The European Commission on Monday proposed a new sanctions package against Russia that "
        "would list 61 more tankers of the so-called shadow fleet and, for the first time, the small insurers "
        "that vouch for them.\n\n"
        "The draft, seen by The Trade Beacon, would also bring two banks in Central Asia under a transaction "
        "ban and tighten export controls on machine tools and other dual-use goods. Ports would have to turn "
        "away sanctioned vessels even in bad weather unless lives were at risk.\n\n"
        "Diplomats said that Hungary and Slovakia had asked for a longer wind-down period for pipeline "
        "contracts. Unanimity is needed, and ambassadors will discuss the text on Thursday.\n\n"
        "Three quarters of the tankers on the list have changed their flag at least twice since the spring, the "
        "Commission said, a pattern that it called sanctions evasion in plain sight."
    ),
    source="The Trade Beacon",
    published_at=NOON,
    language="en",
)

LISTING = Article(
    id="listing",
    title="U.S. Treasury blacklists network that sold oil for Tehran through two Gulf brokers",
    body=(
        "WASHINGTON - The U.S. Treasury on Monday imposed sanctions on nineteen companies and eleven tankers "
        "that, it says, sold Iranian oil worth $2.4 billion to refiners in East Asia.\n\n"
        "The Office of Foreign Assets Control added two brokers in Sharjah to the list of Specially Designated "
        "Nationals. Any property of theirs in the United States is blocked, and foreign banks that serve them "
        "risk secondary sanctions.\n\n"
        "Investigators traced the cargoes through ship-to-ship transfers off Malaysia and false documents that "
        "named Oman as the origin. Four of the tankers had been renamed since August.\n\n"
        "Tehran called the measures economic piracy. Shipping lawyers said the designations would raise freight "
        "rates for weeks, because the sanctioned tankers make up a tenth of the fleet on that route."
    ),
    source="The Trade Beacon",
    published_at=NOON,
    language="en",
)
"""Like the one before in kind and in words; they name nobody in common."""


def page(number: int, words: int = 60) -> Article:
    """An article that shares no word with any other number's."""
    text = invented(number, words)
    return Article(id=f"page-{number}", title=text[:40], body=text, source=f"Paper {number}", published_at=NOON)


def tagged(article: Article, score: float = 3.0, topic: str = "arctic", **changes: Any) -> TaggedArticle:
    """The article under a topic, without evidence."""
    return TaggedArticle(replace(article, **changes), match(topic=topic, score=score, why=()))
