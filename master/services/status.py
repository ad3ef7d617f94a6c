"""The master in a few numbers."""

import time
from collections.abc import Collection, Mapping
from typing import Literal, Protocol

from master.api.accounts import Account
from master.api.events import Unread
from master.api.system import (
    Client,
    ClientCounts,
    Health,
    JobCounts,
    NotificationCounts,
    SchedulingCounts,
    Status,
    WorkerCounts,
)
from master.api.workers import Worker
from master.services.events import Publisher
from master.settings import Options
from master.vault.vault import Vault, VaultState
from worker.protocol.texts import Text
from worker.version import __version__


class Accounts(Protocol):
    """What is asked of the accounts."""

    def rows(self) -> Mapping[str, Account]: ...


class Workers(Protocol):
    """What is asked of the workers."""

    def rows(self) -> Collection[Worker]: ...


class Items(Protocol):
    """What is asked of the items."""

    def unread(self) -> Unread: ...


class Notifications(Protocol):
    """What is asked of the notifications."""

    def pending_count(self) -> int: ...

    def clients(self) -> Collection[Client]: ...


class Jobs(Protocol):
    """What is asked of the jobs."""

    def counts(self) -> JobCounts: ...


class StatusService:
    """Answers from memory alone."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        workers: Workers,
        items: Items,
        notifications: Notifications,
        vault: Vault,
        options: Options,
        publisher: Publisher | None = None,
        jobs: Jobs | None = None,
    ) -> None:
        self._accounts = accounts
        self._workers = workers
        self._items = items
        self._notifications = notifications
        self._vault = vault
        self._options = options
        self._publisher = publisher
        self._jobs = jobs
        self._vault_state = VaultState(state="ok", backend_name="")
        self._began = time.monotonic()
        self._stopping = False
        self._ready = False

    @property
    def ready(self) -> bool:
        """It listens and all parts stand."""
        return self._ready

    @ready.setter
    def ready(self, value: bool) -> None:
        self._stopping = self._ready and not value
        self._ready = value

    def health(self) -> Health:
        """Return whether it is up."""
        state: Literal["ok", "starting", "stopping"] = "starting"
        if self._ready:
            state = "ok"
        elif self._stopping:
            state = "stopping"
        return Health(status=state, version=__version__)

    def status(self) -> Status:
        """Return the counts as they are now."""
        workers = self._workers.rows()
        accounts = self._accounts.rows()
        clients = self._notifications.clients()
        online = sum(worker.online for worker in workers)
        assigned = sum(account.assigned_since_at is not None for account in accounts.values())
        return Status(
            version=__version__,
            uptime=round(time.monotonic() - self._began, 3),
            workers=WorkerCounts(
                total=len(workers),
                online=online,
                offline=len(workers) - online,
                total_assigned_accounts=sum(worker.assigned_accounts for worker in workers),
            ),
            scheduling=SchedulingCounts(
                total_accounts=len(accounts),
                assigned_accounts=assigned,
                unassigned_accounts=len(accounts) - assigned,
            ),
            clients=ClientCounts(total=len(clients), online=sum(client.online for client in clients)),
            notifications=NotificationCounts(pending=self._notifications.pending_count()),
            jobs=self._jobs.counts() if self._jobs is not None else JobCounts(),
            unread=self._items.unread().total,
            vault=self._vault_state.state,
            vault_reason=vault_reason(self._vault_state),
            profile=str(self._options.profile),
            demo=self._options.demo,
        )

    @property
    def vault_ok(self) -> bool:
        """Credentials could be read and stored when the keyring was last looked at."""
        return self._vault_state.state == "ok"

    async def refresh_vault(self, *, ask: bool = True) -> bool:
        """Find out how the keyring is (it may take seconds), tell everybody when that changed; return whether it is ok.

        ``ask``: a locked one may show its own prompt.
        """
        before, self._vault_state = self._vault_state, await self._vault.state(ask=ask)
        if before.state != self._vault_state.state and self._publisher is not None:
            self._publisher.publish("vault.changed", self.status())
        return self.vault_ok


def vault_reason(state: VaultState) -> Text | None:
    """Return why credentials cannot be stored, and what to do; None when they can."""
    if state.state == "ok":
        return None
    message = f"{state.message} {state.advice}".strip()
    return Text(code=state.reason, params=dict(state.params), message=message)
