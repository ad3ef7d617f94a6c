"""The vault: how it is, opened by hand, under another passphrase."""

from master.api.vaults import VaultInfo, VaultPassphrase, VaultUnlock
from master.rest.calls import Call, Route


async def info(call: Call) -> VaultInfo:
    """Look how it is; asks the person for nothing."""
    return await call.services.vault.info()


async def check(call: Call) -> VaultInfo:
    """Ask it now."""
    return await call.services.vault.info(ask=True)


async def unlock(call: Call) -> VaultInfo:
    """Open it."""
    return await call.services.vault.unlock(call.body)


async def change(call: Call) -> VaultInfo:
    """Seal it anew."""
    return await call.services.vault.change(call.body)


ROUTES = (
    Route("GET", "/vault", info, "Where credentials are kept, and whether that is open", VaultInfo, scope="client"),
    Route("POST", "/vault/check", check, "Ask the keyring now", VaultInfo),
    Route("POST", "/vault/unlock", unlock, "Open the vault under a passphrase", VaultInfo, VaultUnlock),
    Route("PUT", "/vault/passphrase", change, "Put the vault under another passphrase", VaultInfo, VaultPassphrase),
)
