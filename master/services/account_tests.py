"""*Test* of the account dialog: a worker really connects, nothing is saved."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from master.api.inheritance import DIRECT
from master.api.schema import AccountTest, TestReport
from master.errors import Invalid, Unavailable
from master.services.account_fields import check_credentials, check_settings, complete
from master.services.accounts import AccountService
from master.services.catalog import CatalogService
from master.services.deliveries import Send
from master.services.settings import SettingsService
from master.services.tickets import TICKET_SECONDS, Ticket, Tickets
from master.services.workers import WorkerService
from worker.protocol.account_messages import AccountTested, TestAccount
from worker.protocol.codec import ProtocolError
from worker.protocol.manifest import Manifest
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import text

TEST_SECONDS: Final = 75.0
"""The worker's own deadline is 60 s."""


Lend = Callable[[ProxyRoute | None, str], AbstractAsyncContextManager[ProxyRoute | None]]


class AccountTestService:
    """Runs tests, and holds their credentials until they end."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        workers: WorkerService,
        catalog: CatalogService,
        settings: SettingsService,
        send: Send,
        lend: Lend | None = None,
        tickets: Tickets | None = None,
    ) -> None:
        """``lend``: gives the route of a proxy a ticket while it is used."""
        self._accounts = accounts
        self._workers = workers
        self._catalog = catalog
        self._settings = settings
        self._send = send
        self._lend = lend or lend_nothing
        self._tickets = tickets or Tickets()

    async def run(self, body: AccountTest) -> TestReport:
        """Have the least busy worker connect. Raises :class:`Invalid` by field, :class:`NotFound`,
        :class:`Unavailable` (``ERR_NO_WORKER``, or the vault cannot be read).
        """
        manifest, settings, document, version = await self._prepare(body)
        worker_id = self._choose()
        stored = (body.account_id or "") if version else ""
        ticket = self._tickets.issue(worker_id, document, seconds=TICKET_SECONDS, account_id=stored, version=version)
        try:
            async with self._lend(self._route(body, manifest), worker_id) as proxy:
                message = TestAccount(
                    ticket=ticket,
                    platform=body.platform,
                    settings=settings,
                    has_credentials=bool(document),
                    proxy=proxy,
                    commands=self._settings.current.job_commands if manifest.capabilities.executes else None,
                )
                answer = await self._send(worker_id, message, TEST_SECONDS)
        except ProtocolError as error:
            raise Unavailable(text("check_failed", detail=error.message)) from error
        finally:
            self._tickets.tear(ticket)
        if not isinstance(answer, AccountTested):
            raise TypeError(f"a test was answered with {type(answer).__name__}")
        if answer.success:
            self._accounts.tested.note(body.platform, settings, document, answer.identity, answer.expires_at)
        return TestReport(
            success=answer.success,
            steps=answer.steps,
            error=answer.error,
            fields=answer.fields,
            identity=answer.identity,
            expires_at=answer.expires_at,
        )

    def secret(self, ticket: str, worker_id: str) -> dict[str, Any] | None:
        """Return the credentials of a test to the worker that runs it; None to anybody else, and after its end."""
        found = self._tickets.of(ticket, worker_id)
        return None if found is None else self._tickets.document(found)

    async def _prepare(self, body: AccountTest) -> tuple[Manifest, dict[str, Any], dict[str, Any], int]:
        """Return the manifest, checked settings and the credentials to try, with their version if they are stored."""
        manifest = await self._catalog.wait_manifest(body.platform)
        if manifest is None:
            raise Invalid(fields={"platform": text("unassigned_no_platform", platform=body.platform)})
        document, version = dict(body.credentials or {}), 0
        if body.account_id is not None:
            account = self._accounts.get(body.account_id)
            if account.platform != body.platform:
                # Its password must not be tried at another service.
                raise Invalid(fields={"platform": text("field_choice", choices=account.platform)})
            if body.credentials is None and account.has_credentials:
                document, version = await self._accounts.secret(body.account_id)
        faults = check_settings(manifest, body.settings)
        if not version:
            # What a sign-in made may hold more than the form asks for.
            faults |= check_credentials(manifest, document)
        if faults:
            raise Invalid(fields=faults)
        return manifest, complete(manifest, body.settings), document, version

    def _route(self, body: AccountTest, manifest: Manifest) -> ProxyRoute | None:
        """Return the proxy to connect through. Raises :class:`Invalid` for one that there is not, or not for these."""
        surroundings, chosen = self._accounts.surroundings, body.proxy_id
        if chosen is None and body.group_id is not None and body.group_id in surroundings.groups:
            chosen = surroundings.groups[body.group_id].proxy_id
        if chosen is None and body.account_id is not None:
            account = self._accounts.get(body.account_id)
            inherited = body.group_id is not None and account.effective["proxy_id"].origin != "account"
            chosen = None if inherited else account.proxy_id
        faults = surroundings.faults({"proxy_id": chosen, "group_id": body.group_id}, manifest)
        if faults:
            raise Invalid(fields=faults)
        return surroundings.route(None if chosen == DIRECT else chosen)

    def _choose(self) -> str:
        online = [worker for worker in self._workers.rows() if worker.online]
        if not online:
            raise Unavailable(text("worker_none_online"), code="ERR_NO_WORKER")
        return min(online, key=lambda worker: (worker.active_tasks, worker.assigned_accounts)).worker_id


@asynccontextmanager
async def lend_nothing(route: ProxyRoute | None, _worker_id: str) -> AsyncIterator[ProxyRoute | None]:
    yield route


__all__ = ["TICKET_SECONDS", "AccountTestService", "Lend", "Ticket", "lend_nothing"]
