"""Where a sign-in runs, and the account that is made of it."""

from master.api.accounts import Account, AccountCreate
from master.api.inheritance import DIRECT
from master.api.logins import LoginCreate, LoginSession
from master.errors import Unavailable
from master.services.account_credentials import SignedInAccount
from master.services.account_fields import temporary_identity
from master.services.accounts import AccountService
from master.services.catalog import CatalogService
from master.services.workers import WorkerService
from worker.protocol.logins import LoginReported
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import text


class LoginPlaces:
    """Part of :class:`~master.services.logins.LoginService`."""

    def __init__(self, *, accounts: AccountService, workers: WorkerService, catalog: CatalogService) -> None:
        self._accounts = accounts
        self._workers = workers
        self._catalog = catalog

    def worker(self, account_id: str | None) -> str:
        """Return who runs it: the account's owner, else the least busy one. Raises :class:`Unavailable`."""
        online = {worker.worker_id: worker for worker in self._workers.rows() if worker.online}
        if not online:
            raise Unavailable(text("worker_none_online"), code="ERR_NO_WORKER")
        owner = self._accounts.get(account_id).worker_id if account_id is not None else None
        if owner in online:
            return str(owner)
        return min(online.values(), key=lambda worker: (worker.active_tasks, worker.assigned_accounts)).worker_id

    def route(self, session: LoginSession, create: LoginCreate | None) -> ProxyRoute | None:
        """Return the proxy that it goes through."""
        surroundings = self._accounts.surroundings
        if create is None:
            return surroundings.route(self._accounts.get(session.account_id or "").proxy_id)
        chosen = create.proxy_id
        if chosen is None and create.group_id is not None:
            chosen = surroundings.groups[create.group_id].proxy_id
        return surroundings.route(None if chosen == DIRECT else chosen)

    async def account(self, create: LoginCreate, message: LoginReported) -> Account:
        """Add the account of a sign-in that succeeded."""
        manifest = await self._catalog.need_manifest(create.platform)
        self._accounts.refuse_taken(create.platform, message.identity)
        known = {field.name for field in manifest.fields if not field.secret}
        told = {name: value for name, value in message.settings.items() if name in known}
        name = create.name or message.name or text("login_default_name", platform=manifest.title["en"]).message[:50]
        body = AccountCreate(
            platform=create.platform,
            name=name,
            platform_account_id=message.identity[:512] or temporary_identity(),
            settings={**create.settings, **told},
            interval_seconds=create.interval_seconds,
            interval_max_seconds=create.interval_max_seconds,
            group_id=create.group_id,
            proxy_id=create.proxy_id,
            quiet_hours=create.quiet_hours,
            notify_level=create.notify_level,
            sound=create.sound,
            tags=create.tags,
            notes=create.notes,
            priority=create.priority,
            show_existing=create.show_existing,
        )
        made = SignedInAccount(message.document, message.identity, message.expires_at)
        return await self._accounts.create(body, signed_in=made)
