"""Runs the lookout and the canary in this process until it is told to stop."""

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

from streams.kafka.application import end_process_after
from streams.kafka.canary import keep_flying
from streams.kafka.lag import observe
from streams.observatory import Observatory
from streams.settings import Settings

LAG = "lag"
CANARY = "canary"

_STUCK = 120.0
"""Seconds without a turn of a loop; what a client waits for a broker that is gone is less."""


class Watch:
    """Both loops, each in a thread of its own, so that neither waits for the other."""

    def __init__(self, settings: Settings, observatory: Observatory) -> None:
        self._settings = settings
        self._observatory = observatory
        self._over = Event()
        self.what = (LAG, CANARY) if settings.canary_interval else (LAG,)
        self._turned = dict.fromkeys(self.what, monotonic())

    def healthy(self) -> bool:
        """Whether both loops turn."""
        return monotonic() - min(self._turned.values()) < _STUCK

    def ready(self) -> bool:
        """Whether the broker can be looked at, and canaries fly."""
        return self.healthy() and self._observatory.watches(*self.what)

    def run(self) -> None:
        """Returns after SIGTERM or SIGINT, soon. A crash of either loop ends both, and is raised."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with ThreadPoolExecutor(1) as beside:
            flight = beside.submit(self._fly)
            flight.add_done_callback(lambda _: self._over.set())
            try:
                observe(
                    self._settings,
                    self._observatory.see,
                    lambda sentence: self._observatory.wait(LAG, sentence),
                    lambda: self._rest(LAG, self._settings.lag_interval),
                )
            finally:
                self._over.set()
            flight.result()

    def _fly(self) -> None:
        if self._settings.canary_interval:
            keep_flying(self._settings, self._observatory, lambda seconds: self._rest(CANARY, seconds))
        else:
            self._over.wait()

    def _rest(self, what: str, seconds: float) -> bool:
        self._turned[what] = monotonic()
        return self._over.wait(seconds)

    def _stop(self, *_: object) -> None:
        end_process_after(self._settings.stop_timeout)
        self._over.set()
