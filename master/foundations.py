"""What the services of a master stand on, and what most of them need of each other."""

from dataclasses import dataclass

from master.services.accounts import AccountService
from master.services.alerts import AlertService
from master.services.assignments import AssignmentService
from master.services.catalog import CatalogService
from master.services.credentials import CredentialService
from master.services.events import Publisher
from master.services.group_parts import GroupParts
from master.services.items import ItemService
from master.services.logs import LogService
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.services.tokens import TokenService
from master.services.workers import WorkerService
from master.store.engine import Database
from master.vault.backends import Backend
from master.vault.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Foundation:
    """What all services stand on."""

    publisher: Publisher
    settings: SettingsService
    logs: LogService
    database: Database
    vault: Vault
    generation: str


@dataclass(kw_only=True, slots=True)
class Kept:
    """What a master that restarts in place takes along."""

    tokens: tuple[str, str] | None = None
    """The admin's and the clients'."""
    backend: Backend | None = None
    """The keyring that is held in memory, or was opened by hand."""


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
