"""The vault as a person deals with it: how it is, opened, under another passphrase."""

from typing import Final

from master.api.vaults import VaultInfo, VaultPassphrase, VaultUnlock
from master.errors import Conflict, Invalid, Unavailable
from master.services.account_secrets import unavailable
from master.services.audits import AuditService
from master.services.status import StatusService, vault_reason
from master.settings import Options
from master.vault.errors import VaultError
from master.vault.vault import Vault
from worker.protocol.texts import Text, text

WRONG: Final = "ERR_PASSPHRASE"


class VaultService:
    """What opens is noticed by :class:`~master.services.vault_watches.VaultWatch`, which lets everything go on."""

    def __init__(self, *, vault: Vault, status: StatusService, audit: AuditService, options: Options) -> None:
        self._vault = vault
        self._status = status
        self._audit = audit
        self._options = options

    async def info(self, *, ask: bool = False) -> VaultInfo:
        """Look how it is. ``ask``: a locked keyring may show its own prompt."""
        state = await self._vault.state(ask=ask)
        if state.state != "ok" and self._status.vault_ok:
            await self._status.refresh_vault(ask=False)
        return VaultInfo(
            kind=self._options.vault, state=state.state, name=state.backend_name, reason=vault_reason(state)
        )

    async def unlock(self, body: VaultUnlock) -> VaultInfo:
        """Open it. Raises :class:`Invalid` for a wrong passphrase, :class:`Conflict` where none is asked for."""
        self._need_passphrase_vault()
        try:
            await self._vault.unlock(body.passphrase)
        except VaultError as error:
            raise _refused(error, "passphrase") from error
        self._audit.note("credential_granted", text("audit_vault_unlocked"))
        return await self.info()

    async def change(self, body: VaultPassphrase) -> VaultInfo:
        """Seal it anew. Raises as :meth:`unlock`."""
        self._need_passphrase_vault()
        try:
            await self._vault.change_passphrase(body.old, body.new)
        except VaultError as error:
            raise _refused(error, "old") from error
        self._audit.note("settings_changed", text("audit_vault_passphrase"))
        return await self.info()

    def _need_passphrase_vault(self) -> None:
        if self._options.vault != "passphrase":
            raise Conflict(text("vault_no_passphrase"))


def _refused(error: VaultError, field: str) -> Invalid | Unavailable:
    if error.code != WRONG:
        return unavailable(error)
    said = Text(code=error.reason, params=dict(error.params), message=f"{error.message} {error.advice}".strip())
    return Invalid(said, fields={field: said})
