"""The same done with many accounts: in parts, as the master takes no more of them at a time."""

from typing import Any, Final

from desktop.bridge import Bridge
from master.api.accounts import AccountAction
from master.api.schema import AccountBatch, BatchReport, BatchResult

BATCH: Final = 500


def failures_of(report: BatchReport) -> list[BatchResult]:
    """Return the rows of a batch that failed."""
    return [row for row in report.results if not row.success]


async def batch_accounts(bridge: Bridge, action: AccountAction, ids: list[str], **more: Any) -> list[BatchResult]:
    """Do it with all of them; return what failed. ``more``: what else the action needs. Raises ``ApiError``."""
    failed: list[BatchResult] = []
    for first in range(0, len(ids), BATCH):
        body = AccountBatch(action=action, account_ids=ids[first : first + BATCH], **more)
        failed += failures_of(await bridge.call(bridge.client.batch_accounts(body)))
    return failed
