"""How much of a partition may be put aside before someone must look: the DlqLimit of getsentry/arroyo."""

from collections import deque

from faust.types import TP

WINDOW = 1000
"""The last messages of a partition, of which a share may be bad."""


class Tolerance:
    """Counts bad messages in a row, and among the last thousand of each partition.

    What is put aside is not lost, but nobody is told of it in time. A sender gone wrong, or a bug of ours,
    must not send a whole day there quietly.
    """

    def __init__(self, run: int, share: float) -> None:
        """Borne are `run` bad messages in a row, 0 for any number, and of the last thousand a share."""
        self._run, self._share = run, share
        self._runs: dict[TP, int] = {}
        self._last: dict[TP, deque[bool]] = {}

    def bears(self, partition: TP, bad: bool) -> bool:
        """Whether one more message of a partition is borne; if it is not, it is not counted."""
        last = self._last.setdefault(partition, deque(maxlen=WINDOW))
        if bad and self._is_too_much(partition, last):
            return False
        self._runs[partition] = self._runs.get(partition, 0) + 1 if bad else 0
        last.append(bad)
        return True

    def forget(self, partition: TP) -> None:
        """A partition is read by someone else, or begins anew."""
        self._runs.pop(partition, None)
        self._last.pop(partition, None)

    def _is_too_much(self, partition: TP, last: deque[bool]) -> bool:
        if not self._run:
            return False
        return self._runs.get(partition, 0) >= self._run or (len(last) == WINDOW and sum(last) >= self._share * WINDOW)
