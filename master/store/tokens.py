"""Named tokens, as hashes."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from master.store.system_tables import tokens


class TokenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``hash`` is the SHA-256 of the token in hexadecimal."""

    id: str
    name: str
    scope: Literal["admin", "client", "worker"]
    hash: str
    created_at: int
    last_used_at: int | None = None
    worker_id: str | None = None
    """Of the scope ``worker``: the one that it lets join. It ends with its worker."""


class TokenStore:
    """The table of named tokens."""

    def all(self, conn: Connection) -> list[TokenRecord]:
        """Return all tokens, oldest first."""
        statement = select(tokens).order_by(tokens.c.created_at, tokens.c.id)
        return [TokenRecord(**row) for row in conn.execute(statement).mappings()]

    def insert(self, conn: Connection, record: TokenRecord) -> None:
        """Add a token. Raises ``IntegrityError`` when its name is taken."""
        conn.execute(insert(tokens).values(msgspec.structs.asdict(record)))

    def delete(self, conn: Connection, token_id: str) -> None:
        """Remove a token."""
        conn.execute(delete(tokens).where(tokens.c.id == token_id))

    def set_uses(self, conn: Connection, uses: Mapping[str, int]) -> None:
        """Write when tokens (by id) were last used."""
        for token_id, at in uses.items():
            conn.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=at))
