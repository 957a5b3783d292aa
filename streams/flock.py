"""The canaries that are out: which have come back, how soon, and which are lost."""

from collections import OrderedDict
from enum import Enum, auto

REMEMBERED = 1000
"""Canaries that are known when they come back, the last ones sent."""


class Strange(Enum):
    """Why an alert is not the return of a canary."""

    AGAIN = auto()
    """This one has come back before."""
    UNKNOWN = auto()
    """Nobody here sent it: another process, or someone who forged it."""


class Flock:
    """Keeps account of canaries by their article ids. Time is told, in seconds of one clock.

    One thread sends, receives and looks for the overdue; others may give canaries up.
    """

    def __init__(self, patience: float) -> None:
        """Whoever is out for longer than `patience` is lost."""
        self._patience = patience
        self._sent: OrderedDict[str, float] = OrderedDict()
        self._out: dict[str, None] = {}
        self._back: set[str] = set()

    def send(self, name: str, now: float) -> None:
        """A canary leaves."""
        self._sent[name] = now
        self._out[name] = None
        if len(self._sent) > REMEMBERED:
            oldest, _ = self._sent.popitem(last=False)
            self._back.discard(oldest)

    def receive(self, name: str, now: float) -> float | Strange:
        """The seconds that a canary was out which comes back now, be it lost or not."""
        if name not in self._sent:
            return Strange.UNKNOWN
        if name in self._back:
            return Strange.AGAIN
        self._back.add(name)
        self._out.pop(name, None)
        return now - self._sent[name]

    def lose(self, name: str) -> bool:
        """Gives a canary up; whether it was out and is lost thereby."""
        return self._out.pop(name, self) is None

    def overdue(self, now: float) -> list[str]:
        """Gives up those that are out for too long, and names them."""
        late = [name for name in list(self._out) if now - self._sent.get(name, 0.0) > self._patience]
        return [name for name in late if self.lose(name)]
