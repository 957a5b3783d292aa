"""Kafka clusters that tests may start, stop and hurt."""

from typing import Protocol


class NotAvailable(Exception):
    """This machine cannot run what a test needs; the message says what is missing."""


class Cluster(Protocol):
    """What every kind of cluster offers, so that one suite runs on all of them."""

    name: str
    """Either "embedded" or "apache"."""

    @property
    def bootstrap(self) -> str:
        """Where clients connect, as `host:port[,host:port…]`; meaningful while started."""

    def start(self) -> None:
        """Return once messages go in and out. Blocks."""

    def stop(self) -> None:
        """Return when no process is left. Blocks; does nothing when not started."""
