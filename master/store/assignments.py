"""Who owns what, and how far what was found is stored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from master.store.account_tables import assignments
from master.store.columns import from_json, to_json
from master.store.meta import MetaStore
from worker.protocol.texts import Text


class OwnerChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written of one account's owner."""

    account_id: str
    worker_id: str | None
    epoch: int
    reason: Text | None
    since_at: int | None
    pinned_to: str | None = None
    """The worker where it belongs, whoever has it now."""
    pin_policy: str = "wait"
    """``wait`` for that worker, or ``move`` while it is away."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the findings of (account, epoch) are stored."""

    epoch: int
    stored_seq: int
    """Every report up to this one is stored."""
    ahead: list[int] = []
    """Reports that are stored beyond a gap."""
    cursor: str | None = None
    cursor_seq: int = 0


class AssignmentRecord(Progress, frozen=True, kw_only=True):
    """One row."""

    account_id: str
    worker_id: str | None
    reason: Text | None
    since_at: int | None
    pinned_to: str | None = None
    pin_policy: str = "wait"


NUMBERED_ANEW: Final[Mapping[str, Any]] = {"stored_seq": 0, "ahead": "[]", "cursor_seq": 0}


class AssignmentStore:
    """The table of assignments and the counter of epochs."""

    def all(self, conn: Connection) -> list[AssignmentRecord]:
        """Return all rows."""
        return [_record(row) for row in conn.execute(select(assignments)).mappings()]

    def insert(self, conn: Connection, account_id: str, reason: Text | None) -> None:
        """Add the row of a new account, without an owner."""
        conn.execute(insert(assignments).values(account_id=account_id, reason=to_json(reason)))

    def set_owners(self, conn: Connection, changes: Sequence[OwnerChange]) -> set[str]:
        """Write all changes but those under an older epoch than is known; return the accounts that were written.

        Under a new epoch the numbering of reports begins again; the cursor stays.
        """
        wanted = [change.account_id for change in changes]
        columns = assignments.c
        rows = conn.execute(select(columns.account_id, columns.epoch).where(columns.account_id.in_(wanted)))
        known = {row.account_id: row.epoch for row in rows}
        same = [change for change in changes if known.get(change.account_id) == change.epoch]
        new = [change for change in changes if known.get(change.account_id, change.epoch) < change.epoch]
        _set(conn, same, {})
        _set(conn, new, NUMBERED_ANEW)
        return {change.account_id for change in (*same, *new)}

    def renew(self, conn: Connection, account_id: str, *, forget_cursor: bool) -> int:
        """Put an account under a new epoch, whoever owns it, and return that: what was begun before counts no more.

        ``forget_cursor``: it looks at another place from now on, so the next check begins from nothing.
        """
        epoch = self.next_epoch(conn)
        values: dict[str, Any] = {"epoch": epoch, **NUMBERED_ANEW}
        if forget_cursor:
            values["cursor"] = None
        conn.execute(update(assignments).where(assignments.c.account_id == account_id).values(values))
        return epoch

    def progress(self, conn: Connection, account_id: str) -> Progress | None:
        """Return how far an account's findings are stored, None when it is not there (any more)."""
        columns = assignments.c
        row = conn.execute(
            select(columns.epoch, columns.stored_seq, columns.ahead, columns.cursor, columns.cursor_seq).where(
                columns.account_id == account_id
            )
        ).one_or_none()
        if row is None:
            return None
        return Progress(
            epoch=row.epoch,
            stored_seq=row.stored_seq,
            ahead=from_json(row.ahead, list[int]),
            cursor=row.cursor,
            cursor_seq=row.cursor_seq,
        )

    def set_progress(self, conn: Connection, account_id: str, progress: Progress) -> None:
        """Write how far an account's findings are stored."""
        conn.execute(
            update(assignments)
            .where(assignments.c.account_id == account_id)
            .values(
                stored_seq=progress.stored_seq,
                ahead=to_json(progress.ahead),
                cursor=progress.cursor,
                cursor_seq=progress.cursor_seq,
            )
        )

    def next_epochs(self, conn: Connection, count: int) -> int:
        """Take ``count`` epochs and return the first. No epoch is ever given twice."""
        return MetaStore().count_up(conn, "epoch", count)

    def next_epoch(self, conn: Connection) -> int:
        """Take one epoch."""
        return self.next_epochs(conn, 1)


def _set(conn: Connection, changes: Iterable[OwnerChange], more: Mapping[str, Any]) -> None:
    values = [
        {
            "account": change.account_id,
            "worker_id": change.worker_id,
            "pinned_to": change.pinned_to,
            "pin_policy": change.pin_policy,
            "epoch": change.epoch,
            "reason": to_json(change.reason),
            "since_at": change.since_at,
            **more,
        }
        for change in changes
    ]
    if values:
        conn.execute(update(assignments).where(assignments.c.account_id == bindparam("account")), values)


def _record(row: Mapping[Any, Any]) -> AssignmentRecord:
    values = dict(row)
    values["reason"] = from_json(values["reason"], Text | None)
    values["ahead"] = from_json(values["ahead"], list[int])
    return AssignmentRecord(**values)
