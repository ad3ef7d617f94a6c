"""All services of a running master, by noun: what the REST routes and the sockets are made from."""

from dataclasses import dataclass

from master.services.account_histories import AccountHistories
from master.services.account_imports import AccountImports
from master.services.account_tests import AccountTestService
from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.assignments import AssignmentService
from master.services.backups import BackupService
from master.services.catalog import CatalogService
from master.services.credentials import CredentialService
from master.services.diagnostics import DiagnosticService
from master.services.events import Publisher
from master.services.groups import GroupService
from master.services.item_parts import ItemParts
from master.services.items import ItemService
from master.services.janitor import Janitor
from master.services.jobs import JobService
from master.services.logs import LogService
from master.services.machines import MachineService
from master.services.metrics import MetricService
from master.services.moves import MoveService
from master.services.notifications import NotificationService
from master.services.overviews import OverviewService
from master.services.proposals import ProposalService
from master.services.proxies import ProxyService
from master.services.proxy_tests import ProxyTestService
from master.services.proxy_tickets import ProxyTickets
from master.services.recovery import RecoveryService
from master.services.restore_digests import RestoreDigests
from master.services.schedules import ScheduleService
from master.services.settings import SettingsService
from master.services.sign_in_parts import SignInParts
from master.services.status import StatusService
from master.services.tokens import TokenService
from master.services.updates import UpdateService
from master.services.vaults import VaultService
from master.services.workers import WorkerService


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Made once by the composition root; holds nothing of its own."""

    publisher: Publisher
    accounts: AccountService
    account_histories: AccountHistories
    account_imports: AccountImports
    account_tests: AccountTestService
    proposals: ProposalService
    alerts: AlertService
    assignments: AssignmentService
    backups: BackupService
    catalog: CatalogService
    credentials: CredentialService
    diagnostics: DiagnosticService
    groups: GroupService
    item_parts: ItemParts
    items: ItemService
    janitor: Janitor
    jobs: JobService
    logs: LogService
    machines: MachineService
    metrics: MetricService
    moves: MoveService
    notifications: NotificationService
    overviews: OverviewService
    proxies: ProxyService
    proxy_tests: ProxyTestService
    proxy_tickets: ProxyTickets
    recovery: RecoveryService
    restore_digests: RestoreDigests
    schedules: ScheduleService
    settings: SettingsService
    sign_ins: SignInParts
    status: StatusService
    tokens: TokenService
    updates: UpdateService
    vault: VaultService
    workers: WorkerService
