"""What Prometheus would have scraped: a quiet day, and what each alert is to notice, beside what it must not.

Values are in promtool's own notation: `0+5x60` is a counter that grows by five at each of sixty scrapes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

Series = Mapping[str, str]
"""Values by series; `{n}` stands for as many scrapes as there are."""

OF_LAG = 'instance="lag:1",job="northwire-lag"'
_ARTICLES = f'{OF_LAG},kafka_topic="articles",partition="0"'
_TAGGING = f'{OF_LAG},group="northwire-tagging",kafka_topic="articles",partition="0"'

LAG_MESSAGES = f"northwire_group_lag_messages{{{_TAGGING}}}"
LAG_SECONDS = f"northwire_group_lag_seconds{{{_TAGGING}}}"
HEADROOM = f"northwire_group_retention_headroom_seconds{{{_TAGGING}}}"
LOST = f"northwire_group_lost_messages_total{{{_TAGGING}}}"
VOLUME = f"northwire_kafka_topic_messages_total{{{_ARTICLES}}}"
MEMBERS = f'northwire_group_members{{{OF_LAG},group="northwire-tagging"}}'
UNKNOWN = f'northwire_group_state{{{OF_LAG},group="northwire-tagging",state="Unknown"}}'
LOOKED = f"northwire_lag_last_success_timestamp_seconds{{{OF_LAG}}}"
CANARY_LAST = f"northwire_canary_last_received_timestamp_seconds{{{OF_LAG}}}"
CANARY_INTERVAL = f"northwire_canary_interval_seconds{{{OF_LAG}}}"
CANARY_SENT = f"northwire_canary_sent_total{{{OF_LAG}}}"
CANARY_LOST = f"northwire_canary_lost_total{{{OF_LAG}}}"
CANARY_AGAIN = f"northwire_canary_duplicates_total{{{OF_LAG}}}"
CANARY_TRIPS = f"northwire_canary_round_trip_seconds_count{{{OF_LAG}}}"
CANARY_SOON = f'northwire_canary_round_trip_seconds_bucket{{{OF_LAG},le="2.0"}}'


def up(job: str) -> str:
    return f'up{{instance="{job}:1",job="{job}"}}'


def worker(name: str, job: str = "northwire-tagging", **labels: str) -> str:
    """A series of a worker."""
    every = {"instance": f"{job}:1", "job": job, **labels}
    told = ",".join(f'{label}="{value}"' for label, value in every.items())
    return f"northwire_{name}{{{told}}}"


TAGGED, UNTAGGED, REFUSED = (
    worker("articles_total", stage="tagging", outcome=outcome) for outcome in ("tagged", "untagged", "rejected")
)
NEWS, UNTOLD = (
    worker("articles_total", "northwire-stories", stage="stories", outcome=outcome) for outcome in ("news", "rejected")
)
FAILED, UNDELIVERABLE, NOT_JSON = (
    worker("rejected_total", reason=reason) for reason in ("failed", "undeliverable", "not-json")
)
ALERTS = worker("alert_latency_seconds_count", "northwire-stories", topic="arctic")
SOON = worker("alert_latency_seconds_bucket", "northwire-stories", topic="arctic", le="1.0")
LOADED, RELOADS = worker("topics_loaded"), worker("topic_reloads_total", outcome="refused")
TOPIC, BUILD = worker("topic_info", topic="arctic", version="1"), worker("build_info", version="0.1.0")
UNREADABLE = worker("journal_unreadable_total", "northwire-stories")
REBALANCES, IN_HAND, STOPPED = map(worker, ("rebalances_total", "inflight_messages", "stopped_partitions"))
SOURCE, SOURCE_LAST = (
    worker(name, source="Courier") for name in ("source_articles_total", "source_last_article_timestamp_seconds")
)

WATCHDOG = "NorthwireWatchdog"

_BUDGETS: Mapping[str, Callable[[int], Series]] = {
    "NorthwireAlertsLate": lambda wrong: {ALERTS: "0+1000x{n}", SOON: f"0+{1000 - wrong}x{{n}}"},
    "NorthwireArticlesUndelivered": lambda wrong: {UNTAGGED: "0+1000x{n}", FAILED: f"0+{wrong}x{{n}}"},
    "NorthwireCanariesLost": lambda wrong: {CANARY_SENT: "0+1000x{n}", CANARY_LOST: f"0+{wrong}x{{n}}"},
}
"""What is promised, with so many of a thousand going wrong."""


def quiet(step: int) -> dict[str, str]:
    """All is well: fifty articles, two alerts and a canary at each scrape, every `step` seconds."""
    still = (
        *(LAG_MESSAGES, LAG_SECONDS, LOST, UNKNOWN, CANARY_LOST, CANARY_AGAIN, REFUSED, UNTOLD),
        *(FAILED, UNDELIVERABLE, NOT_JSON, RELOADS, UNREADABLE, STOPPED),
    )
    ones = (
        *map(up, ("northwire-tagging", "northwire-stories", "northwire-lag", "prometheus", "alertmanager")),
        *(MEMBERS, TOPIC, BUILD, REBALANCES),
    )
    return {
        **dict.fromkeys(still, "0x{n}"),
        **dict.fromkeys(ones, "1x{n}"),
        **dict.fromkeys((LOOKED, CANARY_LAST, SOURCE_LAST), f"0+{step}x{{n}}"),
        **dict.fromkeys((CANARY_SENT, CANARY_TRIPS, CANARY_SOON, SOURCE), "0+1x{n}"),
        **dict.fromkeys((TAGGED, NEWS, ALERTS, SOON), "0+2x{n}"),
        UNTAGGED: "0+48x{n}",
        VOLUME: "0+50x{n}",
        HEADROOM: "604800x{n}",
        CANARY_INTERVAL: "60x{n}",
        LOADED: "3x{n}",
        IN_HAND: "20x{n}",
    }


class Case(NamedTuple):
    """A change to the quiet day, and which alerts fire some seconds later, beside the watchdog.

    An alert about a budget is called so with the time that it looks at: `NorthwireAlertsLate 1h`.
    """

    alert: str
    """What the case is about."""

    change: Series
    after: int
    firing: frozenset[str]
    step: int = 10


def cases() -> Iterator[Case]:
    """For each alert what sets it off, and what is near and does not."""

    def case(alert: str, after: int, change: Series, *others: str, fires: bool = True, step: int = 10) -> Case:
        return Case(alert, change, after, frozenset({*others, *([alert] if fires else [])}), step)

    def near(alert: str, after: int, change: Series, *others: str, step: int = 10) -> Case:
        return case(alert, after, change, *others, fires=False, step=step)

    yield case("NorthwireKafkaAway", 120, {LOOKED: "0+10x4 40x{n}"})
    yield near("NorthwireKafkaAway", 120, {LOOKED: "0+10x9 90x{n}"})

    stands = {LAG_MESSAGES: "0+50x{n}", LAG_SECONDS: "0+10x{n}"}
    yield case("NorthwireStalled", 100, stands)
    yield case("NorthwireStalled", 240, stands, "NorthwireBehind")
    yield near("NorthwireStalled", 100, {LAG_MESSAGES: "5000-10x{n}", LAG_SECONDS: "90x{n}"})
    yield near("NorthwireStalled", 600, {VOLUME: "7x{n}"})  # nothing comes, nothing waits
    unseen = {LOOKED: "0+10x6 60x12 190+10x{n}", VOLUME: "0+50x6 300x12 350+50x{n}", LAG_SECONDS: "0x18 130x6 0x{n}"}
    yield near("NorthwireStalled", 230, unseen, "NorthwireKafkaAway")  # the broker was away, and is back

    yield case("NorthwireGroupWithoutMembers", 180, {MEMBERS: "0x{n}"})
    yield near("NorthwireGroupWithoutMembers", 180, {MEMBERS: "0x{n}", UNKNOWN: "1x{n}"})
    yield near("NorthwireGroupWithoutMembers", 180, {MEMBERS: "1x6 0x3 1x{n}"})

    yield case("NorthwireBehind", 180, {LAG_MESSAGES: "400x{n}", LAG_SECONDS: "40x{n}"})
    yield near("NorthwireBehind", 180, {LAG_MESSAGES: "400x{n}", LAG_SECONDS: "20x{n}"})

    slow = {LAG_MESSAGES: "99x{n}", LAG_SECONDS: "20x{n}"}
    yield case("NorthwireRetentionRisk", 120, {**slow, HEADROOM: "2x{n}"})
    yield near("NorthwireRetentionRisk", 120, {**slow, HEADROOM: "3x{n}"})
    yield near("NorthwireRetentionRisk", 120, {HEADROOM: "+Inf " * 13})

    yield case("NorthwireMessagesDeletedUnread", 900, {LOST: "0x80 1x{n}", UNTAGGED: "0+4800x{n}"})
    yield case("NorthwireMessagesDeletedUnread", 900, {LOST: "_x80 1x{n}"})  # its first sample is a loss already
    yield case("NorthwireMessagesDeletedUnread", 7200, {LOST: "0x90 1x{n}"}, step=60)
    yield near("NorthwireMessagesDeletedUnread", 7200, {LOST: "8x{n}"}, step=60)  # long ago

    yield case("NorthwireCanaryMissing", 240, {CANARY_LAST: "0+10x5 50x{n}"})
    yield near("NorthwireCanaryMissing", 240, {CANARY_LAST: "0+10x15 150x{n}"})
    yield near("NorthwireCanaryMissing", 240, {CANARY_LAST: "0x{n}", CANARY_INTERVAL: "0x{n}"})

    yield case("NorthwireCanaryLate", 900, {CANARY_SOON: "0x{n}"})
    yield near("NorthwireCanaryLate", 900, {CANARY_SOON: "0x3 0+1x{n}"})
    yield near("NorthwireCanaryLate", 900, {CANARY_SOON: "0x55 0+1x{n}"})  # it was so, and is over

    yield case("NorthwireCanaryDuplicates", 900, {CANARY_AGAIN: "0x30 0+1x{n}"})
    yield near("NorthwireCanaryDuplicates", 3600, {CANARY_AGAIN: "0x20 1x{n}"}, step=60)

    yield case("NorthwirePartitionStopped", 300, {STOPPED: "0x20 1x{n}"})
    yield near("NorthwirePartitionStopped", 900, {STOPPED: "0x2 1x2 0x{n}"})  # it is over

    flood = {REFUSED: "0x30 0+100x{n}", NOT_JSON: "0x30 0+100x{n}"}
    yield case("NorthwirePoisonFlood", 420, flood)
    yield case("NorthwirePoisonFlood", 720, flood, "NorthwireRejected")
    yield near("NorthwirePoisonFlood", 420, {REFUSED: "0x30 0+2x{n}"})
    yield near(
        "NorthwirePoisonFlood", 420, {UNTAGGED: "0x{n}", TAGGED: "0x{n}", REFUSED: "0x30 1x{n}"}
    )  # one in a night

    yield case("NorthwireRejected", 2400, {REFUSED: "0+5x{n}"}, step=60)
    yield near("NorthwireRejected", 2400, {REFUSED: "0+1x{n}"}, step=60)
    yield near("NorthwireRejected", 2400, {REFUSED: "0+20x20 400x{n}"}, step=60)  # it is over

    yield case("NorthwireNoTopics", 240, {LOADED: "3x6 0x{n}"})
    yield near("NorthwireNoTopics", 240, {LOADED: "0x{n}"})  # it waits for its first

    yield case("NorthwireTopicsRefused", 900, {RELOADS: "0x30 1x{n}"})
    yield case("NorthwireTopicsRefused", 900, {RELOADS: "_x30 1x{n}"})
    yield case("NorthwireTopicsRefused", 7200, {RELOADS: "0x90 1x{n}"}, step=60)
    yield near("NorthwireTopicsRefused", 7200, {RELOADS: "1x{n}"}, step=60)

    other = worker("topic_info", instance="northwire-tagging:2", topic="arctic", version="2")
    yield case("NorthwireTopicVersionSkew", 900, {other: "1x{n}"})
    yield near("NorthwireTopicVersionSkew", 900, {other: "1x30 _x{n}"})

    newer = worker("build_info", instance="northwire-tagging:2", version="0.2.0")
    yield case("NorthwireVersionSkew", 2400, {newer: "1x{n}"}, step=60)
    yield near("NorthwireVersionSkew", 2400, {newer: "1x15 _x{n}"}, step=60)

    yield case("NorthwireJournalUnreadable", 900, {UNREADABLE: "0x30 1x{n}"})
    yield case("NorthwireJournalUnreadable", 7200, {UNREADABLE: "0x90 1x{n}"}, step=60)
    yield near("NorthwireJournalUnreadable", 7200, {UNREADABLE: "3x{n}"}, step=60)

    yield case("NorthwireRebalanceStorm", 900, {REBALANCES: "1+1x{n}"})
    yield near("NorthwireRebalanceStorm", 900, {REBALANCES: "1x20 2x20 3x{n}"})

    yield case("NorthwireBackPressure", 900, {IN_HAND: "1000x{n}"})
    yield near("NorthwireBackPressure", 900, {IN_HAND: "1000x12 20x{n}"})

    long = 300
    silent = {SOURCE: "0+50x100 5000x{n}", SOURCE_LAST: f"0+{long}x100 {100 * long}x{{n}}"}
    yield case("NorthwireSourceSilent", 200 * long, silent, step=long)
    yield near("NorthwireSourceSilent", 150 * long, silent, step=long)
    rare = {SOURCE: "0x50 1x{n}", SOURCE_LAST: f"{50 * long}x{{n}}"}
    yield near("NorthwireSourceSilent", 200 * long, rare, step=long)

    for alert, wrong in _BUDGETS.items():
        hour, hours, days = (f"{alert} {over}" for over in ("1h", "6h", "3d"))
        yield near(hour, 600, wrong(10))
        yield case(hour, 600, wrong(20))
        yield near(hours, 40 * 60, wrong(10), step=60)
        yield case(hours, 60 * 60, wrong(10), step=60)
        yield near(days, 6 * 3600, wrong(3), step=300)
        yield case(days, 8 * 3600, wrong(3), step=300)
    yield near("NorthwireAlertsLate 1h", 3600, {ALERTS: "0x30 3x{n}", SOON: "0x{n}"}, step=60)  # three in a night
    burst = {ALERTS: "0+20x{n}", SOON: "0+20x60 1200x5 1300+20x{n}"}
    yield case("NorthwireAlertsLate 1h", 66 * 60, burst, step=60)
    for over, minutes in (("6h", 94), ("3d", 424)):  # told once, and not again before the window has passed it
        yield near(f"NorthwireAlertsLate {over}", minutes * 60, burst, step=60)
    yield near("NorthwireArticlesUndelivered 1h", 600, {NOT_JSON: "0+1x{n}"})  # refused for cause, and kept
    yield near("NorthwireCanariesLost 1h", 3600, {CANARY_LOST: "0x30 1x{n}"}, step=60)

    for stage in ("lag", "tagging", "stories"):
        gone = {up(f"northwire-{stage}"): "0x{n}"}
        yield case(f"Northwire{stage.title()}Absent", 240, gone, "NorthwireTargetDown")
        yield near(f"Northwire{stage.title()}Absent", 90, gone)
    yield case("NorthwireTargetDown", 240, {'up{instance="t:2",job="northwire-tagging"}': "0x{n}"})
    yield near("NorthwireTargetDown", 90, {'up{instance="t:2",job="northwire-tagging"}': "0x{n}"})
    yield case(WATCHDOG, 60, {})
    yield near("NorthwireKafkaAway", 7200, {}, step=60)  # a quiet day
    counters = (TAGGED, UNTAGGED, NEWS, VOLUME, SOURCE)
    nothing = {**dict.fromkeys(counters, "0x{n}"), SOURCE_LAST: "0x{n}"}
    yield near(
        "NorthwireCanaryMissing", 7200, {**nothing, ALERTS: "0x{n}", SOON: "0x{n}"}, step=60
    )  # no article at all
    starting = {
        **dict.fromkeys(map(up, ("northwire-tagging", "northwire-stories", "northwire-lag")), "_x9 1x{n}"),
        **dict.fromkeys((ALERTS, SOON, LOADED, VOLUME, LAG_MESSAGES, LAG_SECONDS), "_x{n}"),  # no topic yet
        LOOKED: "_x9 0 110+10x{n}",
        MEMBERS: "_x9 0x3 1x{n}",
        UNKNOWN: "_x9 1 0x{n}",
        CANARY_LAST: "_x9 100x3 140+10x{n}",
    }
    for after in (60, 120, 150, 300):  # an empty system begins
        yield near("NorthwireGroupWithoutMembers", after, {**nothing, **starting})
    deploy = {
        up("northwire-tagging"): "1x360 0x3 1x{n}",
        MEMBERS: "1x360 0x2 1x{n}",
        REBALANCES: "1x360 0x3 1x{n}",
        LAG_MESSAGES: "0x360 0+50x3 0x{n}",
        LAG_SECONDS: "0x360 0+10x3 0x{n}",
        ALERTS: "0+2x360 722x2 730+2x{n}",
        SOON: "0+2x360 722x2 722+2x{n}",
    }
    for after in (3640, 3900):  # workers are replaced, and half a minute's alerts are late
        yield near("NorthwireAlertsLate 1h", after, deploy)
