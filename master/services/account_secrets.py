"""Credentials of accounts: a new generation is written before it counts, the old one erased after."""

import logging
from collections.abc import Callable, Iterable, Mapping
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
        self._left: dict[tuple[str, int], str] = {}
        """What the keyring may still have though it counts no more: account and generation, and why."""

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
        # A number that was given up before a commit may come again.
        self._left.pop((account_id, generation), None)
        try:
            await self._vault.write(account_id, generation, document)
        except VaultError as error:
            raise unavailable(error) from error

    async def erase(self, account_id: str, generation: int) -> None:
        """Forget credentials. What cannot be erased now is told in the log and by :meth:`left`, and tried again."""
        if generation <= 0:
            return
        try:
            await self._vault.erase(account_id, generation)
        except VaultError as error:
            self._left[account_id, generation] = error.message
            logger.warning("old credentials of %s could not be erased: %s", account_id, error.message)

    def left(self, account_id: str) -> str:
        """Return why credentials of an account that count no more could not be erased, "" when all were."""
        return next((why for (name, _), why in self._left.items() if name == account_id and why), "")

    def suspect(self, account_id: str, generation: int) -> None:
        """Have :meth:`tidy` erase credentials that a kill may have left."""
        self._left.setdefault((account_id, generation), "")

    async def tidy(self, counts_no_more: Callable[[str, int], bool]) -> set[str]:
        """Erase what is left as far as it ``counts_no_more``; return the accounts of which something was told as left.

        Ends at the first that cannot be erased: a keyring that is locked may ask the person each time.
        """
        gone: set[str] = set()
        for (account_id, generation), why in list(self._left.items()):
            if not counts_no_more(account_id, generation):
                continue
            try:
                await self._vault.erase(account_id, generation)
            except VaultError as error:
                logger.info("old credentials of %s are not erased yet: %s", account_id, error.message)
                break
            self._left.pop((account_id, generation), None)
            if why:
                gone.add(account_id)
        return {account_id for account_id in gone if not self.left(account_id)}

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
