"""Newsroom: what the alerts are about, without canaries."""

from deploy.grafana.frame import Board, Shelf
from deploy.grafana.palette import RISING, above, below, colours
from deploy.grafana.panels import bars, lines, number
from deploy.grafana.queries import (
    GENUINE,
    age,
    course,
    growth,
    last,
    most,
    quantile,
    rate,
    series,
    share,
    total,
    whole,
)
from streams.metrics import (
    AGE,
    ALERTS,
    ARTICLES,
    LATENCY,
    LIVE_ARTICLES,
    LIVE_STORIES,
    MATCHES,
    PLACEMENTS,
    RULE_MATCHES,
    SOURCE_ALERTS,
    SOURCE_ARTICLES,
    SOURCE_LAST,
    SUBTOPIC_MATCHES,
)
from streams.model import Kind, Severity
from streams.stories.beat import MOST_ARTICLES

_SEVERITIES = tuple(severity.value for severity in Severity)
_KINDS = tuple(kind.value for kind in Kind)
_STORIES = 'stage="stories"'
_AGAIN = 'cause!="first"'
"""A canary is always the first of its story."""
_NO_ARTICLES = "no dated article came"
_NO_MATCHES = "no topic fired"

_SIGNALS = Shelf(
    5,
    (
        number(
            "Alerts a minute",
            "Alerts that reach subscribers. Yellow: more than ten a minute, too many for a person to read; see which "
            "topic or rule it is.",
            course(f"60 * {total(rate(ALERTS, GENUINE))}", "alerts"),
            width=4,
            unit="cpm",
            steps=above(10, 60),
            decimals=1,
        ),
        number(
            "Article to alert",
            "99 of 100 alerts of the slowest topic were with Kafka this soon after their article, when there were last "
            "any. Red: over the promised second. See Pipeline.",
            course(f"max({quantile(0.99, LATENCY, GENUINE, by=('topic',))})", "p99", idle="no article became an alert"),
            width=4,
            unit="s",
            steps=above(0.75, 1),
            quiet="no alerts",
        ),
        number(
            "Put aside by stories",
            "Share of tagged articles that could not be told. Red: one in twenty. See the reasons in Pipeline.",
            course(
                share(total(rate(ARTICLES, _STORIES, 'outcome="rejected"')), total(rate(ARTICLES, _STORIES))),
                "put aside",
            ),
            width=4,
            unit="percentunit",
            steps=above(0.01, 0.05),
            decimals=1,
        ),
        number(
            "Memory used",
            f"Live articles of the fullest topic, of the {MOST_ARTICLES:,} that are remembered. Red: the oldest are "
            "about to be forgotten early, and told anew. Shorten NORTHWIRE_STORY_WINDOW_HOURS, or split the topic.",
            course(f"{most(series(LIVE_ARTICLES, GENUINE))} / {MOST_ARTICLES}", "fullest topic"),
            width=4,
            unit="percentunit",
            steps=above(0.7, 0.9),
            decimals=1,
        ),
        number(
            "Woke nobody",
            "Share of matches that told nothing new: copies, repeats and old news, in the time shown. Yellow: fewer "
            "than one in ten. Sources that copied each other yesterday may be told apart wrongly.",
            last(
                f"1 - {total(growth(ALERTS, GENUINE))} / ({total(growth(MATCHES, GENUINE))} > 0)",
                "repeats",
                idle=_NO_MATCHES,
            ),
            width=4,
            unit="percentunit",
            steps=below(0.1, None),
            decimals=0,
            quiet="no matches",
        ),
        number(
            "Age of the news",
            "Half of the dated articles were published this long before they came. Red: a day. A feed is late, or "
            "an archive is being replayed; old news beyond the window is not told.",
            course(quantile(0.5, AGE), "p50", idle=_NO_ARTICLES),
            width=4,
            unit="s",
            steps=above(6 * 3600, 24 * 3600),
            quiet="no dated articles",
        ),
    ),
)

