"""Sign-ins that have ended, and what is written of all: never what was shown or typed."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from master.api.logins import LoginSession
from master.services.login_sessions import shown
from master.store.engine import Connection, Database
from master.store.logins import LoginRecord, LoginStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

KEPT: Final = 50
"""So many that have ended are listed."""


class LoginHistory:
    """Part of :class:`~master.services.logins.LoginService`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = LoginStore()
        self._ended: dict[str, LoginSession] = {}

    async def load(self) -> None:
        """Read the latest ones."""
        for record in reversed(await self._database.read(lambda conn: self._store.latest(conn, KEPT))):
            self._ended[record.id] = shown(record)

    async def recover(self) -> tuple[int, int]:
        """End those that a master before left open; return how many there were, and how many were ended."""

        def work(conn: Connection) -> list[LoginRecord]:
            found = self._store.open(conn)
            step = text("login_interrupted")
            ended = [
                msgspec.structs.replace(record, state="failed", step=step, error=step, ended_at=now_ms())
                for record in found
            ]
            for record in ended:
                self._store.update(conn, record)
            return ended

        ended = await self._database.write(work)
        for record in ended:
            self._ended[record.id] = shown(record)
        return len(ended), len(ended)

    def rows(self) -> list[LoginSession]:
        """Return those that have ended, the latest last."""
        return list(self._ended.values())

    def get(self, session_id: str) -> LoginSession | None:
        """Return one that has ended."""
        return self._ended.get(session_id)

    def keep(self, session: LoginSession) -> None:
        """List one that has ended now."""
        self._ended[session.id] = session
        while len(self._ended) > KEPT:
            del self._ended[next(iter(self._ended))]

    async def begin(self, record: LoginRecord) -> None:
        """Write one that begins."""
        await self._database.write(lambda conn: self._store.insert(conn, record))

    async def write(self, record: LoginRecord) -> None:
        """Write how one stands."""
        await self._database.write(lambda conn: self._store.update(conn, record))

    def purges(self) -> Mapping[str, Any]:
        """Return what the janitor clears."""
        return {"logins": self._purge}

    async def _purge(self, before: int, dry_run: bool) -> int:
        if dry_run:
            return await self._database.read(lambda conn: self._store.count_old(conn, before))
        return await self._database.write(lambda conn: self._store.purge(conn, before))
