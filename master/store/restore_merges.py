"""What a restore takes from the backup and what it keeps, table by table. Runs inside one transaction.

What a person set up comes from the backup. What happened stays: items, the ledger of keys, notifications and who was
shown them, jobs, counters. So nothing that was found since the backup is lost, and nothing is told again.
"""

# ruff: noqa: S608 (every name in these statements is of our own tables)

import sqlite3
import uuid
from typing import Final

import msgspec

from master.store.meta import GENERATION
from master.store.restored_accounts import SECRETS_UNSURE
from worker.protocol.texts import text

CHOSEN: Final[dict[str, tuple[str, ...]]] = {
    "groups": (),
    "proxies": ("generation", "last_test"),
    "rules": ("hits", "last_hit_at", "disabled_reason"),
    "quiet_hours": (),
    "searches": (),
    "schedules": ("next_at", "last_at", "last_job_id"),
    "worker_configs": (),
    "credentials": ("fields", "generation"),
    "accounts": (
        "credential_generation",
        "state",
        "state_reason",
        "state_since_at",
        "login_status",
        "login_reason",
        "alerted",
        "baseline_done",
        "show_existing",
        "last_checked_at",
        "last_ok_at",
        "failures",
        "not_before_at",
        "identity",
        "credentials_expire_at",
        "credentials_used_at",
        "renews",
        "certificates",
    ),
}
"""Tables that a person writes, which come from the backup; columns of them that only say what happened, which stay."""

HISTORY: Final = ("items", "item_keys", "item_threads", "item_counts")
"""Comes back of accounts that were deleted with it since."""

WORDS_FROM: Final = "items_words_from"
"""The first item that can be searched for."""
RESTORED: Final = "restored"
"""Name of the mark in ``meta``: the request that was carried out last."""
EPOCH: Final = "epoch"
EPOCH_LEAP: Final = 1 << 32
"""More epochs than can have been granted since a backup that is all that is left."""
ID_LEAP: Final = 10_000_000
"""More rows than can have been numbered since: a device drops what has the number of something that it showed."""


def merge(db: sqlite3.Connection, *, backup_at: int, now: int) -> None:
    """Bring back into ``main`` what was set up in ``old`` (attached, of the same schema)."""
    db.execute("CREATE TEMP TABLE returned AS SELECT id FROM old.accounts WHERE id NOT IN (SELECT id FROM accounts)")
    elsewhere = _moved_accounts(db)
    for table, kept in CHOSEN.items():
        _take(db, table, kept)
    _assignments(db, elsewhere)
    _history(db)
    # Of some accounts even the ledger went when they were deleted.
    db.execute(
        "INSERT OR REPLACE INTO restored_accounts (account_id, backup_at, restored_at) "
        "SELECT id, ?, ? FROM returned WHERE id IN (SELECT id FROM erased)",
        (backup_at, now),
    )
    db.execute("UPDATE schedules SET next_at = NULL WHERE id IN (SELECT id FROM changed_schedules)")
    _mend_references(db)


def begin_anew(db: sqlite3.Connection, *, backup_at: int, now: int) -> None:
    """Prepare a backup that is all that is left: nobody knows what was given out, found and told since."""
    last = int(_value(db, EPOCH) or 0)
    _set(db, EPOCH, str(last + EPOCH_LEAP))
    _set(db, SECRETS_UNSURE, "1")
    for (table,) in db.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    ).fetchall():
        if not db.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?", (ID_LEAP, table)).rowcount:
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, ID_LEAP))
    # What waited then was shown since, as far as anybody can tell; it stays in the list.
    db.execute(
        "UPDATE client_devices SET cursor = (SELECT seq FROM sqlite_sequence WHERE name = 'notifications')",
    )
    db.execute("UPDATE schedules SET next_at = NULL")
    lost = msgspec.json.encode(text("restore_job_lost")).decode()
    db.execute(
        "UPDATE jobs SET state = 'FAILED', reason = 'lost', error = ?, ended_at = max(?, submitted_at), "
        "version = version + 1 WHERE state = 'PENDING'",
        (lost, now),
    )
    db.execute(
        "UPDATE job_reservations SET state = 'released', released_at = ? WHERE state <> 'released' "
        "AND job_id IN (SELECT id FROM jobs WHERE state = 'FAILED')",
        (now,),
    )
    db.execute(
        "INSERT OR REPLACE INTO restored_accounts (account_id, backup_at, restored_at) "
        "SELECT id, ?, ? FROM accounts WHERE baseline_done = 1",
        (backup_at, now),
    )
    _waiting(db, now)


