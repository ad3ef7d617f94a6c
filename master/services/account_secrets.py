"""Credentials of accounts: a new generation is written before it counts, the old one erased after."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from master.errors import Unavailable
from master.vault.errors import VaultError
from master.vault.vault import Vault
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

UNREADABLE: Final = frozenset({"ERR_CREDENTIAL_MISSING", "ERR_CREDENTIAL_UNREADABLE"})
"""Codes of credentials that only a new sign-in brings back."""


class AccountSecrets:
    """The vault as the accounts use it: what goes wrong is :class:`Unavailable`, with what to do about it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def read(self, account_id: str, generation: int) -> dict[str, Any]:
        """Return the credentials; generation 0 or less means that there are none."""
        if generation <= 0:
            raise Unavailable(text("state_credentials_missing"), code="ERR_CREDENTIAL_MISSING")
        try:
            return await self._vault.read(account_id, generation)
        except VaultError as error:
            raise unavailable(error) from error

    async def write(self, account_id: str, generation: int, document: Mapping[str, Any]) -> None:
        """Store credentials."""
        try:
            await self._vault.write(account_id, generation, document)
        except VaultError as error:
            raise unavailable(error) from error

    async def erase(self, account_id: str, generation: int) -> None:
        """Forget credentials. What cannot be erased now is told in the log: sealed, it harms nobody."""
        if generation <= 0:
            return
        try:
            await self._vault.erase(account_id, generation)
        except VaultError as error:
            logger.warning("old credentials of %s could not be erased: %s", account_id, error.message)

    async def preload(self, owners: Iterable[tuple[str, int]]) -> None:
        """Read sealed credentials into memory, in this order."""
        try:
            count = await self._vault.preload(owners)
        except VaultError as error:
            logger.warning("stored credentials cannot be read now: %s %s", error.message, error.advice)
        else:
            logger.info("credentials of %d accounts are at hand", count)


def unavailable(error: VaultError) -> Unavailable:
    """Say what the vault said, with what to do about it."""
    message = f"{error.message} {error.advice}".strip()
    return Unavailable(Text(code=error.reason, params=dict(error.params), message=message), code=error.code)
