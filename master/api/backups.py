"""Backups of the database, and what a restore came to."""

from typing import Literal

from master.api.rows import Row
from worker.protocol.texts import Text

BackupReason = Literal["daily", "manual", "before-migration", "before-restore"]


class Backup(Row, frozen=True, kw_only=True):
    """One file in ``backups/`` of the profile."""

    id: str
    made_at: int
    why: BackupReason
    size_bytes: int
    schema: str
    """Revision of its schema; an older one is migrated when it is restored."""
    version: str
    """Of the Watchkeeper that made it, "" when that is not known."""
    accounts: int
    items: int
    verified_at: int | None
    """When it was last read from end to end and found sound."""
    problem: Text | None = None
    """Why it cannot be restored: damaged, of a newer version."""


class RestoreOutcome(Row, frozen=True, kw_only=True):
    """What the last restore came to."""

    backup_id: str
    backup_made_at: int
    at: int
    success: bool
    ledger: Literal["kept", "lost"]
    """``kept``: all that was found since the backup is known, nothing is told again. ``lost``: the database could not
    be read; what is found since the backup comes as one digest."""
    text: Text


class BackupState(Row, frozen=True, kw_only=True):
    """Answer of ``GET /backups/state``, and the event ``backup.state``."""

    running: bool
    """A backup is being made, or checked, now."""
    last_good_at: int | None
    next_at: int | None
    """When the next daily one is due."""
    problem: Text | None
    """Why the last attempt failed."""
    last_restore: RestoreOutcome | None


class RestoreStarted(Row, frozen=True, kw_only=True):
    """Answer of ``POST /backups/:id/restore``: the master stops its workers, restores, and is back under the same
    address and tokens. What it came to stands in :class:`BackupState` then."""

    backup: Backup