def _waiting(db: sqlite3.Connection, now: int) -> None:
    """What was held or snoozed then may have been told since: it joins the one message that says so, or is over."""
    held = "state = 'held' AND item_id IS NOT NULL AND account_id IN (SELECT account_id FROM restored_accounts)"
    db.execute(
        "UPDATE restored_accounts SET found = (SELECT count(*) FROM notifications "
        f"WHERE {held} AND account_id = restored_accounts.account_id)"
    )
    reason = msgspec.json.encode(text("silent_restored")).decode()
    db.execute(f"UPDATE notifications SET state = 'suppressed', reason = ?, changed_at = ? WHERE {held}", (reason, now))
    over = msgspec.json.encode(text("silent_restored_old")).decode()
    db.execute(
        "UPDATE notifications SET state = 'dismissed', reason = ?, changed_at = ?, snoozed_until_at = NULL "
        "WHERE state = 'snoozed' AND snoozed_until_at <= ?",
        (over, now, now),
    )


def conclude(db: sqlite3.Connection, mark: str) -> None:
    """Make the ledger another one, so that workers forget what they think is known, and end every right of before."""
    accounts = [account for (account,) in db.execute("SELECT account_id FROM assignments ORDER BY account_id")]
    first = int(_value(db, EPOCH) or 0) + 1
    db.executemany(
        "UPDATE assignments SET worker_id = NULL, since_at = NULL, reason = NULL, epoch = ?, cursor_seq = 0, "
        "stored_seq = 0, ahead = '[]' WHERE account_id = ?",
        [(first + number, account) for number, account in enumerate(accounts)],
    )
    _set(db, EPOCH, str(first + len(accounts)))
    _set(db, GENERATION, str(uuid.uuid4()))
    _set(db, RESTORED, mark)


# ------------------------------------------------------------ one kind each


def columns(db: sqlite3.Connection, table: str, schema: str = "main") -> list[str]:
    """Return the columns of a table."""
    return [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?, ?)", (table, schema))]


def _moved_accounts(db: sqlite3.Connection) -> set[str]:
    """Return the accounts that look at another place now than they did then."""
    rows = db.execute(
        "SELECT o.id FROM old.accounts o JOIN main.accounts a ON a.id = o.id "
        "WHERE (a.platform, a.platform_account_id) <> (o.platform, o.platform_account_id)"
    )
    return {account for (account,) in rows}


