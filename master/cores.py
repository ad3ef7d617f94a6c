"""What most services of a master need of each other, made and joined."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from master.api.schema import WorkerConfig
from master.deploy.local import describe
from master.foundations import Foundation, Kept
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.assignments import AssignmentService
from master.services.catalog import CatalogService
from master.services.credentials import CredentialService
from master.services.group_parts import GroupParts
from master.services.items import ItemService
from master.services.leases import Leases
from master.services.notifications import NotificationService
from master.services.tokens import TokenService
from master.services.worker_configs import WorkerConfigs
from master.services.worker_journals import WorkerJournal
from master.services.workers import WorkerService
from master.settings import Options
from master.sockets.worker_namespace import WorkerNamespace
from master.store.assignments import AssignmentStore
from master.store.engine import Database
from master.store.workers import WorkerStore
from master.tasks import Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Core:
    """What most other services need."""

    catalog: CatalogService
    notifications: NotificationService
    accounts: AccountService
    group_parts: GroupParts
    items: ItemService
    tokens: TokenService
    credentials: CredentialService
    workers: WorkerService
    assignments: AssignmentService
    alerts: AlertService


class CoreComposer:
    """Makes the core of one master; it does nothing yet, and has no workers to supervise."""

    def __init__(self, options: Options, tasks: Tasks, url: Callable[[], str], kept: Kept) -> None:
        """``url()``: where the master listens, once it does."""
        self._options = options
        self._tasks = tasks
        self._url = url
        self._kept = kept

    def make(self, base: Foundation, namespace: WorkerNamespace) -> Core:
        """Make what most other services need."""
        database, publisher, settings = base.database, base.publisher, base.settings
        catalog = CatalogService(describe=partial(describe, self._options.demo), publisher=publisher)
        notifications = NotificationService(database=database, publisher=publisher, settings=settings)
        accounts = self._make_accounts(base, catalog, notifications)
        settings.watch(accounts.settings_changed)
        group_parts = GroupParts(database=database, vault=base.vault, publisher=publisher, accounts=accounts)
        notifications.snoozes.attach(group_parts.groups.names)
        tokens = TokenService(database=database, fresh=self._kept.tokens)
        base.logs.redactor.register((tokens.admin_token, tokens.client_token))
        workers = self._make_workers(base, tokens)
        tokens.deployment_of = workers.deployment
        return Core(
            catalog=catalog,
            notifications=notifications,
            accounts=accounts,
            group_parts=group_parts,
            items=self._make_items(base, accounts, notifications),
            tokens=tokens,
            credentials=CredentialService(database=database, vault=base.vault, publisher=publisher),
            workers=workers,
            assignments=self._make_assignments(database, accounts, workers, namespace),
            alerts=self._make_alerts(base, notifications, accounts, workers),
        )

    def _make_accounts(
        self, base: Foundation, catalog: CatalogService, notifications: NotificationService
    ) -> AccountService:
        return AccountService(
            database=base.database,
            vault=base.vault,
            publisher=base.publisher,
            catalog=catalog,
            settings=base.settings,
            notifications=notifications,
            tasks=self._tasks,
        )

    def _make_items(
        self, base: Foundation, accounts: AccountService, notifications: NotificationService
    ) -> ItemService:
        return ItemService(
            database=base.database,
            accounts=accounts,
            notifications=notifications,
            publisher=base.publisher,
            settings=base.settings,
        )

    def _make_assignments(
        self, database: Database, accounts: AccountService, workers: WorkerService, namespace: WorkerNamespace
    ) -> AssignmentService:
        epochs = AssignmentStore()
        leases = Leases(is_remote=workers.is_foreign)
        workers.joins.remaining, workers.joins.begin = leases.remaining, leases.begin
        assignments = AssignmentService(
            accounts=accounts,
            workers=workers,
            send=namespace.send,
            reserve_epochs=lambda count: database.write(lambda conn: epochs.next_epochs(conn, count)),
            tasks=self._tasks,
            leases=leases,
        )
        workers.joins.at_work, workers.joins.outlived = assignments.at_work, assignments.outlived
        accounts.attach(assignments)
        return assignments

    def _make_workers(self, base: Foundation, tokens: TokenService) -> WorkerService:
        store = WorkerStore(WorkerConfig)
        return WorkerService(
            configs=WorkerConfigs(database=base.database, store=store),
            journal=WorkerJournal(database=base.database, store=store, publisher=base.publisher, tasks=self._tasks),
            publisher=base.publisher,
            settings=base.settings,
            tasks=self._tasks,
            folder=base.worker_folder,
            url=self._url,
            tokens=tokens,
            sent_lines=base.logs.lines_of,
            demo=self._options.demo,
            jobs_folder=base.jobs_folder,
        )

    def _make_alerts(
        self, base: Foundation, notifications: NotificationService, accounts: AccountService, workers: WorkerService
    ) -> AlertService:
        return AlertService(
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            notifications=notifications,
            tasks=self._tasks,
            memory_limit=workers.memory_limit,
            disk_free=lambda: shutil.disk_usage(self._options.profile).free,
            incidents=accounts.faults.rows,
        )
