"""Everything about signing in, made and joined: tickets, sign-ins, sign-outs, when credentials end, and the audit."""

from collections.abc import Mapping
from typing import Any, Final

from master.api.accounts import Account
from master.api.events import Event
from master.api.schema import Repair, Settings, Worker
from master.services.account_tests import AccountTestService, Lend
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.audits import AuditService
from master.services.catalog import CatalogService
from master.services.credential_puts import CredentialPuts
from master.services.credentials import CredentialService
from master.services.deliveries import Send
from master.services.events import Publisher
from master.services.expiries import Expiries
from master.services.log_outs import LogOutService
from master.services.logins import LoginService
from master.services.settings import SettingsService
from master.services.tickets import Tickets
from master.services.workers import WorkerService
from master.store.engine import Database
from master.tasks import Tasks
from worker.protocol.states import WorkerState
from worker.protocol.texts import text

ENDED: Final = frozenset({WorkerState.STOPPED, WorkerState.CRASHED, WorkerState.ERROR})

SAVE_TICKS: Final = 60
"""How often it is written when credentials were last used."""
TIDY_TICKS: Final = 600
"""How often the keyring is asked again to let go of credentials that count no more; it may ask the person each time."""


class SignInParts:
    """Made by the composition root."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
        accounts: AccountService,
        workers: WorkerService,
        catalog: CatalogService,
        alerts: AlertService,
        credentials: CredentialService,
        audit: AuditService,
        tasks: Tasks,
        send: Send,
        lend: Lend | None = None,
    ) -> None:
        self._accounts, self._credentials, self._tasks = accounts, credentials, tasks
        self._ticks, self.audit = 0, audit
        self.tickets = tickets = Tickets()
        self.account_tests = AccountTestService(
            accounts=accounts,
            workers=workers,
            catalog=catalog,
            settings=settings,
            send=send,
            lend=lend,
            tickets=tickets,
        )
        self.expiries = Expiries(accounts=accounts, alerts=alerts, settings=settings)
        self.puts = CredentialPuts(accounts=accounts, tests=self.account_tests, tasks=tasks)
        self.logins = LoginService(
            database=database,
            accounts=accounts,
            workers=workers,
            catalog=catalog,
            settings=settings,
            publisher=publisher,
            audit=audit,
            tickets=tickets,
            tasks=tasks,
            send=send,
            lend=lend,
        )
        self.log_outs = self._make_log_outs(workers, catalog, settings, send, lend)
        accounts.audit = credentials.audit = audit
        settings.watch(self._changed)
        publisher.subscribe(self._hear)

    def _make_log_outs(
        self, workers: WorkerService, catalog: CatalogService, settings: SettingsService, send: Send, lend: Lend | None
    ) -> LogOutService:
        return LogOutService(
            accounts=self._accounts,
            workers=workers,
            catalog=catalog,
            settings=settings,
            audit=self.audit,
            tickets=self.tickets,
            send=send,
            lend=lend,
        )

    async def load(self) -> None:
        """Read what there is."""
        await self.logins.load()

    async def recover(self, clean: bool) -> list[Repair]:
        """Before a worker begins: end what a master before left open, and keep what it had stored last."""
        found, ended = await self.logins.history.recover()
        saved = 0 if clean else await self._accounts.adopt_unfinished()
        words = text("recovery_logins", count=ended, total=found)
        return [
            Repair(kind="login", examined=found, repaired=ended, text=words),
            Repair(kind="credential", examined=saved, repaired=saved, text=text("recovery_renewals", count=saved)),
        ]

    def tick(self) -> None:
        """Once a second."""
        self.expiries.tick()
        self._ticks += 1
        if self._ticks % SAVE_TICKS == 0:
            self._tasks.spawn(self._save(), name="uses of credentials")
        if self._ticks % TIDY_TICKS == 0:
            self._tasks.spawn(self._accounts.tidy_credentials(), name="credentials that count no more")

    def disconnected(self, worker_id: str) -> None:
        """The connection of a worker is lost."""
        self.logins.disconnected(worker_id)

    def purges(self) -> Mapping[str, Any]:
        """Return what the janitor clears."""
        return {**self.logins.history.purges(), **self.audit.purges()}

    async def close(self) -> None:
        """End what is under way and write what waits."""
        await self.logins.close()
        await self._save()
        await self.audit.close()

    async def _save(self) -> None:
        await self._accounts.save_uses()
        await self._credentials.save_uses()

    def _changed(self, before: Settings, after: Settings) -> None:
        names = [name for name in Settings.__struct_fields__ if getattr(before, name) != getattr(after, name)]
        names = [name for name in names if name != "version"]  # it counts changes, and is none
        self.audit.note("settings_changed", text("audit_settings", names=", ".join(names)))
        self.expiries.forget()

    def _hear(self, event: Event) -> None:
        if event.type == "account.changed":
            self.expiries.forget()
        if isinstance(event.data, Account):
            self.puts.hear(event.data)
        if isinstance(event.data, Worker) and event.data.status in ENDED:
            # What its process renewed and had not handed over is lost; nobody need wait for it.
            self._accounts.rights.end_of(event.data.worker_id)
