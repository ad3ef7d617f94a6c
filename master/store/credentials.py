"""Free-standing credentials: their names, and which document of the vault holds their values."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from master.store.columns import from_json, to_json
from master.store.job_tables import jobs, schedules
from master.store.system_tables import credentials


class CredentialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Without values: ``generation`` says which document of the vault holds them."""

    id: str
    name: str
    fields: list[str]
    generation: int
    created_at: int
    last_used_at: int | None = None


class CredentialStore:
    """The table of credentials."""

    def all(self, conn: Connection) -> list[CredentialRecord]:
        """Return all credentials, oldest first."""
        statement = select(credentials).order_by(credentials.c.created_at, credentials.c.id)
        return [_record(row) for row in conn.execute(statement).mappings()]

    def any(self, conn: Connection) -> bool:
        """Tell whether the vault holds something for some credential."""
        return conn.execute(select(credentials.c.id).limit(1)).first() is not None

    def insert(self, conn: Connection, record: CredentialRecord) -> None:
        """Add a credential. Raises ``IntegrityError`` when its name is taken."""
        conn.execute(insert(credentials).values(msgspec.structs.asdict(record) | {"fields": to_json(record.fields)}))

    def change(self, conn: Connection, record: CredentialRecord) -> None:
        """Write name, fields and generation. Raises ``IntegrityError`` when its name is taken."""
        values = {"name": record.name, "fields": to_json(record.fields), "generation": record.generation}
        conn.execute(update(credentials).where(credentials.c.id == record.id).values(values))

    def set_uses(self, conn: Connection, uses: Mapping[str, int]) -> None:
        """Write when credentials (by id) were last used."""
        for credential_id, at in uses.items():
            conn.execute(update(credentials).where(credentials.c.id == credential_id).values(last_used_at=at))

    def delete(self, conn: Connection, credential_id: str) -> None:
        """Remove a credential."""
        conn.execute(delete(credentials).where(credentials.c.id == credential_id))

    def job_with(self, conn: Connection, credential_id: str) -> str | None:
        """Return the name of a job that names it and has not ended."""
        is_open = jobs.c.state.in_(("PENDING", "RUNNING"))
        statement = select(jobs.c.name).where(is_open, jobs.c.credential_id == credential_id).limit(1)
        return conn.execute(statement).scalar_one_or_none()

    def schedule_with(self, conn: Connection, credential_id: str) -> str | None:
        """Return the name of a schedule that names it."""
        statement = select(schedules.c.name).where(schedules.c.credential_id == credential_id).limit(1)
        return conn.execute(statement).scalar_one_or_none()


def _record(row: Mapping[Any, Any]) -> CredentialRecord:
    return CredentialRecord(**{**row, "fields": from_json(row["fields"], list[str])})
