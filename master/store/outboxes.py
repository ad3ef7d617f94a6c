"""What a worker found and could not deliver: the outbox in its own ledger, read when no process of it runs."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from worker.protocol.item_messages import Item, ItemsDetected, Report

BATCH: Final = 100
BUSY_SECONDS: Final = 5.0


class OutboxError(Exception):
    """A ledger cannot be read."""


def read_outbox(ledger: Path) -> list[ItemsDetected]:
    """Return what waits in the outbox of ``ledger`` in batches of one account and epoch, without cursors. Blocks.

    Empty where there is no ledger. Raises :class:`OutboxError`.
    """
    if not ledger.is_file():
        return []
    try:
        with closing(sqlite3.connect(ledger, timeout=BUSY_SECONDS)) as db:
            rows = db.execute(
                "SELECT account_id, epoch, how, seq, baseline, item FROM outbox ORDER BY account_id, epoch, seq"
            ).fetchall()
        batches: list[ItemsDetected] = []
        for account_id, epoch, how, seq, baseline, item in rows:
            report = Report(
                seq=seq, item=msgspec.json.decode(item, type=Item), baseline=bool(baseline), shown=baseline > 1
            )
            last = batches[-1] if batches else None
            same = last is not None and (last.account_id, last.epoch, last.how) == (account_id, epoch, how)
            if last is not None and same and len(last.reports) < BATCH:
                last.reports.append(report)
            else:
                batches.append(ItemsDetected(account_id=account_id, epoch=epoch, how=how, reports=[report]))
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        raise OutboxError(str(error)) from error
    return batches


def forget_reports(ledger: Path, account_id: str, epoch: int, seqs: Sequence[int]) -> None:
    """Take reports that the master has by now out of an outbox. Blocks. Raises :class:`OutboxError`."""
    try:
        with closing(sqlite3.connect(ledger, timeout=BUSY_SECONDS)) as db, db:
            db.executemany(
                "DELETE FROM outbox WHERE account_id = ? AND epoch = ? AND seq = ?",
                [(account_id, epoch, seq) for seq in seqs],
            )
    except sqlite3.Error as error:
        raise OutboxError(str(error)) from error
