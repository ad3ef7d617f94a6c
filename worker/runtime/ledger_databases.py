"""The database below a worker's ledger: its tables, how it is opened, and transactions.

WAL with ``synchronous=NORMAL``: a killed process loses nothing, and what a power cut takes is found again, for its
cursor was not acknowledged either.
"""

import sqlite3
from pathlib import Path
from typing import Final

from worker.protocol.codec import now_ms

FORGET_MS: Final = 7 * 24 * 3600 * 1000
"""The seen-cache of an account that has not been assigned for so long is dropped."""
_QUICK_CHECK_BYTES: Final = 16 * 1024 * 1024

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS monitor_tasks (
    account_id TEXT NOT NULL, epoch INTEGER NOT NULL, next_seq INTEGER NOT NULL, assigned_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, epoch)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (
    id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, key_hash BLOB NOT NULL, UNIQUE (account_id, key_hash)
);
CREATE TABLE IF NOT EXISTS outbox (
    account_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, key_hash BLOB NOT NULL,
    baseline INTEGER NOT NULL, how TEXT NOT NULL, item BLOB NOT NULL, created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, epoch, seq)
);
CREATE INDEX IF NOT EXISTS outbox_key ON outbox (account_id, key_hash);
CREATE TABLE IF NOT EXISTS pending_cursors (
    account_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL, how TEXT NOT NULL,
    PRIMARY KEY (account_id, epoch)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_reads (
    id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, epoch INTEGER NOT NULL, key TEXT NOT NULL,
    UNIQUE (account_id, key)
);
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make it. Raises ``sqlite3.DatabaseError`` when it is broken."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        _prepare(db, path)
    except BaseException:
        db.close()
        raise
    return db


class Transaction:
    """``BEGIN IMMEDIATE`` … ``COMMIT``, or ``ROLLBACK`` when the block raises."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if not self._db.in_transaction:
            return  # SQLite has rolled back by itself (disk full)
        if kind is not None:
            self._db.execute("ROLLBACK")
            return
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    # Every worker holds one: keep its page cache small.
    db.execute("PRAGMA cache_size = -512")
    if path.stat().st_size <= _QUICK_CHECK_BYTES:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    db.executescript(_SCHEMA)
    with Transaction(db):
        old = now_ms() - FORGET_MS
        db.execute(
            "DELETE FROM seen WHERE account_id NOT IN (SELECT account_id FROM monitor_tasks WHERE assigned_at > ?)",
            (old,),
        )
