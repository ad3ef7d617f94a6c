"""*Pause all* and *Resume all* of the tray: what was paused one by one before stays paused."""

from collections.abc import Callable, Iterable

from desktop.bridge import Bridge
from desktop.integration.account_batches import BATCH, batch_accounts, failures_of
from desktop.settings import SettingsHolder
from master.api.schema import Account, AccountBatch, BatchResult
from worker.protocol.states import AccountState


class Pauses:
    """Remembers in the settings, over restarts too, which accounts *Pause all* paused."""

    def __init__(self, bridge: Bridge, accounts: Callable[[], Iterable[Account]], settings: SettingsHolder) -> None:
        self._bridge, self._accounts, self._settings = bridge, accounts, settings

    async def pause_all(self) -> list[BatchResult]:
        """Pause every account that is not paused; return what failed. Raises ``ApiError`` when the master refuses."""
        failed: list[BatchResult] = []
        resting = self._resting()
        kept = [one for one in self._settings.values.paused_together if one in resting]
        ids = [row.id for row in self._accounts() if row.id not in resting]
        for first in range(0, len(ids), BATCH):
            part = ids[first : first + BATCH]
            body = AccountBatch(action="pause", account_ids=part)
            report = await self._bridge.call(self._bridge.client.batch_accounts(body))
            refused = failures_of(report)
            lost = {one.id for one in refused}
            kept += [one for one in part if one not in lost]
            failed += refused
            self._settings.update(paused_together=tuple(kept))
        return failed

    async def resume_all(self) -> list[BatchResult]:
        """Resume what :meth:`pause_all` paused, else all that is paused; return what failed."""
        resting = self._resting()
        ids = [one for one in self._settings.values.paused_together if one in resting] or sorted(resting)
        failed = await batch_accounts(self._bridge, "resume", ids)
        self._settings.update(paused_together=tuple(one.id for one in failed))
        return failed

    def _resting(self) -> set[str]:
        return {row.id for row in self._accounts() if row.state is AccountState.PAUSED}
