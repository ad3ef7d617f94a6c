"""A keyring that is locked, or away, at the start: seen when it opens, and then everything goes on by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from master.errors import ServiceError
from worker.protocol.texts import Text

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 3.0
APART_SECONDS: Final = 0.05
"""Between two accounts that are checked once it is open."""
UNREADABLE: Final = "state_credentials_unreadable"
"""What is wrong with an account whose credentials could not be read."""


class Keyring(Protocol):
    """How the keyring is, as :class:`~master.services.status.StatusService` tells it."""

    @property
    def vault_ok(self) -> bool: ...

    async def refresh_vault(self, *, ask: bool = True) -> bool: ...


class Accounts(Protocol):
    """What is asked of the service of accounts."""

    def troubles(self) -> dict[str, Text]: ...

    async def look(self, account_id: str) -> object: ...


class VaultWatch:
    """Looks every few seconds while credentials cannot be read, and never asks the person for anything."""

    def __init__(
        self, *, keyring: Keyring, accounts: Accounts, preloads: Sequence[Callable[[], Awaitable[None]]]
    ) -> None:
        """``preloads`` read what is stored into memory; the first one may have the keyring ask the person, once."""
        self._keyring = keyring
        self._accounts = accounts
        self._preloads = preloads
        self._was_ok = True

    async def run(self) -> None:
        """Read what is stored, then look for ever."""
        # Before anything asks: the window says that it is locked while the system's own question stands there.
        at_first = await self._keyring.refresh_vault(ask=False)
        await self._preload()
        # One that opened while that was read was too late for those who had asked already: it counts as locked.
        self._was_ok = at_first and await self._keyring.refresh_vault(ask=False)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                # The supervisor's guard: one failed look must not leave accounts without credentials for ever.
                logger.exception("the keyring could not be looked at")

    async def look(self) -> None:
        """Look once; go on if it opened, whoever saw it first."""
        opened = not self._was_ok
        self._was_ok = self._keyring.vault_ok or await self._keyring.refresh_vault(ask=False)
        if opened and self._was_ok:
            await self._go_on()

    async def _go_on(self) -> None:
        logger.info("credentials can be read again")
        await self._preload()
        for account_id, trouble in self._accounts.troubles().items():
            if trouble.code != UNREADABLE:
                continue
            try:
                await self._accounts.look(account_id)
            except ServiceError as error:
                logger.info("%s is not looked at now: %s", account_id, error)
            await asyncio.sleep(APART_SECONDS)

    async def _preload(self) -> None:
        for preload in self._preloads:
            await preload()
