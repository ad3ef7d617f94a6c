"""Whose the credentials of accounts are: no account changes hands, and none is watched twice."""

from collections.abc import Mapping
from typing import Any

from master.errors import Conflict
from master.services.account_fields import is_temporary
from master.services.account_removals import AccountRemovals
from master.services.account_watches import Watch
from worker.protocol.manifest import Manifest
from worker.protocol.states import LoginStatus
from worker.protocol.texts import text


class AccountIdentities(AccountRemovals):
    """Part of :class:`~master.services.accounts.AccountService`."""

    def identity(self, account_id: str) -> str:
        """Return who the service said that signed in, "" while that is not known. Raises :class:`NotFound`."""
        return self._watch(account_id).record.identity

    def identity_after(self, watch: Watch, manifest: Manifest | None, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what follows from other settings: who signs in elsewhere is not known yet."""
        before = watch.record.settings
        fields = manifest.fields if manifest is not None else []
        decisive = [field.name for field in fields if field.required or (manifest and field.name == manifest.name_from)]
        return {"identity": ""} if any(before.get(name) != settings.get(name) for name in decisive) else {}

    def refuse_taken(self, platform: str, identity: str, account_id: str = "") -> None:
        """Raise :class:`Conflict` when another account than ``account_id`` is that of ``identity``."""
        for row in self._rows.values():
            if not identity or row.platform != platform or row.id == account_id:
                continue
            if identity in (row.platform_account_id, self._watches[row.id].record.identity):
                raise Conflict(text("login_taken_identity", identity=identity, account=row.name))

    async def belongs_to(self, account_id: str, generation: int, identity: str) -> None:
        """Take note of whose the credentials are; those of somebody else end the watch. Raises :class:`NotFound`."""
        watch = self._watch(account_id)
        async with watch.lock:
            record = self._watch(account_id).record
            if record.credential_generation != generation:
                return
            try:
                self._identified(watch, identity)
                return
            except Conflict as error:
                refused = error.text
            await self._settle(watch, {"login_status": LoginStatus.FAILED, "login_reason": refused})
        self._hooks.unwanted(account_id, text("unassigned_login_needed"))

    def _identified(self, watch: Watch, identity: str) -> dict[str, Any]:
        """Return what follows from who signed in. Raises :class:`Conflict` when it is somebody else."""
        record = watch.record
        if not identity or identity == record.identity:
            return {}
        if record.identity:
            raise Conflict(text("login_other_identity", identity=identity, account=record.identity))
        changes = {"identity": identity}
        self.refuse_taken(record.platform, identity, record.id)
        if is_temporary(record.platform_account_id):
            changes["platform_account_id"] = identity
        return changes
