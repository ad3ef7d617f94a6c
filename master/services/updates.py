"""Newer versions: looked for at most once a day, only where the person agreed; told, never downloaded."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from master.api.updates import Release, UpdateState
from master.errors import Conflict
from master.services import update_sources
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.services.update_files import UpdateError, downloads_here, fetch, fits_here, is_newer, read
from master.services.update_sources import ADDRESS, managed_by
from master.store.engine import Database
from master.store.meta import MetaStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text, text
from worker.version import __version__

logger = logging.getLogger(__name__)

KEY: Final = "updates"
DAY_MS: Final = 86_400_000
JITTER_MS: Final = 6 * 3_600_000
"""Not everybody asks at the same hour."""
LOOK_SECONDS: Final = 600.0
FIRST_SECONDS: Final = 60.0
"""A start has other things to do."""
AGAIN_MS: Final = 10_000
"""By hand no more often than this."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What survives a restart. ``serial`` only grows: what is older was seen before, and is refused."""

    serial: int = 0
    address: str = ""
    """Where was looked last."""
    checked_at: int = 0
    next_at: int = 0
    release: Release | None = None
    problem: Text | None = None


class UpdateService:
    """Knows the newest release that was published with a signature that counts."""

    def __init__(
        self,
        *,
        database: Database,
        settings: SettingsService,
        publisher: Publisher,
        managed: Callable[[], str] = managed_by,
        public_keys: tuple[str, ...] | None = None,
        version: str = __version__,
        clock: Callable[[], int] = now_ms,
        get: Callable[[str], Awaitable[bytes]] = fetch,
    ) -> None:
        self._database = database
        self._settings = settings
        self._publisher = publisher
        self._managed = managed
        keys = update_sources.PUBLIC_KEYS if public_keys is None else public_keys
        self._keys = [bytes.fromhex(key) for key in keys]
        self._version = version
        self._clock = clock
        self._get = get
        self._meta = MetaStore()
        self._kept = _Kept()
        self._looking = asyncio.Lock()

    async def load(self) -> None:
        """Read what is known; what cannot be read is looked for anew."""
        raw = await self._database.read(lambda conn: self._meta.get(conn, KEY))
        if raw is not None:
            try:
                self._kept = msgspec.json.decode(raw, type=_Kept)
            except msgspec.MsgspecError as error:
                logger.warning("what was known of newer versions cannot be read: %s", error)

    @property
    def address(self) -> str:
        """Where is looked; empty: nowhere."""
        return (self._settings.current.update_address or ADDRESS) if self._keys else ""

    @property
    def _kept_here(self) -> _Kept:
        """What is known from the address of now; what another one told counts no more, but the serial does."""
        kept = self._kept
        return kept if kept.address == self.address else _Kept(serial=kept.serial, address=self.address)

    def state(self) -> UpdateState:
        """Return what is known now."""
        kept, mode = self._kept_here, self._settings.current.update_check
        release = kept.release
        if release is not None and (not is_newer(release.version, self._version) or self._managed()):
            release = None
        watches = mode == "on" and bool(self.address) and not self._managed()
        return UpdateState(
            mode=mode,
            managed_by=self._managed(),
            address=self.address,
            current=self._version,
            checked_at=kept.checked_at or None,
            next_at=kept.next_at if watches and kept.next_at else None,
            available=msgspec.structs.replace(release, downloads=downloads_here(release)) if release else None,
            fits=release is None or fits_here(release),
            problem=kept.problem,
        )

    async def watch(self) -> None:
        """Look when it is due, for ever."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            if self.is_due():
                await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    def is_due(self) -> bool:
        """The person agreed, nothing else updates this, and a day has gone by. A clock that was set back counts too."""
        if self._settings.current.update_check != "on" or not self.address or self._managed():
            return False
        now, next_at = self._clock(), self._kept_here.next_at
        return now >= next_at or next_at - now > DAY_MS + JITTER_MS

    async def check(self) -> UpdateState:
        """Look now, because the person asks. Raises :class:`Conflict` where nothing is looked for."""
        if self._managed():
            raise Conflict(text("update_managed", name=self._managed()))
        if not self.address:
            raise Conflict(text("update_no_address"))
        checked_at = self._kept_here.checked_at
        if self._clock() - checked_at >= AGAIN_MS or self._clock() < checked_at:
            await self._look()
        return self.state()

    async def _look(self) -> None:
        async with self._looking:
            now = self._clock()
            next_at = now + DAY_MS + secrets.randbelow(JITTER_MS)
            kept = msgspec.structs.replace(self._kept_here, checked_at=now, next_at=next_at, problem=None)
            try:
                release = read(await self._get(kept.address), self._keys, now)
                if release.serial < kept.serial:
                    raise UpdateError(text("update_older"))
                kept = msgspec.structs.replace(kept, serial=release.serial, release=release)
            except UpdateError as error:
                # Loud enough for who looks, no alert: a day without an answer is no trouble.
                logger.info("nothing is known of newer versions: %s", error)
                kept = msgspec.structs.replace(kept, problem=error.text)
            await self._keep(kept)

    async def _keep(self, kept: _Kept) -> None:
        raw = msgspec.json.encode(kept).decode()
        await self._database.write(lambda conn: self._meta.set(conn, KEY, raw))
        self._kept = kept
        self._publisher.publish("update.changed", self.state())
