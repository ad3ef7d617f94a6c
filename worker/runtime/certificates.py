"""The certificates that one account depends on: what its connections showed, and the file of authorities it names."""

import time
from pathlib import Path
from typing import Any, Final

from worker.protocol.certificates import MOST, Certificate
from worker.protocol.codec import now_ms
from worker.runtime.threads import Threads
from worker.sdk.certificates import Certificates, authority_in

FIELD: Final = "ca_file"
"""Setting in which a platform asks for authorities of one's own."""
LOOK_SECONDS: Final = 600.0
READ_SECONDS: Final = 5.0
DOUBTED_DAYS: Final = 365
"""Ends that are further off are told by nobody: no reason to connect anew."""


class Trust:
    """Of one account. ``seen`` collects what its connections show."""

    def __init__(self, threads: Threads) -> None:
        self.seen = Certificates()
        self._threads = threads
        self._authority: Certificate | None = None
        self._file: tuple[str, int] | None = None
        """The file, and when it was written."""
        self._look_at = 0.0
        self._changes = 0
        self._doubted = False

    def doubt(self) -> None:
        """Somebody wants to know now: what ends soon, and may have been renewed, is seen anew with the next check."""
        self._doubted, self._look_at = True, 0.0

    async def is_outdated(self, settings: dict[str, Any]) -> bool:
        """Tell whether the adapter is to be made anew, to see or to use what holds now. Asked before each check."""
        path, before = str(settings.get(FIELD) or ""), self._file
        moved = before is not None and before[0] != path
        if moved or time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            await self._read(path)
        doubted, self._doubted = self._doubted, False
        if doubted and any(one.is_near(now_ms(), DOUBTED_DAYS) for one in self.seen.known()):
            self.seen.clear()
            return True
        return self.seen.is_old() or (before is not None and before != self._file)

    async def settle(self, settings: dict[str, Any]) -> None:
        """Look at the file again if a server was renewed: both may have been. Called after a check that went well."""
        if self._changes != self.seen.changes:
            self._changes = self.seen.changes
            await self._read(str(settings.get(FIELD) or ""))

    def certificates(self) -> list[Certificate]:
        """Return all that are known, the first to end first. Who vouches for itself is in both: it is told once."""
        known, own = self.seen.known(), self._authority
        if own is not None and all((one.begins_at, one.expires_at) != (own.begins_at, own.expires_at) for one in known):
            known.append(own)
        return sorted(known, key=lambda one: one.expires_at)[:MOST]

    async def _read(self, path: str) -> None:
        """A file that cannot be read is no news: whoever connects with it says so."""

        def read() -> tuple[int, Certificate | None]:
            written = Path(path).stat().st_mtime_ns
            return written, None if self._file == (path, written) else authority_in(path)

        if not path:
            self._authority = self._file = None
            return
        try:
            written, found = await self._threads.run_blocking(read, READ_SECONDS)
        except (OSError, ValueError):
            # TimeoutError is an OSError.
            return
        if self._file != (path, written):
            self._authority, self._file = found, (path, written)
