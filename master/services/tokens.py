"""Tokens: two that live as long as this process, and named ones that survive it.

One of the scope ``worker`` lets one worker join that is started elsewhere, and opens nothing else.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from master.api.system import Token, TokenCreate
from master.api.workers import EXTERNAL
from master.errors import Conflict, Invalid, NotFound
from master.services.audits import AuditService
from master.store.engine import Database
from master.store.tokens import TokenRecord, TokenStore
from worker.protocol.codec import now_ms
from worker.protocol.texts import text

Scope = Literal["admin", "client", "worker"]

USED_EVERY_MS: Final = 60_000
"""The time of the last use is noted no more often."""


class TokenService:
    """Says what a token allows. Named ones are kept as hashes."""

    def __init__(self, *, database: Database, fresh: tuple[str, str] | None = None) -> None:
        """``fresh``: the admin's and the clients' token of a master that was restarted in place."""
        self._database = database
        self._store = TokenStore()
        self._named: dict[str, TokenRecord] = {}
        self.audit: AuditService | None = None
        self.deployment_of: Callable[[str], str | None] = lambda _worker_id: None
        """The deployment type of a worker; None: there is no such worker."""
        self._watchers: list[Callable[[], None]] = []
        self.admin_token, self.client_token = fresh or (secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._fresh: Final[tuple[tuple[bytes, Scope], ...]] = (
            (self.admin_token.encode(), "admin"),
            (self.client_token.encode(), "client"),
        )

    async def load(self) -> None:
        """Read the named tokens."""
        self._named = {record.id: record for record in await self._database.read(self._store.all)}

    def scope_of(self, token: str) -> Scope | None:
        """Return what a token allows, None when it is not valid. Takes the same time for every wrong one."""
        raw = token.encode("utf-8", "surrogatepass")
        found: Scope | None = None
        for known, scope in self._fresh:
            if hmac.compare_digest(known, raw):
                found = scope
        if found is not None:
            return found
        used = self._find(raw)
        return used.scope if used is not None else None

    def worker_of(self, token: str) -> str | None:
        """Return the worker that a token lets join; None: it is not valid, or opens something else."""
        used = self._find(token.encode("utf-8", "surrogatepass"))
        return used.worker_id if used is not None and used.scope == "worker" else None

    def actor_of(self, token: str) -> str:
        """Return what the holder of a valid token is called: ``admin``, ``client``, or ``token:NAME``."""
        raw = token.encode("utf-8", "surrogatepass")
        for known, scope in self._fresh:
            if hmac.compare_digest(known, raw):
                return scope
        digest = _hash(raw)
        return next((f"token:{one.name}" for one in self._named.values() if one.hash == digest), "token")

    async def create(self, body: TokenCreate) -> Token:
        """Make a named token; its value is in this answer and nowhere else.

        Raises :class:`Invalid` (no such worker, or none that is started elsewhere), :class:`Conflict` when the name is
        taken.
        """
        self._check_worker(body)
        if any(record.name == body.name for record in self._named.values()):
            problem = text("field_taken", value=body.name)
            raise Conflict(problem, fields={"name": problem})
        value = secrets.token_urlsafe(32)
        record = TokenRecord(
            id=str(uuid.uuid4()),
            name=body.name,
            scope=body.scope,
            hash=_hash(value.encode()),
            created_at=now_ms(),
            worker_id=body.worker_id,
        )
        # Claimed before the write, so that two at the same time cannot both have the name.
        self._named[record.id] = record
        try:
            await self._database.write(lambda conn: self._store.insert(conn, record))
        except BaseException:
            self._named.pop(record.id, None)
            raise
        if self.audit is not None:
            what = text("audit_token_created", scope=record.scope)
            self.audit.note("token_created", what, subject=record.id, subject_name=record.name)
        return msgspec.structs.replace(_row(record), token=value)

    def list(self) -> list[Token]:
        """Return all named tokens without their values, oldest first."""
        return [_row(record) for record in self._named.values()]

    async def revoke(self, token_id: str) -> None:
        """End a named token. Raises :class:`NotFound`."""
        if token_id not in self._named:
            raise NotFound(text("token_unknown", token=token_id))
        await self._database.write(lambda conn: self._store.delete(conn, token_id))
        self._ended([token_id])

    def worker_deleted(self, worker_id: str) -> None:
        """A worker was deleted, and its tokens in the same transaction: nobody may come in by them any more."""
        self._ended([record.id for record in self._named.values() if record.worker_id == worker_id])

    def watch_revocations(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` whenever a token has ended, so that what it opened can be closed. It must not block."""
        self._watchers.append(callback)

    async def save_uses(self) -> None:
        """Write when each was last used (called now and then, and at the end)."""
        uses = {record.id: record.last_used_at for record in self._named.values() if record.last_used_at is not None}
        await self._database.write(lambda conn: self._store.set_uses(conn, uses))

    def _ended(self, token_ids: Iterable[str]) -> None:
        for token_id in token_ids:
            gone = self._named.pop(token_id, None)
            if self.audit is not None and gone is not None:
                self.audit.note("token_revoked", text("audit_token_revoked"), subject=token_id, subject_name=gone.name)
        for watcher in self._watchers:
            watcher()

    def _check_worker(self, body: TokenCreate) -> None:
        worker_id, problem = body.worker_id, None
        if body.scope != "worker":
            problem = text("token_worker_scope") if worker_id is not None else None
        elif worker_id is None:
            problem = text("token_worker_missing")
        elif (deployment := self.deployment_of(worker_id)) is None:
            problem = text("worker_unknown", worker=worker_id)
        elif deployment != EXTERNAL:
            problem = text("token_worker_local", worker=worker_id)
        if problem is not None:
            raise Invalid(fields={"worker_id": problem})

    def _find(self, raw: bytes) -> TokenRecord | None:
        """Return the named token of this value, and note that it was used. As long for every wrong one."""
        if not self._named:
            return None
        digest = _hash(raw)
        used: TokenRecord | None = None
        for record in self._named.values():
            if hmac.compare_digest(record.hash, digest):
                used = record
        if used is not None:
            self._note_use(used)
        return used

    def _note_use(self, record: TokenRecord) -> None:
        now = now_ms()
        if now - (record.last_used_at or 0) >= USED_EVERY_MS:
            self._named[record.id] = msgspec.structs.replace(record, last_used_at=now)


def _hash(raw: bytes) -> str:
    # The tokens are 256 random bits: a plain hash cannot be guessed back.
    return hashlib.sha256(raw).hexdigest()


def _row(record: TokenRecord) -> Token:
    return Token(
        id=record.id,
        name=record.name,
        scope=record.scope,
        created_at=record.created_at,
        last_used_at=record.last_used_at,
        worker_id=record.worker_id,
    )
