"""Restoring without a running master: what there is in a profile, and the note that its next start carries out."""

from pathlib import Path

from master.store import restores
from master.store.backup_files import FOLDER, FoundBackup, find_all
from master.store.backups import verify
from worker.protocol.texts import Text, text


class RestoreFailed(Exception):
    """It cannot be restored; ``text`` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.message)
        self.text = reason


def list_backups(profile: Path) -> list[FoundBackup]:
    """Return the backups of a profile, newest first."""
    return find_all(profile / FOLDER)


def ask_for(profile: Path, backup_id: str) -> None:
    """Let the next start restore a backup. Raises :class:`RestoreFailed` of one that is unknown, damaged or newer."""
    found = verify(profile / FOLDER, backup_id)
    if found is None:
        raise RestoreFailed(text("backup_unknown", id=backup_id[:100]))
    problem = restores.refusal_of(found)
    if problem is not None:
        raise RestoreFailed(problem)
    try:
        restores.ask(profile, backup_id)
    except OSError as error:
        raise RestoreFailed(text("backup_failed", detail=error.strerror or str(error))) from error
