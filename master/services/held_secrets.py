"""Every value that the vault holds, to look for it where it must not be. Nothing here keeps or tells one."""

import logging
from collections.abc import Iterator
from typing import Any

from master.store.engine import Database
from master.store.moves import secret_owners
from master.vault.errors import VaultError
from master.vault.vault import Vault

logger = logging.getLogger(__name__)

GONE = frozenset({"ERR_CREDENTIAL_MISSING", "ERR_CREDENTIAL_UNREADABLE"})
"""Of these nothing is left that could be somewhere else too."""


async def held_secrets(database: Database, vault: Vault) -> list[str] | None:
    """Return all texts in all stored documents; None where the vault cannot be read now."""
    found: list[str] = []
    for scope, owner, generation, _name in await database.read(secret_owners):
        try:
            document = await vault.read(owner, generation, scope=scope)  # type: ignore[arg-type] # as the store names it
        except VaultError as error:
            if error.code not in GONE:
                logger.info("stored secrets cannot be looked through: %s", error.code)
                return None
        else:
            found += texts_in(document)
    return found


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a JSON document, those inside lists and objects too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
