"""Proxies: where each is in the database, its password in the vault and in no answer, and a test by a worker."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from master.api.events import Deleted
from master.api.proxies import Proxy, ProxyCreate, ProxyKind, ProxyPatch, ProxyTestResult
from master.errors import Conflict, Invalid, NotFound
from master.services.account_secrets import unavailable
from master.services.accounts import AccountService
from master.services.check_tallies import CheckTallies
from master.services.events import Publisher
from master.store.engine import Connection, Database, IntegrityError
from master.store.groups import ProxyRecord, ProxyStore
from master.vault.errors import VaultError
from master.vault.vault import Vault
from worker.protocol.codec import now_ms
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

SCOPE: Final[Literal["proxy"]] = "proxy"
NAMED: Final = 5
"""So many users of a proxy are named in a refusal."""


class ProxyService:
    """All proxies, in memory as they are written."""

    def __init__(self, *, database: Database, vault: Vault, publisher: Publisher, accounts: AccountService) -> None:
        self._database = database
        self._vault = vault
        self._publisher = publisher
        self._accounts = accounts
        self._surroundings = accounts.surroundings
        self._tallies: CheckTallies = accounts.tallies
        self._store = ProxyStore()
        self._records: dict[str, ProxyRecord] = {}
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Read all proxies. Before the accounts are read: they go through these."""
        for record in await self._database.read(self._store.all):
            self._keep(record)

    async def preload(self) -> None:
        """Read the sealed passwords into memory, so that no failover waits for the keyring."""
        owners = [(record.id, record.generation) for record in self._records.values() if record.generation]
        try:
            await self._vault.preload(owners, scope=SCOPE)
        except VaultError as error:
            logger.warning("passwords of proxies cannot be read now: %s %s", error.message, error.advice)

    async def rows(self) -> list[Proxy]:
        """Return all proxies, oldest first, with their rates as they are now."""
        await self._tallies.refresh()
        return [self._row(record) for record in self._records.values()]

    async def get(self, proxy_id: str) -> Proxy:
        """Return one proxy. Raises :class:`NotFound`."""
        self._record(proxy_id)
        await self._tallies.refresh()
        return self._row(self._record(proxy_id))

    async def create(self, body: ProxyCreate) -> Proxy:
        """Add a proxy. Raises :class:`Invalid`, :class:`Conflict` (its name is taken), :class:`Unavailable`."""
        check(body.kind, body.username, bool(body.password))
        record = ProxyRecord(
            id=str(uuid.uuid4()),
            name=body.name,
            kind=body.kind,
            host=body.host,
            port=body.port,
            username=body.username,
            generation=1 if body.password else 0,
            created_at=now_ms(),
        )
        async with self._lock:
            await self._store_password(record, body.password)
            await self._commit(lambda conn: self._store.insert(conn, record), record, fresh=True)
            self._keep(record)
        return self._show(record.id)

    async def patch(self, proxy_id: str, body: ProxyPatch) -> Proxy:
        """Change a proxy; what goes through it does so at once. Raises as :meth:`create`, and :class:`NotFound`."""
        async with self._lock:
            before = self._record(proxy_id)
            if body.version is not UNSET and body.version != before.version:
                raise Conflict(text("version_stale"))
            values = {
                name: getattr(body, name)
                for name in ("name", "kind", "host", "port", "username")
                if getattr(body, name) is not UNSET
            }
            after = msgspec.structs.replace(before, **values, version=before.version + 1)
            password = body.password
            has_password = bool(before.generation) if isinstance(password, msgspec.UnsetType) else bool(password)
            check(after.kind, after.username, has_password)
            if isinstance(password, str):
                generation = self._next_generation(before) if password else 0
                after = msgspec.structs.replace(after, generation=generation)
                await self._store_password(after, password)
            fresh = after.generation != before.generation
            await self._commit(lambda conn: self._store.replace(conn, after), after, fresh=fresh)
            if fresh:
                await self._erase(before)
            self._keep(after)
        self._accounts.surroundings_changed(self._through(proxy_id))
        return self._show(proxy_id)

    async def delete(self, proxy_id: str) -> None:
        """Remove a proxy. Raises :class:`NotFound`, :class:`Conflict` that names who uses it."""
        async with self._lock:
            record = self._record(proxy_id)
            users = self._users(proxy_id)

            def work(conn: Connection) -> list[str]:
                found = users + self._store.removed_with(conn, proxy_id)
                if not found:
                    self._store.delete(conn, proxy_id)
                return found

            users = await self._database.write(work)
            if users:
                shown = ", ".join(users[:NAMED]) + (", …" if len(users) > NAMED else "")
                raise Conflict(text("proxy_used", count=len(users), names=shown))
            del self._records[proxy_id]
            del self._surroundings.proxies[proxy_id]
            self._tallies.forget(f"proxy:{proxy_id}")
        self._publisher.publish("proxy.deleted", Deleted(id=proxy_id))
        await self._erase(record)

    async def tested(self, proxy_id: str, result: ProxyTestResult) -> None:
        """Keep how the last test ended."""
        async with self._lock:
            record = self._records.get(proxy_id)
            if record is None:
                return
            after = msgspec.structs.replace(record, last_test=msgspec.to_builtins(result))
            await self._database.write(lambda conn: self._store.replace(conn, after))
            self._records[proxy_id] = after
        self._show(proxy_id)

    def route(self, proxy_id: str) -> ProxyRoute:
        """Return where a proxy is. Raises :class:`NotFound`."""
        self._record(proxy_id)
        return self._surroundings.proxies[proxy_id]

    async def password(self, proxy_id: str) -> dict[str, Any]:
        """Return ``{"password": …}``, empty where it has none. Raises :class:`NotFound`, :class:`Unavailable`."""
        record = self._record(proxy_id)
        if not record.generation:
            return {}
        try:
            return await self._vault.read(record.id, record.generation, scope=SCOPE)
        except VaultError as error:
            raise unavailable(error) from error

    # ------------------------------------------------------------ inside

    def _record(self, proxy_id: str) -> ProxyRecord:
        record = self._records.get(proxy_id)
        if record is None:
            raise NotFound(text("proxy_unknown", id=proxy_id[:100]))
        return record

    def _keep(self, record: ProxyRecord) -> None:
        self._records[record.id] = record
        self._surroundings.proxies[record.id] = ProxyRoute(
            proxy_id=record.id,
            name=record.name,
            kind=record.kind,
            host=record.host,
            port=record.port,
            username=record.username,
            has_password=record.generation > 0,
            version=record.version,
        )

    def _next_generation(self, record: ProxyRecord) -> int:
        # Never one of before, whose document may still be in the keyring after a failed erasure.
        return max(record.generation, record.version) + 1

    async def _store_password(self, record: ProxyRecord, password: str) -> None:
        if not record.generation or not password:
            return
        try:
            await self._vault.write(record.id, record.generation, {"password": password}, scope=SCOPE)
        except VaultError as error:
            raise unavailable(error) from error

    async def _commit(self, work: Callable[[Connection], None], record: ProxyRecord, *, fresh: bool) -> None:
        """Write; a ``fresh`` password is of no use where that fails."""
        try:
            await self._database.write(work)
        except IntegrityError as error:
            if fresh:
                await self._erase(record)
            problem = text("proxy_taken", name=record.name)
            raise Conflict(problem, fields={"name": problem}) from error

    async def _erase(self, record: ProxyRecord) -> None:
        if not record.generation:
            return
        try:
            await self._vault.erase(record.id, record.generation, scope=SCOPE)
        except VaultError as error:
            # Sealed, it harms nobody.
            logger.warning("the password of proxy %s could not be erased: %s", record.id, error.message)

    def _through(self, proxy_id: str) -> list[str]:
        return [row.id for row in self._accounts.rows().values() if row.proxy_id == proxy_id]

    def _users(self, proxy_id: str) -> list[str]:
        """Return the names of groups and accounts that chose it."""
        groups = [name for name, settings in self._surroundings.named_groups() if settings.proxy_id == proxy_id]
        accounts = [
            row.name
            for row in self._accounts.rows().values()
            if row.proxy_id == proxy_id and row.effective["proxy_id"].origin == "account"
        ]
        return groups + accounts

    def _show(self, proxy_id: str) -> Proxy:
        row = self._row(self._record(proxy_id))
        self._publisher.publish("proxy.changed", row)
        return row

    def _row(self, record: ProxyRecord) -> Proxy:
        day, week = self._tallies.proxy_rates(record.id)
        last_test = record.last_test
        return Proxy(
            id=record.id,
            name=record.name,
            kind=_kind(record.kind),
            host=record.host,
            port=record.port,
            username=record.username,
            has_password=record.generation > 0,
            accounts=len(self._through(record.id)),
            day=day,
            week=week,
            last_test=None if last_test is None else msgspec.convert(last_test, ProxyTestResult),
            created_at=record.created_at,
            version=record.version,
        )


def check(kind: str, username: str, has_password: bool) -> None:
    """Raise :class:`Invalid` for a user name and a password that cannot be sent."""
    faults: dict[str, Text] = {}
    if kind == "http" and ":" in username:
        faults["username"] = text("proxy_user_colon")
    if has_password and not username:
        faults["username"] = text("proxy_password_alone")
    if faults:
        raise Invalid(fields=faults)


def _kind(kind: str) -> ProxyKind:
    return "http" if kind == "http" else "socks5"
