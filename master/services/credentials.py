"""Free-standing credentials, for jobs: names in the database, values in the vault and in no answer."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from master.api.credentials import Credential, CredentialCreate, CredentialPatch
from master.api.events import Deleted
from master.api.logins import AuditAction
from master.errors import Conflict, Invalid, NotFound
from master.services.account_secrets import unavailable
from master.services.audits import AuditService
from master.services.events import Publisher
from master.store.credentials import CredentialRecord, CredentialStore
from master.store.engine import Connection, Database, IntegrityError
from master.vault.errors import VaultError
from master.vault.vault import Vault
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

SCOPE: Final[Literal["credential"]] = "credential"
LARGEST: Final = 65_536
"""Characters of all values of one credential: keyrings are no file stores."""


class CredentialService:
    """All free-standing credentials. What is written counts only after the vault has it."""

    def __init__(self, *, database: Database, vault: Vault, publisher: Publisher) -> None:
        self._database = database
        self._vault = vault
        self._publisher = publisher
        self._store = CredentialStore()
        self._records: dict[str, CredentialRecord] = {}
        self._used: dict[str, int] = {}
        self._changes = asyncio.Lock()
        self.audit: AuditService | None = None

    async def load(self) -> None:
        """Read what there is, without values."""
        self._records = {record.id: record for record in await self._database.read(self._store.all)}

    async def preload(self) -> None:
        """Read the sealed values into memory, so that no job waits for the keyring."""
        owners = [(record.id, record.generation) for record in self._records.values()]
        try:
            await self._vault.preload(owners, scope=SCOPE)
        except VaultError as error:
            logger.warning("credentials of jobs cannot be read now: %s %s", error.message, error.advice)

    def rows(self) -> list[Credential]:
        """Return all credentials without their values, oldest first."""
        return [_row(record) for record in self._records.values()]

    def has(self, credential_id: str) -> bool:
        """Tell whether there is such a credential."""
        return credential_id in self._records

    async def create(self, body: CredentialCreate) -> Credential:
        """Store a credential.

        Raises :class:`Conflict` (its name is taken), :class:`Invalid`, :class:`Unavailable` when the vault takes
        nothing.
        """
        _check_size(body.values)
        if any(record.name == body.name for record in self._records.values()):
            raise _taken(body.name)
        record = CredentialRecord(
            id=str(uuid.uuid4()), name=body.name, fields=list(body.values), generation=1, created_at=now_ms()
        )
        try:
            await self._vault.write(record.id, record.generation, body.values, scope=SCOPE)
        except VaultError as error:
            raise unavailable(error) from error
        try:
            await self._database.write(lambda conn: self._store.insert(conn, record))
        except IntegrityError as error:
            # Somebody else was faster.
            await self._erase(record)
            raise _taken(body.name) from error
        except Exception:
            # Not for a cancelled caller: its row may still be committed.
            await self._erase(record)
            raise
        self._records[record.id] = record
        row = _row(record)
        self._publisher.publish("credential.changed", row)
        self._note("credential_stored", "audit_credential_typed", record)
        return row

    async def patch(self, credential_id: str, body: CredentialPatch) -> Credential:
        """Give it another name, or other values, which no schedule and no job has to be told of.

        Raises :class:`NotFound`, :class:`Conflict` (stale version, name taken), :class:`Invalid`, :class:`Unavailable`.
        """
        async with self._changes:
            record = self._record(credential_id)
            if body.version is not UNSET and body.version != record.generation:
                raise Conflict(text("version_stale"))
            changed = record if body.name is UNSET else msgspec.structs.replace(record, name=body.name)
            if any(one.name == changed.name and one.id != record.id for one in self._records.values()):
                raise _taken(changed.name)
            if body.values is not UNSET:
                _check_size(body.values)
                changed = msgspec.structs.replace(changed, fields=list(body.values), generation=record.generation + 1)
                try:
                    await self._vault.write(changed.id, changed.generation, body.values, scope=SCOPE)
                except VaultError as error:
                    raise unavailable(error) from error
            return await self._commit(record, changed)

    async def _commit(self, record: CredentialRecord, changed: CredentialRecord) -> Credential:
        """Write the row; then the values of before are worth nothing."""
        is_new = changed.generation != record.generation
        try:
            await self._database.write(lambda conn: self._store.change(conn, changed))
        except IntegrityError as error:
            if is_new:
                await self._erase(changed)
            raise _taken(changed.name) from error
        except Exception:
            if is_new:
                await self._erase(changed)
            raise
        if record.id not in self._records:
            # Deleted meanwhile: no row was changed.
            await self._erase(changed)
            raise NotFound(text("credential_unknown", id=record.id))
        used = self._records[record.id].last_used_at
        self._records[record.id] = changed = msgspec.structs.replace(changed, last_used_at=used)
        row = _row(changed)
        self._publisher.publish("credential.changed", row)
        if is_new:
            self._note("credential_stored", "audit_credential_typed", changed)
            await self._erase(record)
        return row

    async def delete(self, credential_id: str) -> None:
        """Erase a credential. Raises :class:`NotFound`; :class:`Conflict` while a job or a schedule needs it."""
        record = self._record(credential_id)

        def work(conn: Connection) -> None:
            if name := self._store.job_with(conn, credential_id):
                raise Conflict(text("credential_used_job", name=name))
            if name := self._store.schedule_with(conn, credential_id):
                raise Conflict(text("credential_used_schedule", name=name))
            self._store.delete(conn, credential_id)

        await self._database.write(work)
        if self._records.pop(credential_id, None) is not None:
            self._publisher.publish("credential.deleted", Deleted(id=credential_id))
            self._note("credential_erased", "audit_credential_erased", record)
        await self._erase(record)

    async def read(self, credential_id: str) -> dict[str, Any]:
        """Return the values. Raises :class:`NotFound`, :class:`Unavailable` when the vault does not give them."""
        while True:
            record = self._record(credential_id)
            try:
                values = await self._vault.read(record.id, record.generation, scope=SCOPE)
            except VaultError as error:
                if self._record(credential_id).generation != record.generation:
                    continue  # changed meanwhile: those of before are gone
                raise unavailable(error) from error
            if (now_here := self._records.get(credential_id)) is not None:
                at = self._used[credential_id] = now_ms()
                self._records[credential_id] = msgspec.structs.replace(now_here, last_used_at=at)
            return values

    async def save_uses(self) -> None:
        """Write when each was last used (now and then, and at the end)."""
        used, self._used = self._used, {}
        if used:
            await self._database.write(lambda conn: self._store.set_uses(conn, used))

    # ------------------------------------------------------------ inside

    def _note(self, action: AuditAction, code: str, record: CredentialRecord) -> None:
        if self.audit is not None:
            self.audit.note(action, text(code), subject=record.id, subject_name=record.name)

    def _record(self, credential_id: str) -> CredentialRecord:
        record = self._records.get(credential_id)
        if record is None:
            raise NotFound(text("credential_unknown", id=credential_id[:100]))
        return record

    async def _erase(self, record: CredentialRecord) -> None:
        try:
            await self._vault.erase(record.id, record.generation, scope=SCOPE)
        except VaultError as error:
            # Sealed, it harms nobody.
            logger.warning("the values of credential %s could not be erased: %s", record.id, error.message)


def _check_size(values: Mapping[str, str]) -> None:
    size = sum(map(len, values.values()))
    if size > LARGEST:
        raise Invalid(fields={"values": text("credential_large", count=size, maximum=LARGEST)})


def _taken(name: str) -> Conflict:
    problem = text("field_taken", value=name)
    return Conflict(problem, fields={"name": problem})


def _row(record: CredentialRecord) -> Credential:
    return Credential(
        id=record.id,
        name=record.name,
        fields=record.fields,
        created_at=record.created_at,
        version=record.generation,
        last_used_at=record.last_used_at,
    )
