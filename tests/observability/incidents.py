"""What can go wrong, as Prometheus sees it happen: what fires, what of it is told, and what is held back.

Each begins five minutes into a quiet day; docs/runbook.md has the same table.
"""

from typing import NamedTuple

from tests.observability.weather import (
    ALERTS,
    CANARY_LAST,
    CANARY_LOST,
    LAG_MESSAGES,
    LAG_SECONDS,
    LOOKED,
    MEMBERS,
    NOT_JSON,
    OF_LAG,
    REFUSED,
    SOON,
    UNTOLD,
    VOLUME,
    Series,
    quiet,
    up,
    worker,
)


class Incident(NamedTuple):
    """A fault and its alerts."""

    name: str
    change: Series
    at: int
    """Seconds until all of it fires."""
    told: frozenset[str]
    held: frozenset[str]
    later: tuple[int, ...] = ()
    """Moments after it was mended, at which nothing else may be told."""


_LATE = {ALERTS: "0+2x29 60x23 108+2x{n}", SOON: "0+2x29 60x23 60+2x{n}"}
"""No alert for four minutes, then all of them too late."""

_AWAY = "1x29 0x23 1x{n}"

INCIDENTS = (
    Incident(
        "stop a worker",
        {
            **_LATE,
            up("northwire-tagging"): _AWAY,
            MEMBERS: "1x30 0x22 1x{n}",
            LAG_MESSAGES: "0x29 0+50x23 0x{n}",
            LAG_SECONDS: "0x29 0+10x23 0x{n}",
            CANARY_LAST: "0+10x29 290x25 560+10x{n}",
            CANARY_LOST: "0x41 1x5 2x5 3x{n}",
        },
        520,
        frozenset({"NorthwireStalled"}),
        frozenset(
            {
                "NorthwireBehind",
                "NorthwireCanaryMissing",
                "NorthwireGroupWithoutMembers",
                "NorthwireTaggingAbsent",
                "NorthwireTargetDown",
            }
        ),
        (600, 840, 1070, 1100, 1500),
    ),
    Incident(
        "kill the broker",
        {
            **_LATE,
            up("northwire-tagging"): _AWAY,
            up("northwire-stories"): _AWAY,
            LOOKED: "0+10x29 290x23 540+10x{n}",
            VOLUME: "0+50x29 1450x23 1500+50x{n}",
            LAG_SECONDS: "0x53 250x0 0x{n}",
            MEMBERS: "1x53 0x1 1x{n}",
            CANARY_LAST: "0+10x29 290x25 560+10x{n}",
            CANARY_LOST: "0x30 1x5 2x5 3x5 4x{n}",
        },
        520,
        frozenset({"NorthwireKafkaAway"}),
        frozenset(
            {
                "NorthwireCanaryMissing",
                "NorthwireStoriesAbsent",
                "NorthwireTaggingAbsent",
                "NorthwireTargetDown",
            }
        ),
        (600, 840, 1070, 1100, 1500),
    ),
    Incident(
        "poison flood",
        {REFUSED: "0x29 0+50x41 2050x{n}", NOT_JSON: "0x29 0+50x41 2050x{n}"},
        700,
        frozenset({"NorthwirePoisonFlood"}),
        frozenset({"NorthwireRejected"}),
        (780, 1020, 1140, 1500),
    ),
    Incident(
        "cut the canary",
        {
            CANARY_LAST: "0+10x29 290x43 740+10x{n}",
            CANARY_LOST: "0x41 1x5 2x5 3x5 4x5 5x5 6x5 7x{n}",
            worker("rejected_total", "northwire-stories", reason="undeliverable"): "0x29 1x5 2x5 3x5 4x5 5x5 6x5 7x{n}",
            UNTOLD: "0x29 1x5 2x5 3x5 4x5 5x5 6x5 7x{n}",
        },
        700,
        frozenset({"NorthwireCanaryMissing"}),
        frozenset({"NorthwireCanariesLost 1h"}),
        (780, 1020, 1140, 1500),
    ),
    Incident(
        "stop `northwire lag`",
        {
            **{name: f"{values.partition('x')[0]}x29 stale" for name, values in quiet(10).items() if OF_LAG in name},
            up("northwire-lag"): "1x29 0x{n}",
        },
        520,
        frozenset({"NorthwireLagAbsent"}),
        frozenset({"NorthwireTargetDown"}),
    ),
)
