"""Pipeline: where on the road something is slow, stuck or refused."""

from deploy.grafana.frame import Board, Shelf
from deploy.grafana.overview import GROUPS, OURS
from deploy.grafana.palette import SERIES, above, below, colours
from deploy.grafana.panels import band, bars, lines, number
from deploy.grafana.queries import (
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
    whole,
)
from streams.metrics import (
    ARTICLES,
    ASSIGNED,
    CANARY_LOST,
    CANARY_RECEIVED,
    CANARY_ROUND_TRIP,
    CANARY_SENT,
    HEADROOM,
    IN_FLIGHT,
    LAG_MESSAGES,
    LAG_SECONDS,
    LOST,
    MEMBERS,
    PROCESSING,
    PROGRESS,
    REBALANCES,
    REJECTED,
    RELOADS,
    STATE,
    STORIES,
    TAGGING,
    UNREADABLE,
)

STAGES = (TAGGING, STORIES)
OUTCOMES = {TAGGING: ("untagged", "tagged", "rejected"), STORIES: ("news", "repeat", "rejected")}
_PLACE = ("kafka_topic", "partition")
_IDLE = "the stage handled nothing"
_PUT_ASIDE = share(total(rate(ARTICLES, 'outcome="rejected"'), "stage"), total(rate(ARTICLES), "stage"))
_STANDING = (
    f"({age(most(series(PROGRESS), *_PLACE))}) * on ({', '.join(_PLACE)}) "
    f"({most(series(LAG_MESSAGES, OURS), *_PLACE)} > bool 0)"
)

_SIGNALS = Shelf(
    5,
    (
        number(
            "Traffic",
            "Messages a second that each stage handles. Yellow: none but canaries. Where one stage has traffic and "
            "lag grows at the other, look at that other one.",
            course(total(rate(ARTICLES), "stage"), "{{stage}}"),
            width=6,
            unit="cps",
            steps=below(0.01, None),
        ),
        number(
            "Errors",
            "Share of its messages that each stage puts aside. Red: one in twenty. The reasons are below; the "
            "originals are in articles.rejected.",
            course(_PUT_ASIDE, "{{stage}}"),
            width=6,
            unit="percentunit",
            steps=above(0.01, 0.05),
            decimals=1,
        ),
        number(
            "Time for a message",
            "99 of 100 messages take each stage no longer, deliveries not counted. Red: a tenth of a second. An "
            "article or a topic file costs too much: see marks of topics, then profile with `northwire tag`.",
            course(quantile(0.99, PROCESSING, by=("stage",)), "{{stage}}", idle=_IDLE),
            width=6,
            unit="s",
            steps=above(0.02, 0.1),
        ),
        number(
            "Saturation: oldest unread",
            "How long the oldest message that each group has not finished has been lying in Kafka. Red: a minute. "
            "Start more workers of that stage, up to one for each partition.",
            course(most(series(LAG_SECONDS, OURS), "group"), "{{group}}"),
            width=6,
            unit="s",
            steps=above(5, 30),
        ),
    ),
)

_STAGES = Shelf(
    8,
    (
        lines(
            "Rate",
            "Messages a second by stage and by what became of them. Stories gets what tagging tagged, a few in a "
            "hundred. A line that ends is a stage that is gone.",
            course(total(rate(ARTICLES), "stage", "outcome"), "{{stage}} {{outcome}}"),
            width=8,
            unit="cps",
            steps=below(0.01, None),
            colours=colours(f"{stage} {outcome}" for stage in STAGES for outcome in OUTCOMES[stage]),
        ),
        bars(
            "Put aside, by reason",
            "Messages put aside in the time shown. Yellow: some. Red: a hundred. `failed` is a bug of ours and "
            "`undeliverable` is Kafka's refusal: report them; the others are the sender's to mend.",
            last(whole(total(growth(REJECTED), "reason")), "{{reason}}"),
            width=8,
            unit="short",
            steps=above(1, 100),
            decimals=0,
        ),
        lines(
            "Duration",
            "Time that a message takes a stage, for half of them and for 99 of 100. Above the upper line it is too "
            "slow to keep the second: see which topic or version came at that time.",
            course(quantile(0.5, PROCESSING, by=("stage",)), "{{stage}} p50", idle=_IDLE),
            course(quantile(0.99, PROCESSING, by=("stage",)), "{{stage}} p99", idle=_IDLE),
            width=8,
            unit="s",
            steps=above(0.02, 0.1),
            colours=colours(f"{stage} {part}" for part in ("p50", "p99") for stage in STAGES),
            limit=True,
        ),
    ),
    "Stages",
)

_LAG = Shelf(
    8,
    (
        lines(
            "Unread messages",
            "Messages that each group has not finished, over all partitions, by the broker's word. A line that climbs "
            "while traffic is steady is a stage that cannot keep up.",
            course(total(series(LAG_MESSAGES, OURS), "group"), "{{group}}"),
            width=12,
            unit="short",
            steps=above(1_000, 100_000),
            colours=colours(GROUPS),
        ),
        lines(
            "Until deletion",
            "How long the oldest unread message of each group still has before Kafka deletes it. Below the lower line "
            "messages are about to be lost: raise retention.ms first, then catch up.",
            course(f"{least(series(HEADROOM, OURS), 'group')} < +Inf", "{{group}}", idle="Kafka never deletes"),
            width=12,
            unit="s",
            steps=below(48 * 3600, 17 * 3600),
            colours=colours(GROUPS),
            limit=True,
        ),
    ),
    "Lag and retention",
)

