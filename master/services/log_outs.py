"""Signing out: the service is asked to forget the credentials, and they are erased here whatever it says.

The watch ends first: a worker that goes on would find its session gone, and sign in again or call the sign-in refused.
"""

import asyncio
import logging
from typing import Final

from master.api.logins import LogOutReport
from master.errors import ServiceError, Unavailable
from master.services.account_tests import Lend, lend_nothing
from master.services.accounts import AccountService
from master.services.audits import AuditService
from master.services.catalog import CatalogService
from master.services.deliveries import Send
from master.services.settings import SettingsService
from master.services.tickets import Tickets
from master.services.workers import WorkerService
from worker.protocol.codec import ProtocolError
from worker.protocol.logins import LoggedOut, LogOut
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 35.0
"""The worker's own deadline is 30 s."""
TURN_SECONDS: Final = 30.0
"""So long is waited for who has the credentials renewed at this moment: it is the new ones that are to be forgotten."""
LOOK_SECONDS: Final = 0.2
RELEASE_SECONDS: Final = 10.0
"""So long is waited for who watches the account: longer than a lease, after which a worker begins no check."""


class LogOutService:
    """Signs accounts out."""

    def __init__(
        self,
        *,
        accounts: AccountService,
        workers: WorkerService,
        catalog: CatalogService,
        settings: SettingsService,
        audit: AuditService,
        tickets: Tickets,
        send: Send,
        lend: Lend | None = None,
    ) -> None:
        self._accounts = accounts
        self._workers = workers
        self._catalog = catalog
        self._settings = settings
        self._audit = audit
        self._tickets = tickets
        self._send = send
        self._lend = lend or lend_nothing

    async def run(self, account_id: str) -> LogOutReport:
        """Sign out. Raises :class:`NotFound`."""
        account = self._accounts.get(account_id)
        if not account.has_credentials:
            return LogOutReport(revoked=False, text=text("logout_nothing"))
        async with self._accounts.unwatched(account_id, RELEASE_SECONDS):
            revoked, error = await self._revoke(account_id)
            await self._accounts.logged_out(account_id)
        self._audit.note(
            "logged_out", text("audit_logged_out"), subject=account_id, subject_name=account.name, account_id=account_id
        )
        left = self._accounts.not_erased(account_id)
        if left:
            words = text("logout_left_revoked" if revoked else "logout_left", reason=left)
            return LogOutReport(revoked=revoked, erased=False, text=words)
        if error is not None:
            return LogOutReport(revoked=False, text=text("logout_not_revoked", reason=error.message))
        return LogOutReport(revoked=revoked, text=text("logout_revoked" if revoked else "logout_erased"))

    async def _revoke(self, account_id: str) -> tuple[bool, Text | None]:
        """Have a worker tell the service; return whether it forgot them, and why it could not be told."""
        account = self._accounts.get(account_id)
        manifest = self._catalog.manifest(account.platform)
        if manifest is None or not manifest.capabilities.log_out:
            # The service has nothing that it could forget.
            return False, None
        online = [worker for worker in self._workers.rows() if worker.online]
        if not online:
            return False, text("worker_none_online")
        worker_id = min(online, key=lambda worker: (worker.active_tasks, worker.assigned_accounts)).worker_id
        ticket, held = "", 0
        try:
            document, version = await self._accounts.secret(account_id)
            ticket = self._tickets.issue(
                worker_id, document, account_id=account_id, version=version, purpose="audit_granted_logout"
            )
            held = await self._turn(account_id, worker_id, ticket)
            async with self._lend(self._accounts.surroundings.route(account.proxy_id), worker_id) as proxy:
                message = LogOut(
                    ticket=ticket,
                    account_id=account_id,
                    platform=account.platform,
                    settings=account.settings,
                    commands=self._settings.commands_of(manifest),
                    proxy=proxy,
                )
                answer = await self._send(worker_id, message, ANSWER_SECONDS)
        except Unavailable as error:
            return False, error.text
        except (ServiceError, ProtocolError) as error:
            logger.info("%s could not be signed out at its service: %s", account_id, error)
            return False, text("check_failed", detail=str(error)[:300])
        finally:
            self._tickets.tear(ticket)
            if held:
                self._accounts.rights.give_back(account_id, held, worker_id)
        if not isinstance(answer, LoggedOut):
            raise TypeError(f"a sign-out was answered with {type(answer).__name__}")
        return answer.revoked, answer.error

    async def _turn(self, account_id: str, worker_id: str, ticket: str) -> int:
        """Wait until nobody renews the credentials, and let nobody; the ticket opens those that hold by then.

        Returns their version, 0 when somebody did not end: then nobody is kept from it.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + TURN_SECONDS
        while True:
            document, version = await self._accounts.secret(account_id)
            found = self._tickets.of(ticket, worker_id)
            if found is not None:
                found.replace(document, version)
            if self._accounts.rights.take(account_id, version, worker_id, ticket):
                return version
            if loop.time() > until:
                return 0
            await asyncio.sleep(LOOK_SECONDS)
