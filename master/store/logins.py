"""Sign-ins: that they took place and how they ended, never what was shown or typed."""

from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from master.store.account_tables import login_sessions
from master.store.columns import from_json, to_json
from worker.protocol.texts import Text

OPEN = ("pending", "scanning", "code_asked")


class LoginRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row."""

    id: str
    platform: str
    method: str
    account_id: str | None
    name: str
    state: str
    step: Text
    error: Text | None = None
    refreshes: int = 0
    worker_id: str
    created_at: int
    expires_at: int
    ended_at: int | None = None


class LoginStore:
    """The table ``login_sessions``."""

    def insert(self, conn: Connection, record: LoginRecord) -> None:
        """Add a sign-in that has begun."""
        conn.execute(insert(login_sessions).values(_values(record)))

    def update(self, conn: Connection, record: LoginRecord) -> None:
        """Write how a sign-in stands."""
        conn.execute(update(login_sessions).where(login_sessions.c.id == record.id).values(_values(record)))

    def open(self, conn: Connection) -> list[LoginRecord]:
        """Return those that have not ended, whoever ran them."""
        statement = select(login_sessions).where(login_sessions.c.state.in_(OPEN))
        return [_record(dict(row)) for row in conn.execute(statement).mappings()]

    def latest(self, conn: Connection, count: int) -> list[LoginRecord]:
        """Return the latest ones, the newest first."""
        statement = select(login_sessions).order_by(login_sessions.c.created_at.desc()).limit(count)
        return [_record(dict(row)) for row in conn.execute(statement).mappings()]

    def count_old(self, conn: Connection, before: int) -> int:
        """Count those that began before."""
        statement = select(func.count()).select_from(login_sessions).where(login_sessions.c.created_at < before)
        return conn.execute(statement).scalar_one()

    def purge(self, conn: Connection, before: int) -> int:
        """Delete those that began before."""
        return conn.execute(delete(login_sessions).where(login_sessions.c.created_at < before)).rowcount


def _values(record: LoginRecord) -> dict[str, Any]:
    values = msgspec.structs.asdict(record)
    return values | {"step": to_json(record.step), "error": to_json(record.error)}


def _record(row: dict[str, Any]) -> LoginRecord:
    row["step"] = from_json(row["step"], Text)
    row["error"] = from_json(row["error"], Text)
    return LoginRecord(**row)
