"""What the services of a master stand on."""

import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from master.services.events import Publisher
from master.services.logs import LogService
from master.services.settings import SettingsService
from master.settings import Options, load_settings
from master.store.accounts import AccountStore
from master.store.credentials import CredentialStore
from master.store.engine import Database
from master.store.groups import ProxyStore
from master.store.meta import MetaStore
from master.tasks import Tasks
from master.vault.backends import Backend, open_backend
from master.vault.errors import VaultError
from master.vault.vault import Vault

logger = logging.getLogger(__name__)

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
    worker_folder: Path
    jobs_folder: Path


@dataclass(kw_only=True, slots=True)
class Kept:
    """What a master that restarts in place takes along."""

    tokens: tuple[str, str] | None = None
    """The admin's and the clients'."""
    backend: Backend | None = None
    """The keyring that is held in memory, or was opened by hand."""


async def open_foundation(stack: AsyncExitStack, options: Options, kept: Kept, tasks: Tasks) -> Foundation:
    """Open what all services stand on: settings, log, database and vault. ``stack`` closes it."""
    publisher = Publisher()
    settings = SettingsService(profile=options.profile, publisher=publisher, settings=load_settings(options.profile))
    logs = LogService(
        folder=options.profile / "logs",
        publisher=publisher,
        settings=settings,
        tasks=tasks,
        level=options.log_level,
    )
    logs.open()
    stack.push_async_callback(logs.close)
    database = Database(options.profile / DATABASE_FILE)
    await database.open()
    stack.push_async_callback(database.close)
    meta = MetaStore()
    profile_id, generation = await database.read(lambda conn: (meta.profile_id(conn), meta.generation(conn)))
    expect_key = await database.read(
        lambda conn: (
            AccountStore().any_credentials(conn) or CredentialStore().any(conn) or ProxyStore().any_passwords(conn)
        )
    )
    vault = await _open_vault(stack, options, kept, profile_id, expect_key=expect_key)
    return Foundation(
        publisher=publisher,
        settings=settings,
        logs=logs,
        database=database,
        vault=vault,
        generation=generation,
        worker_folder=options.profile / "workers",
        jobs_folder=options.profile / "jobs",
    )


async def _open_vault(
    stack: AsyncExitStack, options: Options, kept: Kept, profile_id: str, *, expect_key: bool
) -> Vault:
    backend = kept.backend or open_backend(options.vault, options.profile, options.passphrase)
    if options.vault != "keyring":
        kept.backend = backend
    vault = Vault(options.profile, profile_id, backend)
    stack.push_async_callback(vault.close)
    try:
        await vault.start(expect_key=expect_key)
    except VaultError as error:
        # No reason not to start: accounts without credentials work, and storing one says what to do.
        logger.warning("credentials cannot be stored or read: %s", error)
    return vault
