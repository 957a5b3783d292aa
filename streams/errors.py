"""What can go wrong, as a tree.

NorthwireError                  everything Northwire raises on purpose
├── Refused                     one message is at fault; it carries a reason from a fixed set
├── TopicFileError              a topic file is at fault; nothing was loaded
├── SettingsError               the configuration contradicts itself or the promise
├── SourceError                 an input file cannot be read
├── BrokerUnavailable           no broker answers where one was expected, or none lets us in
│   └── NoBrokerAnswers         nobody answers, which may pass: a worker waits
├── ClusterMismatch             the broker's Kafka topics are not as Northwire needs them
└── DeliveryFailed              the broker refused or lost a message we must not lose

Every message is one sentence that says what to do next; none needs a traceback to be understood.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a message was refused: the whole set, so that it can be a metric label."""

    NO_VALUE = "no-value"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    NOT_JSON = "not-json"
    WRONG_SHAPE = "wrong-shape"
    EMPTY = "empty"
    UNWATCHED = "unwatched-topic"
    FAILED = "failed"
    UNDELIVERABLE = "undeliverable"


class NorthwireError(Exception):
    """The root: catch this and print it; it is a sentence for a person."""


class Refused(NorthwireError):
    """A message is refused whole, for one reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class TopicFileError(NorthwireError):
    """A topic file is not one. Each argument is a sentence about one thing that is wrong with it."""

    def __str__(self) -> str:
        return "; ".join(self.args)


class SettingsError(NorthwireError):
    """The configuration is refused."""


class SourceError(NorthwireError):
    """An input cannot be read."""


class BrokerUnavailable(NorthwireError):
    """No broker answers, or none lets us in."""


class NoBrokerAnswers(BrokerUnavailable):
    """Nobody answers, or nobody in time. Whoever may wait can try again."""


class ClusterMismatch(NorthwireError):
    """The cluster's Kafka topics are missing or laid out differently."""


class DeliveryFailed(NorthwireError):
    """A message could neither be delivered nor put aside; the worker must not go on."""
