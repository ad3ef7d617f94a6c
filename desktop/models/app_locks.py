"""The lock of the window: a passphrase, kept as its scrypt hash in the profile, and how often it was wrong.

It keeps out who sits down at an unlocked computer. It is no encryption: who can read the profile as this user, or run
programs as this user, needs no window. Deleting the file takes the lock away, as the person can who forgot it.
"""

import base64
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.models.accounts import now_ms

FILE: Final = "lock.json"
SHORTEST: Final = 6
"""Characters of a passphrase."""
COST, BLOCK, LANES = 2**15, 8, 1
MEMORY: Final = 64 * 1024 * 1024
FREE_TRIES: Final = 3
FIRST_WAIT, LONGEST_WAIT = 5, 300
"""Seconds after the tries that are free; doubled each time."""

log = logging.getLogger("watchkeeper.desktop")

Compute = Callable[[Callable[[], bytes]], Awaitable[bytes]]
"""Runs what takes a tenth of a second, elsewhere than on the thread that draws."""


class LockError(Exception):
    """Why the passphrase was not changed: ``reason`` is ``short``, ``wrong``, ``wait``, ``damaged`` or ``disk``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason, self.detail = reason, detail


class LockFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept. ``failures`` in a row, the last at ``failed_at`` (UTC ms): a restart does not begin anew."""

    salt: str
    digest: str
    cost: int
    block: int
    lanes: int
    failures: int = 0
    failed_at: int = 0


def wait_after(failures: int) -> int:
    """Return how many seconds the next try waits."""
    over = failures - FREE_TRIES
    return 0 if over < 0 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10))


class AppLock(QObject):
    """Whether there is a passphrase, and whether the window is locked now. ``profile`` None keeps it in memory."""

    locked_changed = Signal(bool)
    changed = Signal()
    """A passphrase was set, changed or taken away."""

    def __init__(
        self,
        profile: Path | None,
        compute: Compute,
        parent: QObject | None = None,
        *,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        super().__init__(parent)
        self._path = profile / FILE if profile is not None else None
        self._compute, self._clock = compute, clock
        self._trying = False
        self.damaged = ""
        """Why the file cannot be read; then nothing opens the window but taking the file away."""
        self._kept = self._load()
        self.locked = self.enabled
        """A window that has a passphrase begins locked."""

    @property
    def enabled(self) -> bool:
        """There is a passphrase."""
        return self._kept is not None or bool(self.damaged)

    @property
    def path(self) -> Path | None:
        """Where it is kept."""
        return self._path

    def lock(self) -> None:
        """Lock now; without a passphrase nothing happens."""
        if self.enabled and not self.locked:
            self.locked = True
            self.locked_changed.emit(True)

    def wait_seconds(self) -> int:
        """Return how long no passphrase is taken."""
        if self._kept is None:
            return 0
        wait = wait_after(self._kept.failures)
        # A clock that was set back makes nobody wait for longer than once more.
        gone = max(0, self._clock() - self._kept.failed_at) // 1000
        return max(0, min(wait, wait - gone))

    async def unlock(self, passphrase: str) -> bool:
        """Open the window with the right passphrase. Raises :class:`LockError` ``wait``, ``damaged``."""
        if not await self._is_right(passphrase):
            return False
        self.locked = False
        self.locked_changed.emit(False)
        return True

    async def set_passphrase(self, new: str, old: str = "") -> None:
        """Set or change the passphrase. Raises :class:`LockError`."""
        if len(new) < SHORTEST:
            raise LockError("short")
        if self.enabled and not await self._is_right(old):
            raise LockError("wrong")
        salt = secrets.token_bytes(16)
        digest = await self._compute(lambda: _derive(new, salt, COST, BLOCK, LANES))
        texts = (base64.b64encode(raw).decode() for raw in (salt, digest))
        self._keep(LockFile(salt=next(texts), digest=next(texts), cost=COST, block=BLOCK, lanes=LANES))
        self.changed.emit()

    async def remove(self, passphrase: str) -> None:
        """Take the passphrase away. Raises :class:`LockError`."""
        if not await self._is_right(passphrase):
            raise LockError("wrong")
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise LockError("disk", error.strerror or str(error)) from error
        self._kept = None
        self.changed.emit()

    async def _is_right(self, passphrase: str) -> bool:
        kept = self._kept
        if kept is None:
            raise LockError("damaged", self.damaged)
        if self._trying or self.wait_seconds():
            raise LockError("wait")
        self._trying = True
        try:
            # Counted before it is known: ending the program meanwhile is no way to try for nothing.
            counted = msgspec.structs.replace(kept, failures=kept.failures + 1, failed_at=self._clock())
            self._count(counted)
            salt, digest = base64.b64decode(kept.salt), base64.b64decode(kept.digest)
            found = await self._compute(lambda: _derive(passphrase, salt, kept.cost, kept.block, kept.lanes))
            right = hmac.compare_digest(found, digest)
            if right:
                self._count(msgspec.structs.replace(kept, failures=0, failed_at=0))
            return right
        finally:
            self._trying = False

    def _load(self) -> LockFile | None:
        if self._path is None:
            return None
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.damaged = error.strerror or str(error)
            return None
        try:
            kept = msgspec.json.decode(raw, type=LockFile)
            base64.b64decode(kept.salt, validate=True)
            base64.b64decode(kept.digest, validate=True)
        except (msgspec.MsgspecError, ValueError) as error:
            self.damaged = str(error)
            return None
        return kept

    def _count(self, kept: LockFile) -> None:
        """Remember the tries. On a disk that takes nothing only until the end of the program: it opens all the same."""
        try:
            self._keep(kept)
        except LockError as error:
            self._kept = kept
            log.warning("how often the passphrase of the window was wrong cannot be written: %s", error.detail)

    def _keep(self, kept: LockFile) -> None:
        if self._path is not None:
            try:
                _write(self._path, msgspec.json.encode(kept))
            except OSError as error:
                raise LockError("disk", error.strerror or str(error)) from error
        self._kept = kept
        self.damaged = ""


def _derive(passphrase: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    raw = passphrase.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY, dklen=32)


def _write(path: Path, content: bytes) -> None:
    """Write a whole new file that is readable by its owner alone, or leave the old one."""
    fresh = path.with_suffix(".new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 (a mode)
            file.write(content)
        os.replace(fresh, path)  # noqa: PTH105 (atomic on every platform)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
