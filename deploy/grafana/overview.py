"""Northwire overview: does it keep its promise?"""

from deploy.grafana.frame import Board, Shelf
from deploy.grafana.palette import SERIES, above, below, colours
from deploy.grafana.panels import band, lines, number
from deploy.grafana.queries import (
    GENUINE,
    SHOWN,
    age,
    course,
    growth,
    last,
    least,
    most,
    quantile,
    rate,
    series,
    share,
    total,
    up,
    whole,
)
from streams.metrics import (
    ARTICLES,
    CANARY_DUPLICATES,
    CANARY_LAST,
    CANARY_LOST,
    CANARY_ROUND_TRIP,
    HEADROOM,
    LAG_SECONDS,
    LATENCY,
    LOADED,
    LOOKED,
    LOST,
    MATCHES,
    REJECTED,
)

OURS = 'group=~"northwire-(tagging|stories)"'
GROUPS = ("northwire-tagging", "northwire-stories")
TAGGING = 'stage="tagging"'
IDLE = "no article became an alert"
QUIET_MATCHES = 1 / 200
"""Matches per second that a topic is taken to have at least: of fewer, one more is no burst."""

_PROMISE = Shelf(
    5,
    (
        number(
            "Lost",
            "Messages that Kafka deleted before they were read, and canaries that did not come out, in the time shown. "
            "Red: something was lost. See in Pipeline which group is behind, and raise retention before all else.",
            last(whole(total(growth(LOST))), "deleted unread"),
            last(whole(total(growth(CANARY_LOST))), "canaries"),
            width=4,
            unit="short",
            steps=above(None, 1),
            decimals=0,
        ),
        number(
            "Twice",
            "Alerts of canaries that came more than once, in the time shown. Yellow: a worker was killed or replaced "
            "and sent again; subscribers remove these by id. Red: it goes on; look at rebalances in Pipeline.",
            last(whole(total(growth(CANARY_DUPLICATES))), "canaries"),
            width=4,
            unit="short",
            steps=above(1, 5),
            decimals=0,
        ),
        number(
            "Article to alert",
            "99 of 100 alerts were with Kafka this soon after their article, when there were last any. Red: over the "
            "promised second. See in Pipeline whether a stage is behind or slow.",
            course(quantile(0.99, LATENCY, GENUINE), "p99", idle=IDLE),
            width=4,
            unit="s",
            steps=above(0.75, 1),
            quiet="no alerts",
        ),
        number(
            "Oldest unread",
            "How long the oldest message that a worker has not finished has been lying in Kafka, by the broker's word. "
            "Red: articles wait for half a minute. Start more workers, or see in Pipeline which partition is still.",
            course(most(series(LAG_SECONDS, OURS)), "oldest"),
            width=4,
            unit="s",
            steps=above(5, 30),
        ),
        number(
            "Articles a second",
            "Articles that tagging takes in. Yellow: nothing but canaries comes. At night this may be right; "
            "else see that what feeds Kafka still runs.",
            course(total(rate(ARTICLES, TAGGING)), "articles"),
            width=4,
            unit="cps",
            steps=below(0.05, None),
        ),
        number(
            "Last canary",
            "Since a marked article last went all the way from Kafka to an alert; one goes every minute. Red: the road "
            "is cut, whatever the other panels say. Find in Pipeline where it ends.",
            course(age(most(series(CANARY_LAST))), "ago"),
            width=4,
            unit="s",
            steps=above(90, 150),
        ),
    ),
)

