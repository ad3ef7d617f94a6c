"""Heartbeat bars over a restart: written now and then, and at the end; a kill loses some minutes of them."""

import time
from collections.abc import Mapping
from typing import Final

import msgspec

from master.api.rows import Beat
from master.services.account_watches import Watch
from master.store.check_tallies import BeatStore
from master.store.engine import Database

SAVE_SECONDS: Final = 600.0


class AccountBeats:
    """Reads the bars into the watches, and writes those that have new ticks."""

    def __init__(self, database: Database, watches: Mapping[str, Watch]) -> None:
        self._database = database
        self._watches = watches
        self._store = BeatStore()
        self._written: dict[str, int] = {}
        self._saved_at = time.monotonic()

    async def load(self) -> None:
        """Let every bar go on where it ended."""
        for account_id, raw in (await self._database.read(self._store.all)).items():
            watch = self._watches.get(account_id)
            if watch is not None:
                watch.beats.extendleft(reversed(msgspec.json.decode(raw, type=list[Beat])))
                self._written[account_id] = watch.beats[-1].at if watch.beats else 0

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._saved_at >= SAVE_SECONDS

    async def save(self) -> None:
        """Write the bars that have new ticks."""
        self._saved_at = time.monotonic()
        last = {name: watch.beats[-1].at for name, watch in self._watches.items() if watch.beats}
        changed = [name for name, at in last.items() if self._written.get(name) != at]
        bars = {name: msgspec.json.encode(list(self._watches[name].beats)).decode() for name in changed}
        if bars:
            await self._database.write(lambda conn: self._store.keep(conn, bars))
        self._written = last
