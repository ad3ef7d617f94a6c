"""Free-standing credentials, for jobs: names in the database, values in the vault and in no answer."""

import logging
import uuid
from typing import Any, Final, Literal

import msgspec

from master.api.credentials import Credential, CredentialCreate
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
        size = sum(map(len, body.values.values()))
        if size > LARGEST:
            raise Invalid(fields={"values": text("credential_large", count=size, maximum=LARGEST)})
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
        record = self._record(credential_id)
        try:
            values = await self._vault.read(record.id, record.generation, scope=SCOPE)
        except VaultError as error:
            raise unavailable(error) from error
        if credential_id in self._records:
            now = self._used[credential_id] = now_ms()
            self._records[credential_id] = msgspec.structs.replace(record, last_used_at=now)
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
