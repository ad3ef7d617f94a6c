"""What a client of the master is told during a run: grants and notifications."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from master.api.client import MasterClient
from master.api.events import Event
from master.api.schema import Account, Notification


@dataclass(frozen=True)
class Grant:
    """An account has this owner (None: nobody) from ``since`` (ms) on."""

    worker_id: str | None
    epoch: int
    since: float


class Recorder:
    """Listens on ``/admin`` and ``/client``; loads everything again when the master or the events say so."""

    def __init__(self) -> None:
        self.grants: dict[str, list[Grant]] = {}
        self.told: Counter[int] = Counter()
        """Notifications shown, by the id of their item."""
        self.results: dict[str, list[tuple[float, str]]] = {}
        """Times (UTC ms) of successful checks and who owned the account when we heard of them."""
        self._shown: set[int] = set()
        self.resyncs = 0
        self._resync = asyncio.Event()

    async def listen(self, client: MasterClient) -> None:
        """Listen to this master until the client is closed."""
        await client.open(listener=self._on_event, on_notification=self._on_notification)
        await self.load(client)

    async def load(self, client: MasterClient) -> None:
        """Load the owners of all accounts."""
        for account in await client.all_accounts():
            self._note(account)

    def owner(self, account_id: str) -> str | None:
        """Return who owns an account now, as far as is known."""
        grants = self.grants.get(account_id)
        return grants[-1].worker_id if grants else None

    def _on_event(self, event: Event) -> None:
        if event.type == "account.changed":
            self._note(event.data)
            self._note_result(event.data.id, event.data.last_ok_at)
        elif event.type == "checking":
            self._note_result(event.data.account_id, event.data.last_ok_at)
        elif event.type == "resync":
            self.resyncs += 1

    async def _on_notification(self, rows: list[Notification], _many: bool) -> None:
        for row in rows:
            # A master that was killed before it kept our acknowledgement tells again; like the window, which lives on
            # while its client is made anew, we know what was shown.
            if row.item_id is not None and row.id not in self._shown:
                self.told[row.item_id] += 1
            self._shown.add(row.id)

    def _note_result(self, account_id: str, at: int | None) -> None:
        results = self.results.setdefault(account_id, [])
        owner = self.owner(account_id)
        if at is not None and owner is not None and (not results or results[-1] != (at, owner)):
            results.append((float(at), owner))

    def _note(self, account: Account) -> None:
        grants = self.grants.setdefault(account.id, [])
        since = float(account.assigned_since_at or 0) if account.worker_id else time.time() * 1000
        grant = Grant(account.worker_id, account.epoch, since)
        last = grants[-1] if grants else None
        if last is None or (last.worker_id, last.epoch) != (grant.worker_id, grant.epoch):
            grants.append(grant)
