"""The master: all parts made in one place, started in order, stopped in reverse."""

import asyncio
import contextlib
import itertools
import logging
import os
import shutil
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from master import ports
from master.api.schema import WorkerConfig
from master.deploy.base import StartFailedError
from master.deploy.local import LocalBackend, describe
from master.errors import StartError
from master.profiles import MasterFile, locked_profile, prepare_profile, published_master
from master.rest.routes import make_app
from master.services.account_tests import AccountTestService
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.assignments import AssignmentService
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.items import ItemService
from master.services.janitor import Janitor
from master.services.logs import LogService
from master.services.metrics import MetricService
from master.services.notifications import NotificationService
from master.services.recovery import RecoveryService
from master.services.scaling import Scaler
from master.services.services import Services
from master.services.settings import SettingsService
from master.services.status import StatusService
from master.services.tokens import TokenService
from master.services.worker_configs import WorkerConfigs
from master.services.worker_journals import WorkerJournal
from master.services.workers import WorkerService
from master.settings import Options, load_settings
from master.sockets.server import make_server
from master.sockets.worker_namespace import WorkerNamespace
from master.store.accounts import AccountStore
from master.store.assignments import AssignmentStore
from master.store.engine import Database
from master.store.meta import MetaStore
from master.store.workers import WorkerStore
from master.supervision.supervisor import Supervisor
from master.tasks import Tasks
from master.vault.backends import open_backend
from master.vault.errors import VaultError
from master.vault.vault import Vault
from worker.protocol.codec import now_ms
from worker.version import __version__

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0
WORKERS_STOP_SECONDS: Final = 2.0
CATALOGUE_SECONDS: Final = 5.0
CATALOGUE_DELAYS: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds between attempts; the last for ever."""
DATABASE_FILE: Final = "watchkeeper.db"


@dataclass(frozen=True, kw_only=True, slots=True)
class Foundation:
    """What all services stand on."""

    publisher: Publisher
    settings: SettingsService
    logs: LogService
    database: Database
    vault: Vault
    generation: str


class Master:
    """One master on one profile. Lives in one event loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack: AsyncExitStack | None = None
        self._stop_wanted = asyncio.Event()
        self._tasks = Tasks()
        self.url = ""
        """Where it listens, once started."""
        self.token = ""
        self.client_token = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything. Raises :class:`StartError`; what was started by then is stopped again.

        When this returns the master answers requests; its workers are still being started.
        """
        async with AsyncExitStack() as stack:
            began = time.monotonic()
            await self._start(stack)
            self._stack = stack.pop_all()
        logger.info("Watchkeeper %s listens on %s (%.0f ms)", __version__, self.url, (time.monotonic() - began) * 1000)

    def request_stop(self) -> None:
        """Let :meth:`wait_stopped` return; whoever waits there calls :meth:`stop`."""
        self._stop_wanted.set()

    async def stop(self) -> None:
        """Stop everything in reverse order, within about 3 s. Does nothing when it does not run."""
        stack, self._stack = self._stack, None
        self._stop_wanted.set()
        if stack is not None:
            await stack.aclose()

    async def wait_stopped(self) -> None:
        """Wait until somebody asks it to stop (``POST /shutdown``). The caller then calls :meth:`stop`."""
        await self._stop_wanted.wait()

    # ------------------------------------------------------------ the order of the start

    async def _start(self, stack: AsyncExitStack) -> None:
        options = self._options
        prepare_profile(options.profile)
        stack.enter_context(locked_profile(options.profile))
        stack.push_async_callback(self._tasks.close)
        namespace = WorkerNamespace()
        services = await self._compose(stack, namespace)
        # Nothing in the background outlives the database that it writes to.
        stack.push_async_callback(self._tasks.close)
        await self._listen(stack, services, namespace)
        self.token, self.client_token = services.tokens.admin_token, services.tokens.client_token
        known = MasterFile(
            url=self.url,
            token=self.token,
            client_token=self.client_token,
            pid=os.getpid(),
            started_at=now_ms(),
            version=__version__,
        )
        stack.enter_context(published_master(options.profile, known))
        stack.push_async_callback(self._stop_workers, services)
        services.status.ready = True
        self._tasks.spawn(self._bring_up(services), name="bring up")
        self._tasks.spawn(self._tick(services), name="tick")

    async def _open_foundation(self, stack: AsyncExitStack) -> Foundation:
        """Open what all services stand on: settings, log, database and vault."""
        options = self._options
        publisher = Publisher()
        settings = SettingsService(
            profile=options.profile, publisher=publisher, settings=load_settings(options.profile)
        )
        logs = LogService(
            folder=options.profile / "logs",
            publisher=publisher,
            settings=settings,
            tasks=self._tasks,
            level=options.log_level,
        )
        logs.open()
        stack.push_async_callback(logs.close)
        database = Database(options.profile / DATABASE_FILE)
        await database.open()
        stack.push_async_callback(database.close)
        meta = MetaStore()
        profile_id, generation = await database.read(lambda conn: (meta.profile_id(conn), meta.generation(conn)))
        expect_key = await database.read(AccountStore().any_credentials)
        vault = await self._open_vault(stack, profile_id, expect_key=expect_key)
        return Foundation(
            publisher=publisher,
            settings=settings,
            logs=logs,
            database=database,
            vault=vault,
            generation=generation,
        )

    async def _compose(self, stack: AsyncExitStack, namespace: WorkerNamespace) -> Services:
        """Make all services; none of them does anything yet."""
        options, base = self._options, await self._open_foundation(stack)
        database, publisher, settings = base.database, base.publisher, base.settings
        catalog = CatalogService(describe=partial(describe, options.demo), publisher=publisher)
        notifications = NotificationService(database=database, publisher=publisher, settings=settings)
        accounts = AccountService(
            database=database,
            vault=base.vault,
            publisher=publisher,
            catalog=catalog,
            settings=settings,
            notifications=notifications,
            tasks=self._tasks,
        )
        items = self._make_items(base, accounts, notifications)
        tokens = TokenService(database=database)
        stack.push_async_callback(accounts.close)
        stack.push_async_callback(tokens.save_uses)
        base.logs.redactor.register((tokens.admin_token, tokens.client_token))
        workers = self._make_workers(database, publisher, settings)
        assignments = self._make_assignments(database, accounts, workers, namespace)
        status = self._make_status(base, accounts, workers, items, notifications)
        metrics = self._make_metrics(base, accounts, workers, notifications)
        stack.push_async_callback(metrics.close)
        services = Services(
            publisher=publisher,
            accounts=accounts,
            alerts=self._make_alerts(base, notifications, workers),
            account_tests=AccountTestService(accounts=accounts, workers=workers, catalog=catalog, send=namespace.send),
            assignments=assignments,
            catalog=catalog,
            items=items,
            janitor=Janitor(database=database, workers=workers, folder=self._worker_folder),
            logs=base.logs,
            metrics=metrics,
            notifications=notifications,
            recovery=self._make_recovery(base, accounts, workers, items, notifications),
            settings=settings,
            status=status,
            tokens=tokens,
            workers=workers,
        )
        namespace.attach(services, base.generation)
        for part in (notifications, accounts, items, tokens, workers):
            await part.load()
        await services.alerts.load(workers.rows(), accounts.rows().values())
        return services

    @property
    def _worker_folder(self) -> Path:
        return self._options.profile / "workers"

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

    def _make_metrics(
        self,
        base: Foundation,
        accounts: AccountService,
        workers: WorkerService,
        notifications: NotificationService,
    ) -> MetricService:
        return MetricService(
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            workers=workers,
            accounts=accounts,
            notifications=notifications,
            tasks=self._tasks,
        )

    def _make_recovery(
        self,
        base: Foundation,
        accounts: AccountService,
        workers: WorkerService,
        items: ItemService,
        notifications: NotificationService,
    ) -> RecoveryService:
        return RecoveryService(
            database=base.database,
            publisher=base.publisher,
            tasks=self._tasks,
            accounts=accounts,
            workers=workers,
            items=items,
            notifications=notifications,
            folder=self._worker_folder,
        )

    def _make_status(
        self,
        base: Foundation,
        accounts: AccountService,
        workers: WorkerService,
        items: ItemService,
        notifications: NotificationService,
    ) -> StatusService:
        return StatusService(
            accounts=accounts,
            workers=workers,
            items=items,
            notifications=notifications,
            vault=base.vault,
            options=self._options,
            publisher=base.publisher,
        )

    def _make_assignments(
        self, database: Database, accounts: AccountService, workers: WorkerService, namespace: WorkerNamespace
    ) -> AssignmentService:
        epochs = AssignmentStore()
        assignments = AssignmentService(
            accounts=accounts,
            workers=workers,
            send=namespace.send,
            reserve_epochs=lambda count: database.write(lambda conn: epochs.next_epochs(conn, count)),
            tasks=self._tasks,
        )
        accounts.attach(assignments)
        workers.attach(self._make_supervisor(workers, namespace), assignments)
        return assignments

    async def _open_vault(self, stack: AsyncExitStack, profile_id: str, *, expect_key: bool) -> Vault:
        options = self._options
        backend = open_backend(options.vault, options.profile, options.passphrase)
        vault = Vault(options.profile, profile_id, backend)
        stack.push_async_callback(vault.close)
        try:
            await vault.start(expect_key=expect_key)
        except VaultError as error:
            # No reason not to start: accounts without credentials work, and storing one says what to do.
            logger.warning("credentials cannot be stored or read: %s", error)
        return vault

    def _make_workers(
        self,
        database: Database,
        publisher: Publisher,
        settings: SettingsService,
    ) -> WorkerService:
        store = WorkerStore(WorkerConfig)
        return WorkerService(
            configs=WorkerConfigs(database=database, store=store),
            journal=WorkerJournal(database=database, store=store, publisher=publisher, tasks=self._tasks),
            publisher=publisher,
            settings=settings,
            tasks=self._tasks,
            folder=self._worker_folder,
            url=lambda: self.url,
            demo=self._options.demo,
        )

    def _make_alerts(
        self, base: Foundation, notifications: NotificationService, workers: WorkerService
    ) -> AlertService:
        return AlertService(
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            notifications=notifications,
            tasks=self._tasks,
            memory_limit=workers.memory_limit,
            disk_free=lambda: shutil.disk_usage(self._options.profile).free,
        )

    def _make_supervisor(self, workers: WorkerService, namespace: WorkerNamespace) -> Supervisor:
        return Supervisor(
            backend=LocalBackend(),
            launch=workers.launch,
            policy=workers.policy,
            on_transition=workers.on_transition,
            on_exit=workers.on_exit,
            shut_down=namespace.shut_down,
            hand_over=workers.hand_over,
            tasks=self._tasks,
        )

    async def _listen(self, stack: AsyncExitStack, services: Services, namespace: WorkerNamespace) -> None:
        """Answer requests, and see with our own eyes that we do."""
        options = self._options
        bound = ports.bind(options.host, options.port, explicit=options.port_explicit)
        stack.callback(bound.close)  # after the runner, which still needs it to stop listening
        server = make_server(services, namespace)
        app = make_app(services, request_shutdown=self.request_stop, sio=server)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, lingering_time=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(server.shutdown)
        await web.SockSite(runner, bound).start()
        self.url = ports.url_of(options.host, bound)
        await ports.check(options.host, bound.getsockname()[1], __version__)

    # ------------------------------------------------------------ while it runs

    async def _bring_up(self, services: Services) -> None:
        """What nobody who asks for ``/health`` has to wait for."""
        await self._recover(services)
        self._tasks.spawn(services.janitor.watch(), name="janitor")
        loading = self._tasks.spawn(self._load_catalog(services), name="catalogue")
        # The watch does not wait for it for long: workers know their platforms themselves.
        await asyncio.wait([loading], timeout=None if self._options.demo else CATALOGUE_SECONDS)
        if self._options.demo:
            from master.services import demo

            await demo.fill(services.accounts)
        await services.workers.ensure_defaults()
        starts = self._options.workers
        services.assignments.open(services.workers.auto_start_ids() if starts else [])
        if starts:
            scaler = Scaler(accounts=services.accounts, workers=services.workers, settings=services.settings)
            self._tasks.spawn(scaler.watch(), name="scaling")
            await services.workers.start_all()
        await services.accounts.preload()
        await services.status.refresh_vault()

    async def _recover(self, services: Services) -> None:
        try:
            report = await services.recovery.run()
            services.alerts.note_orphans(sum(row.repaired for row in report.repairs if row.kind == "process"))
        except Exception:
            # The supervisor's guard: what cannot be repaired must not keep the watch from beginning.
            logger.exception("the recovery failed; the workers start all the same")

    async def _load_catalog(self, services: Services) -> None:
        """Ask a worker process what there is to watch; a machine that is slow or full now may not be so later."""
        for delay in itertools.chain(CATALOGUE_DELAYS, itertools.repeat(CATALOGUE_DELAYS[-1])):
            try:
                await services.catalog.load()
            except (StartFailedError, TimeoutError) as error:
                logger.error("the catalogue of platforms could not be read, tried again in %.0f s: %s", delay, error)
                await asyncio.sleep(delay)
            else:
                return

    async def _tick(self, services: Services) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                services.workers.tick()
                services.accounts.tick(now_ms())
                services.alerts.tick()
                services.metrics.tick(now_ms())
            except Exception:
                # The supervisor's guard: one failed tick must not end the watch.
                logger.exception("a tick failed")

    async def _stop_workers(self, services: Services) -> None:
        services.status.ready = False
        services.assignments.close()
        await services.alerts.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WORKERS_STOP_SECONDS + 1.0):
                await services.workers.stop_all(WORKERS_STOP_SECONDS)
        await services.recovery.finish()


__all__ = ["Master", "StartError"]
