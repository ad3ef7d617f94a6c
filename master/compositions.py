"""All parts of a master, made and joined in one place. None of them does anything yet."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from master.api.workers import EXTERNAL, LOCAL
from master.cores import Core, CoreComposer
from master.deploy.deployments import Deployments
from master.deploy.external import ExternalBackend
from master.deploy.local import LocalBackend
from master.foundations import Foundation, Kept, open_foundation
from master.services.account_imports import AccountImports
from master.services.alerts import AlertService
from master.services.audits import AuditService
from master.services.backups import BackupService
from master.services.catalog import CatalogService
from master.services.diagnostics import DiagnosticService, Probes
from master.services.held_secrets import held_secrets
from master.services.item_parts import ItemParts
from master.services.janitor import Janitor
from master.services.jobs import JobService
from master.services.machines import MachineService
from master.services.metrics import MetricService
from master.services.moves import MoveService
from master.services.overviews import OverviewService
from master.services.proposals import ProposalService
from master.services.recovery import RecoveryService
from master.services.restore_digests import RestoreDigests
from master.services.restored_secrets import find_newer
from master.services.schedules import ScheduleService
from master.services.services import Services
from master.services.sign_in_parts import SignInParts
from master.services.status import StatusService
from master.services.updates import UpdateService
from master.services.vaults import VaultService
from master.services.workers import WorkerService
from master.settings import Options
from master.sockets.worker_namespace import WorkerNamespace
from master.supervision.supervisor import Supervisor
from master.tasks import Tasks


class Composer:
    """Makes the services of one master."""

    def __init__(
        self,
        options: Options,
        tasks: Tasks,
        url: Callable[[], str],
        kept: Kept,
        restart: Callable[[], None],
        probes: Probes,
    ) -> None:
        """``url()``: where the master listens, once it does; ``restart()`` has it stop and start again.

        ``probes``: what looks at the machine.
        """
        self._options = options
        self._tasks = tasks
        self._url = url
        self._kept = kept
        self._restart = restart
        self._probes = probes

    async def compose(self, stack: AsyncExitStack, namespace: WorkerNamespace) -> Services:
        """Make all services; none of them does anything yet. ``stack`` closes what was opened."""
        base = await open_foundation(stack, self._options, self._kept, self._tasks)
        core = CoreComposer(self._options, self._tasks, self._url, self._kept).make(base, namespace)
        core.workers.attach(self._make_supervisor(core.workers, namespace), core.assignments)
        stack.push_async_callback(core.accounts.close)
        stack.push_async_callback(core.tokens.save_uses)
        services = self._make_services(base, core, namespace)
        for closing in (services.backups, services.metrics, services.sign_ins):
            stack.push_async_callback(closing.close)
        namespace.attach(services, base.generation)
        await find_newer(base.database, base.vault)
        before = (services.backups, services.moves, core.notifications, core.group_parts)
        items = (core.accounts, services.items, services.item_parts, services.updates)
        rest = (core.tokens, core.workers, core.credentials, services.jobs, services.schedules, services.sign_ins)
        for part in (*before, *items, *rest):
            await part.load()
        await services.alerts.load(core.workers.rows(), core.accounts.rows().values())
        return services

    def _make_services(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> Services:
        accounts, notifications, workers, groups = core.accounts, core.notifications, core.workers, core.group_parts
        jobs = self._make_jobs(base, core, namespace)
        backups, moves = self._make_backups(base, core.alerts, core.catalog)
        item_parts = self._make_item_parts(base, core, namespace)
        sign_ins = self._make_sign_ins(base, core, namespace)
        status = self._make_status(base, core, jobs)
        recovery = self._make_recovery(base, core, jobs)
        recovery.also(sign_ins.recover)
        metrics = self._make_metrics(base, core)
        schedules = self._make_schedules(base, core, jobs)
        return Services(
            publisher=base.publisher,
            accounts=accounts,
            account_histories=groups.histories,
            alerts=core.alerts,
            account_imports=AccountImports(accounts=accounts, groups=groups.groups, catalog=core.catalog),
            account_tests=sign_ins.account_tests,
            proposals=self._make_proposals(base, core, namespace),
            assignments=core.assignments,
            backups=backups,
            catalog=core.catalog,
            credentials=core.credentials,
            diagnostics=self._make_diagnostics(base, core, recovery),
            groups=groups.groups,
            item_parts=item_parts,
            items=core.items,
            janitor=self._make_janitor(base, core, jobs, item_parts, sign_ins),
            jobs=jobs,
            logs=base.logs,
            machines=self._make_machines(base, core, namespace),
            metrics=metrics,
            moves=moves,
            notifications=notifications,
            overviews=self._make_overviews(base, metrics, jobs, schedules, backups),
            proxies=groups.proxies,
            proxy_tests=groups.proxy_tests(workers, namespace.send),
            proxy_tickets=groups.tickets,
            recovery=recovery,
            restore_digests=RestoreDigests(database=base.database, accounts=accounts, notifications=notifications),
            schedules=schedules,
            settings=base.settings,
            sign_ins=sign_ins,
            status=status,
            tokens=core.tokens,
            updates=UpdateService(database=base.database, settings=base.settings, publisher=base.publisher),
            vault=VaultService(vault=base.vault, status=status, audit=sign_ins.audit, options=self._options),
            workers=workers,
        )

    def _make_janitor(
        self, base: Foundation, core: Core, jobs: JobService, item_parts: ItemParts, sign_ins: SignInParts
    ) -> Janitor:
        purges = {**jobs.purges(), **core.group_parts.purges(), **item_parts.purges(), **sign_ins.purges()}
        purges["notifications"] = core.notifications.purge
        return Janitor(database=base.database, workers=core.workers, folder=base.worker_folder, purges=purges)

    def _make_overviews(
        self,
        base: Foundation,
        metrics: MetricService,
        jobs: JobService,
        schedules: ScheduleService,
        backups: BackupService,
    ) -> OverviewService:
        return OverviewService(database=base.database, metrics=metrics, jobs=jobs, schedules=schedules, backups=backups)

    def _make_machines(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> MachineService:
        return MachineService(
            accounts=core.accounts,
            assignments=core.assignments,
            alerts=core.alerts,
            holds=core.notifications.holds,
            publisher=base.publisher,
            settings=base.settings,
            send=namespace.send,
            tasks=self._tasks,
        )

    def _make_item_parts(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> ItemParts:
        return ItemParts(
            items=core.items,
            accounts=core.accounts,
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            manifest=core.catalog.manifest,
            send=namespace.send,
            tasks=self._tasks,
        )

    def _make_proposals(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> ProposalService:
        return ProposalService(
            workers=core.workers,
            catalog=core.catalog,
            surroundings=core.accounts.surroundings,
            settings=base.settings,
            lend=core.group_parts.tickets.lent,
            send=namespace.send,
        )

    def _make_backups(
        self, base: Foundation, alerts: AlertService, catalog: CatalogService
    ) -> tuple[BackupService, MoveService]:
        backups = BackupService(
            database=base.database.path,
            publisher=base.publisher,
            settings=base.settings,
            restart=self._restart,
            note=alerts.note_backup,
        )
        moves = MoveService(
            profile=self._options.profile,
            database=base.database,
            vault=base.vault,
            settings=base.settings,
            catalog=catalog,
            restart=self._restart,
        )
        return backups, moves

    def _make_sign_ins(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> SignInParts:
        audit = AuditService(database=base.database, settings=base.settings, tasks=self._tasks)
        core.tokens.audit = audit
        return SignInParts(
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            accounts=core.accounts,
            workers=core.workers,
            catalog=core.catalog,
            alerts=core.alerts,
            credentials=core.credentials,
            audit=audit,
            tasks=self._tasks,
            send=namespace.send,
            lend=core.group_parts.tickets.lent,
        )

    def _make_metrics(self, base: Foundation, core: Core) -> MetricService:
        return MetricService(
            database=base.database,
            publisher=base.publisher,
            settings=base.settings,
            workers=core.workers,
            accounts=core.accounts,
            notifications=core.notifications,
            tasks=self._tasks,
        )

    def _make_recovery(self, base: Foundation, core: Core, jobs: JobService) -> RecoveryService:
        return RecoveryService(
            database=base.database,
            publisher=base.publisher,
            tasks=self._tasks,
            accounts=core.accounts,
            workers=core.workers,
            items=core.items,
            notifications=core.notifications,
            jobs=jobs,
            folder=base.worker_folder,
        )

    def _make_schedules(self, base: Foundation, core: Core, jobs: JobService) -> ScheduleService:
        return ScheduleService(
            database=base.database,
            publisher=base.publisher,
            notifications=core.notifications,
            jobs=jobs,
            tasks=self._tasks,
            ready=core.catalog.ready,
        )

    def _make_jobs(self, base: Foundation, core: Core, namespace: WorkerNamespace) -> JobService:
        return JobService(
            database=base.database,
            publisher=base.publisher,
            catalog=core.catalog,
            settings=base.settings,
            notifications=core.notifications,
            workers=core.workers,
            credentials=core.credentials,
            send=namespace.send,
            tasks=self._tasks,
            folder=base.jobs_folder,
            lost=core.alerts.note_lost_jobs,
        )

    def _make_diagnostics(self, base: Foundation, core: Core, recovery: RecoveryService) -> DiagnosticService:
        return DiagnosticService(
            workers=core.workers,
            catalog=core.catalog.answer,
            recovery=lambda: recovery.report,
            probes=self._probes,
            tasks=self._tasks,
            address=self._url,
            secrets=lambda: held_secrets(base.database, base.vault),
        )

    def _make_status(self, base: Foundation, core: Core, jobs: JobService) -> StatusService:
        return StatusService(
            accounts=core.accounts,
            workers=core.workers,
            items=core.items,
            notifications=core.notifications,
            vault=base.vault,
            options=self._options,
            publisher=base.publisher,
            jobs=jobs,
        )

    def _make_supervisor(self, workers: WorkerService, namespace: WorkerNamespace) -> Supervisor:
        return Supervisor(
            backend=Deployments({LOCAL: LocalBackend(), EXTERNAL: ExternalBackend()}, workers.deployment),
            launch=workers.launch,
            policy=workers.policy,
            on_transition=workers.on_transition,
            on_exit=workers.on_exit,
            shut_down=namespace.shut_down,
            hand_over=workers.hand_over,
            tasks=self._tasks,
        )