_ALERTS = Shelf(
    8,
    (
        number(
            "Alerts, by topic",
            "Alerts of each topic in the time shown. Yellow: none. A topic that is silent for a day while the others "
            "speak has lost its sources or its rules.",
            last(whole(total(growth(ALERTS, GENUINE), "topic")), "{{topic}}"),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
            filled=False,
        ),
        lines(
            "Alerts, by severity",
            "Alerts a minute by how severe they are. Much red is either great news or a rule that weighs too much: "
            "see the top rules.",
            course(f"60 * {total(rate(ALERTS, GENUINE), 'severity')}", "{{severity}}"),
            width=8,
            unit="cpm",
            steps=above(10, 60),
            colours=colours(_SEVERITIES, RISING),
            stacked=True,
        ),
        lines(
            "Alerts, by kind",
            "Alerts a minute by what they say of a story: new, updated, escalated or corrected. Above the line "
            "it is more than anyone reads. Many new ones at once may be one story told apart.",
            course(f"60 * {total(rate(ALERTS, GENUINE), 'kind')}", "{{kind}}"),
            width=8,
            unit="cpm",
            steps=above(10, 60),
            colours=colours(_KINDS),
            stacked=True,
            limit=True,
        ),
    ),
    "Alerts",
)

_SUBJECTS = Shelf(
    10,
    (
        bars(
            "Top sub-topics",
            "The twelve sub-topics with most matches in the time shown. Yellow: no match at all. One that never leads "
            "may have rules that never count: `northwire topics check`.",
            last(f"topk(12, {whole(total(growth(SUBTOPIC_MATCHES), 'topic', 'subtopic'))})", "{{topic}}: {{subtopic}}"),
            width=12,
            unit="short",
            steps=below(1, None),
            decimals=0,
        ),
        bars(
            "Top rules",
            "The twelve rules that count in the largest share of their topic's matches, in the time shown. Red: nine "
            "in ten. The topic hangs on one rule; see with `northwire topics explain` whether it is too loose.",
            last(
                f"topk(12, {total(growth(RULE_MATCHES), 'topic', 'rule')} / on (topic) group_left () "
                f"({total(growth(MATCHES, GENUINE), 'topic')} > 0))",
                "{{topic}}: {{rule}}",
                idle=_NO_MATCHES,
            ),
            width=12,
            unit="percentunit",
            steps=above(0.6, 0.9),
            decimals=0,
            highest=1,
        ),
    ),
    "What they are about",
)

_STORIES_SHELF = Shelf(
    8,
    (
        number(
            "Live stories, by topic",
            "Stories that are remembered. Yellow: none. After a restart they come back from the journal within "
            "seconds; if they do not, what was told before is told again.",
            course(total(series(LIVE_STORIES, GENUINE), "topic"), "{{topic}}"),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
            filled=False,
        ),
        number(
            "Repeats, by topic",
            "Matches that woke nobody, in the time shown: what readers were spared. Yellow: none, though there were "
            "matches; copies may be told as news.",
            last(
                f"clamp_min({whole(total(growth(MATCHES, GENUINE), 'topic'))} - "
                f"on (topic) {whole(total(growth(ALERTS, GENUINE), 'topic'))}, 0)",
                "{{topic}}",
            ),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
            filled=False,
        ),
        bars(
            "What decided, after the first article",
            "Further articles of a story by what decided on them. Figures, outlets, severity and revision wake "
            "readers; copy, repeat, seen and old do not. Yellow: over a thousand; much `seen` is a source that sends "
            "everything twice.",
            last(whole(total(growth(PLACEMENTS, _AGAIN), "cause")), "{{cause}}"),
            width=8,
            unit="short",
            steps=above(1_000, 10_000),
            decimals=0,
        ),
    ),
    "Stories",
)

_SOURCES = Shelf(
    8,
    (
        bars(
            "Articles, by source",
            "Articles in the time shown from each source in NORTHWIRE_SOURCES; all others, and canaries, are `other`. "
            "Yellow: none.",
            last(whole(total(growth(SOURCE_ARTICLES), "source")), "{{source}}"),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
        ),
        bars(
            "Alerts, by source",
            "Alerts in the time shown by the source of their article; canaries are among `other`. Yellow: none. A "
            "source with many articles and no alert may have changed its form.",
            last(whole(total(growth(SOURCE_ALERTS), "source")), "{{source}}"),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
        ),
        bars(
            "Silence, by source",
            "Since the last article of each source in NORTHWIRE_SOURCES. Red: a day. Its feed is broken, or it has "
            "nothing to say; ask the source before you ask Northwire.",
            last(age(most(series(SOURCE_LAST), "source")), "{{source}}", idle="NORTHWIRE_SOURCES is empty"),
            width=8,
            unit="s",
            steps=above(6 * 3600, 24 * 3600),
            quiet="no sources listed",
        ),
    ),
    "Sources",
)

NEWSROOM = Board(
    "newsroom",
    "Northwire newsroom",
    "What the alerts are about: topics, severity, sub-topics, rules, sources, and what readers were spared.",
    (_SIGNALS, _ALERTS, _SUBJECTS, _STORIES_SHELF, _SOURCES),
    shown="now-24h",
)