_HEALTH = Shelf(
    4,
    (
        number(
            "Processes up",
            "Processes of each kind that Prometheus reaches. Red: none of a kind. Start it, and read the last lines "
            "of its log.",
            last(total(up(), "job"), "{{job}}"),
            width=8,
            unit="short",
            steps=below(None, 1),
            decimals=0,
        ),
        number(
            "Put aside",
            "Share of all messages that workers put aside in articles.rejected. Red: one in twenty. See the reasons "
            "in Pipeline; a source has changed what it sends, or a worker has a bug.",
            course(share(total(rate(REJECTED)), total(rate(ARTICLES))), "put aside"),
            width=4,
            unit="percentunit",
            steps=above(0.01, 0.05),
            decimals=1,
        ),
        number(
            "Until deletion",
            "How long the oldest unread message still has before Kafka deletes it. Red: a tenth of a week is left. "
            "Raise retention.ms of that Kafka topic now, then catch up.",
            course(least(series(HEADROOM, OURS)), "left"),
            width=4,
            unit="s",
            steps=below(48 * 3600, 17 * 3600),
        ),
        number(
            "Broker last seen",
            "Since `northwire lag` last looked at the broker. Red: what is said here of loss, lag and deletion is old. "
            "See that the broker answers.",
            course(age(most(series(LOOKED))), "ago"),
            width=4,
            unit="s",
            steps=above(15, 30),
        ),
        number(
            "Topics watched",
            "The fewest topics that any worker has in force. Red: a worker watches nothing. See its log for topic "
            "files that were refused.",
            course(least(series(LOADED)), "topics"),
            width=4,
            unit="short",
            steps=below(None, 1),
            decimals=0,
        ),
    ),
)

_COURSE = Shelf(
    8,
    (
        lines(
            "Article to alert, over time",
            "Half of all alerts, and 99 of 100, were with Kafka this soon after their article; and how long canaries "
            "took there and back. Above the line at one second the promise is broken: see the stages in Pipeline.",
            course(quantile(0.5, LATENCY, GENUINE), "p50", idle=IDLE),
            course(quantile(0.99, LATENCY, GENUINE), "p99", idle=IDLE),
            course(quantile(0.99, CANARY_ROUND_TRIP), "canary p99", idle="no canary came in this interval"),
            width=12,
            unit="s",
            steps=above(0.75, 1),
            colours=colours(("p50", "p99", "canary p99")),
            limit=True,
            interval="2m",
        ),
        lines(
            "Oldest unread, over time",
            "How far each stage is behind, in seconds, by the broker's word. A line that climbs steadily is a stage "
            "that stands still; one that falls is catching up.",
            course(most(series(LAG_SECONDS, OURS), "group"), "{{group}}"),
            width=12,
            unit="s",
            steps=above(5, 30),
            colours=colours(GROUPS),
            limit=True,
        ),
    ),
    "The promise, over time",
)

_VOLUME = Shelf(
    6,
    (
        number(
            "Matches a minute, by topic",
            "Articles that each topic fired on. Yellow: none. A topic that falls silent while articles come has lost "
            "its source or its rules: see Topics among the marks.",
            course(f"60 * {total(rate(MATCHES, GENUINE), 'topic')}", "{{topic}}"),
            width=24,
            unit="cpm",
            steps=below(0.001, None),
            decimals=1,
            filled=False,
        ),
    ),
    "Volume",
)

_BURSTS = Shelf(
    7,
    (
        band(
            "Bursts",
            "Matches of the last minutes beside the topic's mean over the time shown. Yellow: three times as many; "
            "red: ten times. News breaks, or a source repeats itself: see the stories in Newsroom.",
            course(
                f"{total(rate(MATCHES, GENUINE), 'topic')} / "
                f"clamp_min({total(rate(MATCHES, GENUINE, over=SHOWN), 'topic')}, {QUIET_MATCHES})",
                "{{topic}}",
            ),
            width=12,
            unit="short",
            steps=above(3, 10),
            interval="5m",
        ),
        lines(
            "What becomes of articles",
            "Articles a second by what tagging made of them. Put aside is a fault of the article or ours: if red "
            "shows, see the reasons in Pipeline.",
            course(total(rate(ARTICLES, TAGGING), "outcome"), "{{outcome}}"),
            width=12,
            unit="cps",
            steps=below(0.05, None),
            colours={"tagged": SERIES[1], "untagged": SERIES[0], "rejected": SERIES[6]},
            stacked=True,
        ),
    ),
)

OVERVIEW = Board(
    "overview",
    "Northwire overview",
    "Whether Northwire keeps its promise: nothing lost, nothing twice, within a second. Blue is right, yellow wants "
    "a look, red wants you now.",
    (_PROMISE, _HEALTH, _COURSE, _VOLUME, _BURSTS),
)