_PARTITIONS = Shelf(
    9,
    (
        band(
            "Oldest unread, by partition",
            "The age of the oldest unread message of each partition. One red band among blue ones is a partition "
            "that stands still; all red is a stage that is too slow or gone.",
            course(most(series(LAG_SECONDS, OURS), *_PLACE), "{{kafka_topic}}/{{partition}}"),
            width=12,
            unit="s",
            steps=above(5, 30),
        ),
        band(
            "Standing still, by partition",
            "Since a partition last moved while messages wait in it; zero where none wait. Red: nothing moved for a "
            "minute. Its worker hangs: restart it, then read its log.",
            course(_STANDING, "{{kafka_topic}}/{{partition}}"),
            width=12,
            unit="s",
            steps=above(30, 60),
        ),
    ),
    "Partitions",
)

_WORKERS = Shelf(
    7,
    (
        bars(
            "Partitions, by worker",
            "How many partitions each worker reads. Yellow: none, so it is a spare, or has not joined its group. If "
            "no worker of a stage has any, see the state of the group.",
            last(total(series(ASSIGNED), "job", "instance"), "{{job}} {{instance}}"),
            width=8,
            unit="short",
            steps=below(1, None),
            decimals=0,
        ),
        bars(
            "In flight, by worker",
            "Messages that a worker has taken in and not finished; it takes no more at 1,024. Red: half full. What "
            "comes after it is slow: Kafka, or the stage itself.",
            last(total(series(IN_FLIGHT), "job", "instance"), "{{job}} {{instance}}"),
            width=8,
            unit="short",
            steps=above(250, 500),
            decimals=0,
            highest=1024,
        ),
        bars(
            "Rebalances, by worker",
            "How often partitions were assigned anew in the time shown. A start is one. Red: ten. Workers come and go, "
            "or miss their session: see restarts and processor time.",
            last(whole(total(growth(REBALANCES), "job", "instance")), "{{job}} {{instance}}"),
            width=8,
            unit="short",
            steps=above(4, 10),
            decimals=0,
        ),
    ),
    "Workers",
)

_GROUPS = Shelf(
    6,
    (
        band(
            "State of the groups",
            "Whether a consumer group is stable, in Kafka's words. Red: it is empty, dead or sharing out partitions. "
            "A short gap is a deploy; one that lasts is a group without workers.",
            course(most(series(STATE, 'state="Stable"'), "group"), "{{group}}"),
            width=9,
            unit="bool",
            steps=below(None, 1),
            says={"0": "not stable", "1": "stable"},
        ),
        number(
            "Members of the groups",
            "Workers that Kafka counts in each group. Red: nobody reads. Start workers of that stage.",
            course(most(series(MEMBERS), "group"), "{{group}}"),
            width=5,
            unit="short",
            steps=below(None, 1),
            decimals=0,
        ),
        number(
            "Deleted unread, by group",
            "Messages that Kafka deleted before the group read them, in the time shown. Red: they are lost. Raise "
            "retention, and send that time again from its source.",
            last(whole(total(growth(LOST), "group")), "{{group}}"),
            width=5,
            unit="short",
            steps=above(None, 1),
            decimals=0,
        ),
        number(
            "Refused in silence",
            "Changes of topics that were refused, and entries of the journal that could not be read, in the time "
            "shown. Yellow: the last good topics stay in force; mend the file that the log names. Red: it goes on.",
            last(whole(total(growth(RELOADS, 'outcome="refused"'))), "topic changes"),
            last(whole(total(growth(UNREADABLE))), "journal entries"),
            width=5,
            unit="short",
            steps=above(1, 10),
            decimals=0,
        ),
    ),
)

_CANARY = Shelf(
    7,
    (
        lines(
            "Canary: there and back",
            "From sending a canary to holding its alert, for half of them and for 99 of 100. Above the line the whole "
            "road takes more than two seconds; compare with the stages.",
            course(quantile(0.5, CANARY_ROUND_TRIP), "p50", idle="no canary came in this interval"),
            course(quantile(0.99, CANARY_ROUND_TRIP), "p99", idle="no canary came in this interval"),
            width=12,
            unit="s",
            steps=above(1, 2),
            colours=colours(("p50", "p99")),
            limit=True,
            interval="2m",
        ),
        lines(
            "Canaries a minute",
            "Canaries that went in, came out, and did not come out in time. Whenever the line of the lost is above "
            "zero, the road was cut or took more than two minutes: find in the panels above where.",
            course(f"60 * {total(rate(CANARY_SENT))}", "sent"),
            course(f"60 * {total(rate(CANARY_RECEIVED))}", "came out"),
            course(f"60 * {total(rate(CANARY_LOST))}", "lost"),
            width=12,
            unit="cpm",
            steps=below(0.5, None),
            colours={"sent": SERIES[1], "came out": SERIES[0], "lost": SERIES[6]},
            interval="2m",
        ),
    ),
    "Canary",
)

PIPELINE = Board(
    "pipeline",
    "Northwire pipeline",
    "Where on the road something is slow, stuck or refused: stages, lag, partitions, workers, and the canary.",
    (_SIGNALS, _STAGES, _LAG, _PARTITIONS, _WORKERS, _GROUPS, _CANARY),
)
