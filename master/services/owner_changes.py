"""What is written of who owns an account."""

from typing import Any

import msgspec

from master.api.schema import Account
from master.store.assignments import OwnerChange
from worker.protocol.texts import Text


def change_of(row: Account, *, reason: Text | None = None, **more: Any) -> OwnerChange:
    """Return a change under the same epoch; ``more``: fields of :class:`OwnerChange`."""
    change = OwnerChange(
        account_id=row.id,
        worker_id=row.worker_id,
        epoch=row.epoch,
        reason=reason or row.assignment_reason,
        since_at=row.assigned_since_at,
        pinned_to=row.pinned_to,
        pin_policy=row.pin_policy,
    )
    return msgspec.structs.replace(change, **more)


def unowned(row: Account, why: Text) -> OwnerChange | None:
    """Return the change that shows why an account has no owner, None when it shows that already."""
    if row.worker_id is None and row.assignment_reason == why:
        return None
    return change_of(row, reason=why, worker_id=None, since_at=None)
