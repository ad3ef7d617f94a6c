"""The audit: who did what with credentials, tokens, sign-ins, exports and settings that matter for safety."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from master.api.logins import AuditAction, AuditEntry
from master.api.rows import Page
from master.context import actor, request_id
from master.services.pages import read_cursor
from master.services.settings import SettingsService
from master.store.audits import AuditRecord, AuditStore
from master.store.engine import Database
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.texts import Text

logger = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
MOST: Final = 10_000
"""Entries that wait for a database that takes none; of more the oldest are lost, and that is logged."""


class AuditService:
    """Writes entries behind those who cause them, in order, a moment later; nobody waits for it but :meth:`close`."""

    def __init__(self, *, database: Database, settings: SettingsService, tasks: Tasks) -> None:
        self._database = database
        self._settings = settings
        self._tasks = tasks
        self._store = AuditStore()
        self._waiting: list[AuditRecord] = []
        self._writing = asyncio.Lock()

    def note(
        self,
        action: AuditAction,
        text: Text,
        *,
        subject: str = "",
        subject_name: str = "",
        account_id: str | None = None,
        by: str | None = None,
    ) -> None:
        """Note what was done. ``by``: who did it, where it is not who asked. No secret may be in any of it."""
        record = AuditRecord(
            at=now_ms(),
            action=action,
            actor=by or actor.get(),
            subject=subject,
            subject_name=subject_name,
            account_id=account_id,
            text=text,
            request_id=request_id.get(),
        )
        self._waiting.append(record)
        if len(self._waiting) > MOST:
            logger.error("the audit could not be written: its oldest entry is lost (%s)", self._waiting.pop(0).action)
        if not self._writing.locked():
            self._tasks.spawn(self._write(), name="audit")

    async def page(
        self,
        limit: int = 100,
        cursor: str | None = None,
        since: int | None = None,
        until: int | None = None,
        **equal: Any,
    ) -> Page:
        """Return entries, the newest first. Raises :class:`Invalid` on a wrong cursor."""
        before = read_cursor(cursor)
        await self._write()
        rows = await self._database.read(lambda conn: self._store.page(conn, limit + 1, before, equal, since, until))
        entries = [_entry(record) for record in rows[:limit]]
        return Page(rows=entries, next_cursor=str(entries[-1].id) if len(rows) > limit else None)

    async def close(self) -> None:
        """Write what waits."""
        await self._write()

    def purges(self) -> Mapping[str, Any]:
        """Return what the janitor clears."""
        return {"audit": self._purge}

    async def _purge(self, _before: int, dry_run: bool) -> int:
        before = now_ms() - self._settings.current.audit_keep_days * DAY_MS
        if dry_run:
            return await self._database.read(lambda conn: self._store.count_old(conn, before))
        return await self._database.write(lambda conn: self._store.purge(conn, before))

    async def _write(self) -> None:
        async with self._writing:
            while self._waiting:
                records, self._waiting = self._waiting, []
                try:
                    await self._database.write(lambda conn, rows=records: self._store.insert(conn, rows))  # type: ignore[misc]
                except BaseException:
                    self._waiting = records + self._waiting
                    raise


def _entry(record: AuditRecord) -> AuditEntry:
    return AuditEntry(
        id=record.id,
        at=record.at,
        action=record.action,  # type: ignore[arg-type] # only such were written
        actor=record.actor,
        subject=record.subject,
        subject_name=record.subject_name,
        account_id=record.account_id,
        text=record.text,
        request_id=record.request_id,
    )
