"""After a restore without a readable database: which documents of the vault the restored rows mean.

Each sign-in since the backup wrote a new document and erased the one of before, so a row may name one that is gone.
"""

import logging
from typing import Final

from master.store.engine import Connection, Database
from master.store.restored_accounts import SecretOwner, be_sure, secret_owners, set_generation
from master.vault.errors import VaultError
from master.vault.vault import Scope, Vault

logger = logging.getLogger(__name__)

FURTHER: Final = 64
"""So many sign-ins and renewals since the backup are looked behind."""
GONE: Final = frozenset({"ERR_CREDENTIAL_MISSING", "ERR_CREDENTIAL_UNREADABLE"})


async def find_newer(database: Database, vault: Vault) -> None:
    """Let restored rows name the documents that are there. What is not found asks for a sign-in when it is needed."""
    owners = await database.read(secret_owners)
    for owner in owners:
        try:
            found = await _newest(vault, owner)
        except VaultError as error:
            logger.warning("restored credentials cannot be looked for: %s", error.message)
            return
        if found is not None:
            await _write(database, owner, found)
    if owners:
        await database.write(be_sure)


async def _newest(vault: Vault, owner: SecretOwner) -> int | None:
    """Return the generation that is there, None when it is the one of the row, or none is."""
    scope: Scope = owner.scope
    for generation in range(owner.generation, owner.generation + FURTHER):
        try:
            await vault.read(owner.id, generation, scope=scope)
        except VaultError as error:
            if error.code not in GONE:
                raise
        else:
            return generation if generation != owner.generation else None
    return None


async def _write(database: Database, owner: SecretOwner, generation: int) -> None:
    def work(conn: Connection) -> None:
        set_generation(conn, owner, generation)

    await database.write(work)
    logger.info("the credentials of %s %s are newer than the backup, and are used", owner.scope, owner.id)
