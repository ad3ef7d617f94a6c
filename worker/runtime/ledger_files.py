"""The worker's memory on disk: what it found and the master has not acknowledged, and what it knows the master has.

Synchronous, standard library only; :mod:`worker.runtime.ledger` puts it on a thread.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from worker.protocol.account_messages import Assignment
from worker.protocol.codec import MAX_BATCH, now_ms
from worker.protocol.item_messages import CursorReport, Item, ItemsDetected, Report
from worker.runtime.ledger_databases import Transaction, open_database

SEEN_LIMIT: Final = 20_000
"""Most keys an account in the seen-cache; the oldest go first, the master's ledger knows them all the same."""
SEEN_SLACK: Final = 500
READS: Final = 200
"""Most keys of read items in one message."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account goes on: the cursor to poll with."""

    cursor: str | None


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """What a page added: how many reports, and the sequence number up to which the outbox speaks now."""

    count: int
    seq: int
    pending: bool
    """There is something to wait for: reports, or a cursor."""


class LedgerFile:
    """The open database. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._db = open_database(path)
        self._added_seen: dict[str, int] = {}

    def close(self) -> None:
        """Close it."""
        self._db.close()

    def backlogs(self) -> dict[str, int]:
        """Return the number of unacknowledged reports of every account; one with only a cursor to send counts 0."""
        counts = dict(self._db.execute("SELECT account_id, count(*) FROM outbox GROUP BY account_id").fetchall())
        for (account,) in self._db.execute(
            "SELECT account_id FROM pending_cursors UNION SELECT account_id FROM pending_reads"
        ):
            counts.setdefault(account, 0)
        return counts

    def backlog(self, account: str) -> int:
        """Return the number of unacknowledged reports of one account."""
        return int(self._db.execute("SELECT count(*) FROM outbox WHERE account_id = ?", (account,)).fetchone()[0])

    def generation(self) -> str:
        """Return the generation of the master's ledger that the seen-cache belongs to, empty at first."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
        return str(row[0]) if row else ""

    def adopt(self, generation: str) -> bool:
        """Belong to ``generation``; drop the seen-cache if it was another, keep the outbox. Return whether it was."""
        before = self.generation()
        if before == generation:
            return False
        with self._transaction():
            if before:
                self._db.execute("DELETE FROM seen")
                # It may have lost numbers that it once acknowledged: begin() counts anew.
                self._db.execute("DELETE FROM monitor_tasks")
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (generation,))
        return bool(before)

    def begin(self, assignment: Assignment) -> Begun:
        """Take an account up, new or again, and return where to go on.

        What the master has stored already leaves the outbox. When the numbering is not known to be whole (a new ledger,
        or one of another generation), gaps that nobody can fill any more are closed by numbering anew.
        """
        account, epoch, stored = assignment.account_id, assignment.epoch, assignment.stored_seq
        with self._transaction():
            self._settle(account, epoch, stored)
            row = self._db.execute(
                "SELECT next_seq FROM monitor_tasks WHERE account_id = ? AND epoch = ?", (account, epoch)
            ).fetchone()
            last = max(stored, int(row[0]) - 1) if row else self._renumber(account, epoch, stored)
            pending = self._cursor(account, epoch)[0]
            self._db.execute("DELETE FROM monitor_tasks WHERE account_id = ? AND epoch <> ?", (account, epoch))
            self._db.execute(
                "INSERT OR REPLACE INTO monitor_tasks VALUES (?, ?, ?, ?)", (account, epoch, last + 1, now_ms())
            )
        return Begun(cursor=pending.value if pending is not None else assignment.cursor)

    def append(
        self,
        account: str,
        epoch: int,
        items: Sequence[Item],
        *,
        baseline: bool,
        cursor: str | None,
        how: str,
        read: Sequence[str] = (),
        shown: Collection[str] = (),
    ) -> Appended:
        """Add the new ones of ``items``, the keys of what was ``read`` and the cursor behind them, all or nothing.

        Dropped are items that the master has acknowledged and those that wait in the outbox already.
        """
        with self._transaction():
            row = self._db.execute(
                "SELECT next_seq FROM monitor_tasks WHERE account_id = ? AND epoch = ?", (account, epoch)
            ).fetchone()
            first = int(row[0]) if row else 1
            seq = first
            for item in items:
                if not self._is_known(account, key_hash(item.key)):
                    self._enqueue(account, epoch, seq, item, how, baseline + (item.key in shown))
                    seq += 1
            self._db.executemany(
                "INSERT INTO pending_reads (account_id, epoch, key) VALUES (?, ?, ?)"
                " ON CONFLICT (account_id, key) DO UPDATE SET epoch = excluded.epoch",
                [(account, epoch, key) for key in read],
            )
            if cursor is not None:
                self._db.execute(
                    "INSERT OR REPLACE INTO pending_cursors VALUES (?, ?, ?, ?, ?)",
                    (account, epoch, seq - 1, cursor, how),
                )
            self._db.execute(
                "INSERT INTO monitor_tasks VALUES (?, ?, ?, ?)"
                " ON CONFLICT (account_id, epoch) DO UPDATE SET next_seq = excluded.next_seq",
                (account, epoch, seq, now_ms()),
            )
        return Appended(count=seq - first, seq=seq - 1, pending=seq > first or bool(read) or cursor is not None)

    def _enqueue(self, account: str, epoch: int, seq: int, item: Item, how: str, baseline: int) -> None:
        """Put one report into the outbox. ``baseline``: 0 new, 1 known, 2 known and shown all the same."""
        self._db.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (account, epoch, seq, key_hash(item.key), baseline, how, msgspec.json.encode(item), now_ms()),
        )

    def next_batch(self, account: str) -> ItemsDetected | None:
        """Return what is to be sent next: the oldest epoch first, in order, with the cursor behind the last report."""
        row = self._db.execute(
            "SELECT min(epoch) FROM (SELECT epoch FROM outbox WHERE account_id = ?"
            " UNION ALL SELECT epoch FROM pending_cursors WHERE account_id = ?"
            " UNION ALL SELECT epoch FROM pending_reads WHERE account_id = ?)",
            (account, account, account),
        ).fetchone()
        if row is None or row[0] is None:
            return None
        epoch = int(row[0])
        rows = self._db.execute(
            "SELECT seq, baseline, how, item FROM outbox WHERE account_id = ? AND epoch = ? ORDER BY seq LIMIT ?",
            (account, epoch, MAX_BATCH + 1),
        ).fetchall()
        batch = [row for row in rows[:MAX_BATCH] if row[2] == rows[0][2]]
        cursor = None
        how = str(rows[0][2]) if rows else "poll"
        reports = [
            Report(seq=seq, item=msgspec.json.decode(item, type=Item), baseline=bool(baseline), shown=baseline > 1)
            for seq, baseline, _, item in batch
        ]
        # With the items that they speak of: what is read already is no news.
        read = self._read_of(account, epoch, [report.item.key for report in reports])
        if len(batch) == len(rows):
            # The rest behind all items, and before the cursor behind which nobody tells of them again.
            read = list(dict.fromkeys([*read, *self._read(account, epoch)]))
            if len(read) <= READS:
                cursor, cursor_how = self._cursor(account, epoch)
                how = how if rows else cursor_how
        return ItemsDetected(
            account_id=account,
            epoch=epoch,
            how=how,
            reports=reports,
            cursor=cursor,
            read=read[:READS],
        )

    def acknowledge(self, sent: ItemsDetected, done: Iterable[int]) -> None:
        """Forget what the master has dealt with: sequence numbers ``done`` of ``sent``, and its cursor if it had one.

        The keys become seen, also those of rejected items: they would be found, sent and rejected for ever.
        """
        keys = {report.seq: report.item.key for report in sent.reports}
        finished = [seq for seq in done if seq in keys]
        with self._transaction():
            self._see(sent.account_id, [key_hash(keys[seq]) for seq in finished])
            # By key too: the outbox may have been numbered anew since this was sent.
            self._db.executemany(
                "DELETE FROM outbox WHERE account_id = ? AND epoch = ? AND seq = ? AND key_hash = ?",
                [(sent.account_id, sent.epoch, seq, key_hash(keys[seq])) for seq in finished],
            )
            self._db.executemany(
                "DELETE FROM pending_reads WHERE account_id = ? AND key = ?",
                [(sent.account_id, key) for key in sent.read],
            )
            if sent.cursor is not None:
                # A newer one may have taken its place meanwhile; that one stays.
                self._db.execute(
                    "DELETE FROM pending_cursors WHERE account_id = ? AND epoch = ? AND seq = ? AND value = ?",
                    (sent.account_id, sent.epoch, sent.cursor.seq, sent.cursor.value),
                )
        self._prune(sent.account_id)

    def forget(self, account: str) -> None:
        """The account exists no more: drop all that is known of it."""
        with self._transaction():
            for table in ("monitor_tasks", "seen", "outbox", "pending_cursors", "pending_reads"):
                self._db.execute(f"DELETE FROM {table} WHERE account_id = ?", (account,))  # noqa: S608 (our names)

    def _transaction(self) -> Transaction:
        return Transaction(self._db)

    def _renumber(self, account: str, epoch: int, stored: int) -> int:
        """Number the outbox from the one after ``stored`` and return the last number."""
        rows = self._db.execute(
            "SELECT seq FROM outbox WHERE account_id = ? AND epoch = ? ORDER BY seq", (account, epoch)
        ).fetchall()
        for wanted, (seq,) in enumerate(rows, stored + 1):
            self._db.execute(
                "UPDATE outbox SET seq = ? WHERE account_id = ? AND epoch = ? AND seq = ?",
                (wanted, account, epoch, seq),
            )
        last = stored + len(rows)
        self._db.execute(
            "UPDATE pending_cursors SET seq = ? WHERE account_id = ? AND epoch = ?", (last, account, epoch)
        )
        return last

    def _settle(self, account: str, epoch: int, stored: int) -> None:
        """The master has stored everything up to ``stored``, though its acknowledgement was lost."""
        where = "account_id = ? AND epoch = ? AND seq <= ?"
        rows = self._db.execute(f"SELECT key_hash FROM outbox WHERE {where}", (account, epoch, stored))  # noqa: S608
        self._see(account, [digest for (digest,) in rows.fetchall()])
        self._db.execute(f"DELETE FROM outbox WHERE {where}", (account, epoch, stored))  # noqa: S608 (our text)

    def _is_known(self, account: str, digest: bytes) -> bool:
        return (
            self._db.execute(
                "SELECT 1 FROM seen WHERE account_id = ? AND key_hash = ?"
                " UNION ALL SELECT 1 FROM outbox WHERE account_id = ? AND key_hash = ? LIMIT 1",
                (account, digest, account, digest),
            ).fetchone()
            is not None
        )

    def _cursor(self, account: str, epoch: int) -> tuple[CursorReport | None, str]:
        row = self._db.execute(
            "SELECT seq, value, how FROM pending_cursors WHERE account_id = ? AND epoch = ?", (account, epoch)
        ).fetchone()
        return (CursorReport(seq=row[0], value=row[1]), str(row[2])) if row else (None, "poll")

    def _read_of(self, account: str, epoch: int, keys: Sequence[str]) -> list[str]:
        """Return those of ``keys`` that are read at the service."""
        rows = self._db.execute(
            "SELECT key FROM pending_reads WHERE account_id = ? AND epoch = ?"
            " AND key IN (SELECT value FROM json_each(?))",
            (account, epoch, msgspec.json.encode(keys).decode()),
        )
        return [key for (key,) in rows]

    def _read(self, account: str, epoch: int) -> list[str]:
        rows = self._db.execute(
            "SELECT key FROM pending_reads WHERE account_id = ? AND epoch = ? ORDER BY id LIMIT ?",
            (account, epoch, READS + 1),
        )
        return [key for (key,) in rows]

    def _see(self, account: str, digests: Sequence[bytes]) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO seen (account_id, key_hash) VALUES (?, ?)", [(account, digest) for digest in digests]
        )
        self._added_seen[account] = self._added_seen.get(account, SEEN_SLACK) + len(digests)

    def _prune(self, account: str) -> None:
        if self._added_seen.get(account, 0) < SEEN_SLACK:
            return
        self._added_seen[account] = 0
        with self._transaction():
            self._db.execute(
                "DELETE FROM seen WHERE account_id = ? AND id <="
                " (SELECT id FROM seen WHERE account_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (account, account, SEEN_LIMIT),
            )


def key_hash(key: str) -> bytes:
    """Return 16 bytes that stand for an item's key."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
