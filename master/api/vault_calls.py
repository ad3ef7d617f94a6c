"""Requests about the vault. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Final

from master.api.transports import Transport
from master.api.vaults import VaultInfo, VaultPassphrase, VaultUnlock

KEYRING_SECONDS: Final = 30.0
"""A keyring may ask the person; its own deadline is below this."""


class VaultCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def vault(self) -> VaultInfo:
        """Return how the vault is; asks the person for nothing."""
        return await self._transport.call("GET", "/vault", VaultInfo, seconds=KEYRING_SECONDS)

    async def check_vault(self) -> VaultInfo:
        """Ask the keyring now; on a desktop a locked one may ask the person."""
        return await self._transport.call("POST", "/vault/check", VaultInfo, seconds=KEYRING_SECONDS)

    async def unlock_vault(self, body: VaultUnlock) -> VaultInfo:
        """Open the vault under a passphrase; the first time, make it."""
        return await self._transport.call("POST", "/vault/unlock", VaultInfo, body=body, seconds=KEYRING_SECONDS)

    async def change_vault_passphrase(self, body: VaultPassphrase) -> VaultInfo:
        """Seal the vault anew."""
        return await self._transport.call("PUT", "/vault/passphrase", VaultInfo, body=body, seconds=KEYRING_SECONDS)
