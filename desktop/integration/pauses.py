"""*Pause all* and *Resume all* of the tray: what was paused one by one before stays paused."""

from collections.abc import Callable, Iterable

from desktop.bridge import Bridge
from desktop.settings import SettingsHolder
from master.api.schema import Account, AccountBatch
from worker.protocol.states import AccountState

BATCH = 500


class Pauses:
    """Remembers in the settings, over restarts too, which accounts *Pause all* paused."""

    def __init__(self, bridge: Bridge, accounts: Callable[[], Iterable[Account]], settings: SettingsHolder) -> None:
        self._bridge, self._accounts, self._settings = bridge, accounts, settings

    async def pause_all(self) -> None:
        """Pause every account that is not paused. Raises ``ApiError`` when the master refuses."""
        resting = self._resting()
        kept = [one for one in self._settings.values.paused_together if one in resting]
        ids = [row.id for row in self._accounts() if row.id not in resting]
        for first in range(0, len(ids), BATCH):
            part = ids[first : first + BATCH]
            await self._bridge.call(self._bridge.client.batch_accounts(AccountBatch(action="pause", account_ids=part)))
            kept += part
            self._settings.update(paused_together=tuple(kept))

    async def resume_all(self) -> None:
        """Resume what :meth:`pause_all` paused; all that is paused when nothing of that is known."""
        resting = self._resting()
        ids = [one for one in self._settings.values.paused_together if one in resting] or sorted(resting)
        for first in range(0, len(ids), BATCH):
            body = AccountBatch(action="resume", account_ids=ids[first : first + BATCH])
            await self._bridge.call(self._bridge.client.batch_accounts(body))
        self._settings.update(paused_together=())

    def _resting(self) -> set[str]:
        return {row.id for row in self._accounts() if row.state is AccountState.PAUSED}