def _take(db: sqlite3.Connection, table: str, kept: tuple[str, ...]) -> None:
    """Let a table be as it was, but for what the columns ``kept`` say of rows that are still there."""
    names = columns(db, table)
    key = names[0]
    if table == "schedules":
        db.execute(
            "CREATE TEMP TABLE changed_schedules AS SELECT o.id FROM old.schedules o LEFT JOIN main.schedules s "
            "ON s.id = o.id WHERE s.id IS NULL OR (s.cron, s.time_zone, s.enabled) <> (o.cron, o.time_zone, o.enabled)"
        )
    db.execute(f"CREATE TEMP TABLE now_{table} AS SELECT * FROM main.{table}")
    db.execute(f"DELETE FROM main.{table}")
    listed = ", ".join(names)
    db.execute(f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM old.{table}")
    sets = [f"{name} = n.{name}" for name in kept if name in names]
    if "version" in names:
        # What somebody has open is stale.
        sets.append(f"version = max(n.version, {table}.version) + 1")
    if sets:
        db.execute(f"UPDATE main.{table} SET {', '.join(sets)} FROM now_{table} n WHERE n.{key} = {table}.{key}")
    db.execute(f"DROP TABLE now_{table}")


def _assignments(db: sqlite3.Connection, elsewhere: set[str]) -> None:
    """Each account goes on where its last check ended; one that looks where it looked then, where that ended."""
    db.execute("DELETE FROM main.assignments WHERE account_id NOT IN (SELECT id FROM main.accounts)")
    names = columns(db, "assignments")
    listed = ", ".join(names)
    db.execute(
        f"INSERT INTO main.assignments ({listed}) SELECT {listed} FROM old.assignments o "
        "WHERE o.account_id NOT IN (SELECT account_id FROM main.assignments)"
    )
    for account in elsewhere:
        db.execute(
            "UPDATE main.assignments SET cursor = (SELECT cursor FROM old.assignments WHERE account_id = ?1) "
            "WHERE account_id = ?1",
            (account,),
        )
        db.execute(
            "UPDATE main.accounts SET baseline_done = (SELECT baseline_done FROM old.accounts WHERE id = ?1) "
            "WHERE id = ?1",
            (account,),
        )


def _history(db: sqlite3.Connection) -> None:
    """Bring back what was found of accounts that were deleted with their history."""
    db.execute(
        "CREATE TEMP TABLE erased AS SELECT r.id FROM returned r "
        "WHERE NOT EXISTS (SELECT 1 FROM main.item_keys k WHERE k.account_id = r.id)"
    )
    if db.execute("SELECT 1 FROM erased").fetchone() is None:
        return
    mine = "account_id IN (SELECT id FROM erased)"
    taken = db.execute(
        f"SELECT 1 FROM old.items o JOIN main.items i ON i.id = o.id WHERE o.{mine} LIMIT 1"  # another line of ids
    ).fetchone()
    top = db.execute(
        "SELECT max(coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'items'), 0), "
        "coalesce((SELECT seq FROM old.sqlite_sequence WHERE name = 'items'), 0))"
    ).fetchone()[0]
    shift = int(top) if taken else 0
    shifted: dict[str, tuple[str, ...]] = {"items": ("id",), "item_keys": ("item_id",), "item_threads": ("last_id",)}
    shifted["item_counts"] = ("first_id", "last_id")
    for table in HISTORY:
        names = columns(db, table)
        values = ", ".join(f"{name} + {shift}" if name in shifted[table] else name for name in names)
        listed = ", ".join(names)
        db.execute(f"INSERT OR IGNORE INTO main.{table} ({listed}) SELECT {values} FROM old.{table} WHERE {mine}")
    # What is counted of all accounts together counts them again; their words are indexed anew in the background.
    db.execute(
        "INSERT INTO main.item_counts (account_id, size, slot, kind, count, first_id, last_id) "
        "SELECT '', size, slot, kind, sum(count), min(first_id) + ?, max(last_id) + ? FROM old.item_counts "
        f"WHERE {mine} GROUP BY size, slot, kind ON CONFLICT (account_id, size, slot, kind) DO UPDATE SET "
        "count = count + excluded.count, first_id = min(first_id, excluded.first_id), "
        "last_id = max(last_id, excluded.last_id)",
        (shift, shift),
    )
    db.execute("UPDATE main.meta SET value = '' WHERE key = 'items_words'")
    _notifications(db, shift)
    # The index of words learns everything anew in the background.
    db.execute("INSERT INTO main.items_fts (items_fts) VALUES ('delete-all')")
    _set(db, WORDS_FROM, str(int(top) + shift + 1))


def _notifications(db: sqlite3.Connection, shift: int) -> None:
    """Bring back what was told of those items. Nobody is told of it again."""
    names = columns(db, "notifications")
    reason = msgspec.json.encode(text("silent_restored_old")).decode()
    shown = {
        "item_id": f"item_id + {shift}",
        "state": "CASE WHEN state IN ('read', 'dismissed', 'suppressed') THEN state ELSE 'dismissed' END",
        "reason": "CASE WHEN state IN ('read', 'dismissed', 'suppressed') THEN reason ELSE ? END",
        "snoozed_until_at": "NULL",
        "dedupe": "''",
    }
    values = ", ".join(shown.get(name, name) for name in names)
    listed = ", ".join(names)
    db.execute(
        f"INSERT OR IGNORE INTO main.notifications ({listed}) SELECT {values} FROM old.notifications "
        "WHERE account_id IN (SELECT id FROM erased) AND item_id IS NOT NULL "
        "AND id NOT IN (SELECT id FROM main.notifications) "
        "AND id <= coalesce((SELECT min(cursor) FROM main.client_devices), 9e15)",
        (reason,),
    )


def _mend_references(db: sqlite3.Connection) -> None:
    """Take away what belongs to rows that are no more."""
    for table, rowid, parent, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        if rowid is not None:
            db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))
            continue
        for _, _, target, source, to, *_ in db.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
            if target == parent:
                db.execute(f'DELETE FROM "{table}" WHERE "{source}" NOT IN (SELECT "{to}" FROM "{target}")')


def _value(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def _set(db: sqlite3.Connection, key: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


mark_of = _value
