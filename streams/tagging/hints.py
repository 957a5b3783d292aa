"""What an editor says of each key of a topic file; docs/topics.md says it at length."""

from collections.abc import Mapping

from streams.tagging.text import LEDE_LENGTH
from streams.tagging.weighing import UNDAMPED

HINTS: Mapping[str, Mapping[str, str]] = {
    "Topic": {
        "id": "Small letters, digits and hyphens. It also names the Kafka topic of the alerts: alerts.ID.",
        "title": "What the topic is called, for people.",
        "version": "A text, such as '1'. It is stamped on matches and alerts: raise it with every change.",
        "rules": "What to look for. Each term that is found adds the weight of its rule to the score.",
        "threshold": "The score at which the topic fires.",
        "context_within": "How near another term must stand to one that needs context, in words.",
        "title_boost": "What a finding in the title is worth, times its weight.",
        "lede_boost": f"What a finding in the first {LEDE_LENGTH} characters of the body is worth, times its weight.",
        "damping": (
            f"How much long texts are damped: beyond {UNDAMPED:,} characters every weight is divided by "
            f"1 + damping × log₂(characters / {UNDAMPED:,}). 0 damps nothing."
        ),
        "subtopics": "The id and the title of each sub-topic that rules name.",
        "exclusions": "Words, phrases and queries with a place: what they cover does not count. The article still may.",
        "examples": "Texts that prove the topic; `northwire topics test` tries them.",
    },
    "Rule": {
        "id": "Small letters, digits and hyphens. It is shown with every finding.",
        "terms": (
            "What to find. A word or phrase in any letter case; word*; case:WORD; title:, lede:; AND, OR, NOT; "
            "a NEAR/8 b, a ONEAR/4 b; ATLEAST/3 a."
        ),
        "weight": "How much a finding says. One of the weight of the threshold is enough for the topic to fire.",
        "subtopic": "One of the sub-topics: what an article is about that the rule finds something in.",
        "needs_context": "Whether terms count only in the title, or near another term of the topic.",
    },
    "Examples": {
        "match": "Texts on which the topic must fire.",
        "no_match": "Texts on which it must not.",
    },
    "Example": {
        "title": "The title, on one line.",
        "body": "The text.",
    },
}
"""By the class in `streams.tagging.topics`, then by the key."""
