"""Requests about backups, moving house and imports. Each raises :class:`~master.api.transports.ApiError`."""

import os
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from master.api.account_imports import ImportFormat, ImportReport
from master.api.backups import Backup, BackupState, RestoreStarted
from master.api.files import FILE_SECONDS, OnBytes, download, upload
from master.api.moves import MoveExport, MoveImport, MoveReport, MoveUpload
from master.api.transports import Transport

BINARY: Final = getattr(os, "O_BINARY", 0)
"""Windows would change line ends."""


class BackupCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def backups(self) -> list[Backup]:
        """Return all backups, newest first."""
        return await self._transport.rows("/backups", Backup)

    async def backup_state(self) -> BackupState:
        """Return when the last one was made, when the next one is due, and what the last restore came to."""
        return await self._transport.call("GET", "/backups/state", BackupState)

    async def make_backup(self) -> Backup:
        """Make a backup now and return it once it is verified."""
        return await self._transport.call("POST", "/backups", Backup, seconds=FILE_SECONDS)

    async def verify_backup(self, backup_id: str) -> Backup:
        """Read a backup from end to end; ``problem`` says what is wrong with it."""
        return await self._transport.call("POST", f"{_backup(backup_id)}/verify", Backup, seconds=FILE_SECONDS)

    async def delete_backup(self, backup_id: str) -> None:
        """Delete a backup."""
        await self._transport.call("DELETE", _backup(backup_id), type(None))

    async def restore_backup(self, backup_id: str) -> RestoreStarted:
        """Restore a backup; the master is away for some seconds, then back under the same address and token."""
        return await self._transport.call("POST", f"{_backup(backup_id)}/restore", RestoreStarted, seconds=FILE_SECONDS)

    # ------------------------------------------------------------ moving house

    async def export_move(self, target: Path, passphrase: str | None = None, on_bytes: OnBytes | None = None) -> int:
        """Write all that was set up into a new file (with a passphrase also secrets and ledger); return its bytes.

        Raises ``OSError`` too. What fails leaves no file, and an older one as it was. ``on_bytes``: told of each piece.
        """
        part = target.with_name(f".{target.name}.part")
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | BINARY, 0o600), "wb") as file:
                body = MoveExport(passphrase=passphrase)
                size = await download(self._transport, "POST", "/moves/export", file, body=body, on_bytes=on_bytes)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return size

    async def upload_move(self, source: Path, on_bytes: OnBytes | None = None) -> MoveUpload:
        """Hand a file over for :meth:`import_move`, piece by piece. Raises ``OSError`` too."""
        return await upload(self._transport, "/moves/uploads", MoveUpload, source, on_bytes=on_bytes)

    async def import_move(self, upload_id: str, body: MoveImport) -> MoveReport:
        """Say what an import would do (``dry_run``), or do it; then the master restarts in place."""
        path = f"/moves/uploads/{quote(upload_id, safe='')}/import"
        return await self._transport.call("POST", path, MoveReport, body=body, seconds=FILE_SECONDS)

    async def drop_move(self, upload_id: str) -> None:
        """Throw an uploaded file away."""
        await self._transport.call("DELETE", f"/moves/uploads/{quote(upload_id, safe='')}", type(None))

    # ------------------------------------------------------------ accounts

    async def import_accounts(
        self,
        content: bytes,
        *,
        dry_run: bool,
        format: ImportFormat | None = None,  # noqa: A002
        show_existing: int = 0,
    ) -> ImportReport:
        """Add accounts out of a table, a subscription list or pasted lines; or only say what each line would be."""
        query = {"dry_run": dry_run, "format": format, "show_existing": show_existing or None}
        return await upload(self._transport, "/accounts/import", ImportReport, content, query=query)

    async def export_accounts(self, target: Path, format: Literal["csv", "json", "opml"]) -> int:  # noqa: A002
        """Write all accounts without secrets into a file; return its bytes. Raises ``OSError`` too."""
        with target.open("wb") as file:
            return await download(self._transport, "GET", "/accounts/export", file, query={"format": format})


def _backup(backup_id: str) -> str:
    return f"/backups/{quote(backup_id, safe='')}"
