"""Topics that change while articles flow: read, checked, given their Kafka topics, and only then in force."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from streams.kafka import admin
from streams.kafka.layout import outlets
from streams.settings import Settings
from streams.tagging.tagger import Tagger
from streams.telemetry import Telemetry
from streams.watchlist import Files, Refusal, Watchlist


class Reload:
    """Follows the source of a watchlist and puts its changes in force.

    What is refused, by us or by the cluster, changes nothing, is told once, and is tried again when it
    has changed; what the cluster refuses is tried again at every look.
    """

    def __init__(
        self, settings: Settings, watchlist: Watchlist, switch: Callable[[Tagger], None], telemetry: Telemetry
    ) -> None:
        self._settings = settings
        self._watchlist = watchlist
        self._switch = switch
        self._telemetry = telemetry
        self._told = watchlist.refused

    async def run(self) -> None:
        """Runs beside the worker for as long as it lives."""
        files: Files | None = None
        async with aclosing(self._watchlist.source.looks()) as looks:
            async for seen in looks:
                if seen != files and await self._take(seen):
                    files = seen

    async def _take(self, files: Files) -> bool:
        """Whether these files need not be looked at again unless they change."""
        refused: frozenset[Refusal] = frozenset()
        try:
            revised = await asyncio.to_thread(self._watchlist.revised, files)
            refused = revised.refused
            if revised.topics != self._watchlist.topics:
                tagger = await asyncio.to_thread(self._prepared, revised)
                self._switch(tagger)
                self._telemetry.reloaded(revised.topics)
        except Exception as error:  # whatever it is, articles go on under the last good topics
            self._tell(refused | {Refusal("", "", str(error) or type(error).__name__)})
            return False
        self._tell(refused)
        self._watchlist = revised
        return True

    def _prepared(self, revised: Watchlist) -> Tagger:
        """A tagger whose matches can all be published. Raises `ClusterMismatch`, `BrokerUnavailable`."""
        if new := revised.topics.keys() - self._watchlist.topics.keys():
            admin.prepare(self._settings, outlets(self._settings, new))
        return revised.tagger()

    def _tell(self, refused: frozenset[Refusal]) -> None:
        for sentence in sorted(refusal.sentence for refusal in refused - self._told):
            self._telemetry.refused(sentence)
        self._told = refused
