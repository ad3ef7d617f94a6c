"""Backups and restores."""

from master.api.backups import Backup, BackupState, RestoreStarted
from master.api.rows import Page, Rows
from master.rest.calls import Call, Route
from master.rest.queries import ListQuery, list_page
from worker.protocol.texts import text


async def list_backups(call: Call) -> Page:
    """Return all backups, newest first."""
    return list_page(call.services.backups.rows(), call.query, lambda row: row.id)


async def state(call: Call) -> BackupState:
    """Return when the last one was made, when the next one is due, and what the last restore came to."""
    return await call.services.backups.state()


async def make(call: Call) -> Backup:
    """Make a backup now."""
    backup = await call.services.backups.make("manual")
    call.audit("backup_made", text("audit_backup_made"), backup.id)
    return backup


async def verify(call: Call) -> Backup:
    """Read a backup from end to end."""
    return await call.services.backups.verify(call.param("backup_id"))


async def delete(call: Call) -> None:
    """Delete a backup."""
    await call.services.backups.delete(call.param("backup_id"))


async def restore(call: Call) -> RestoreStarted:
    """Restore a backup; the master restarts."""
    started = await call.services.backups.restore(call.param("backup_id"))
    call.audit("restored", text("audit_restored"), call.param("backup_id"))
    return started


ROUTES = (
    Route("GET", "/backups", list_backups, "All backups, newest first", Rows[Backup], query=ListQuery, scope="client"),
    Route("GET", "/backups/state", state, "When backups are made, and the last restore", BackupState, scope="client"),
    Route("POST", "/backups", make, "Make a backup now", Backup, status=201),
    Route("POST", "/backups/{backup_id}/verify", verify, "Read a backup from end to end", Backup),
    Route("POST", "/backups/{backup_id}/restore", restore, "Restore a backup and restart", RestoreStarted, status=202),
    Route("DELETE", "/backups/{backup_id}", delete, "Delete a backup"),
)
