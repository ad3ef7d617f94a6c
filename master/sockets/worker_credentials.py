"""What workers ask and tell of credentials and sign-ins: the part of ``/worker`` that gives secrets out."""

from collections.abc import Awaitable, Callable
from typing import Any

from master.errors import NotFound
from master.services.services import Services
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import (
    CredentialGranted,
    CredentialKept,
    CredentialRequest,
    CredentialStored,
    CredentialUpdated,
)
from worker.protocol.logins import LoginChallenged, LoginReported
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text

Handler = Callable[[str, Any], Awaitable[Message]]


class WorkerCredentials:
    """Handlers by message; each gets the worker's id. ``demand`` refuses who does not hold the account's lease."""

    def __init__(self, services: Services, demand: Callable[[str, str, int], None]) -> None:
        self._services = services
        self._demand = demand
        self.handlers: dict[type[Message], Handler] = {
            CredentialRequest: self.on_request,
            CredentialUpdated: self._on_updated,
            CredentialKept: self._on_kept,
            LoginChallenged: self._on_challenged,
            LoginReported: self._on_reported,
        }

    async def on_request(self, worker_id: str, message: CredentialRequest) -> CredentialGranted:
        """Give a secret out, to whom it is meant for and to nobody else."""
        if message.ticket:
            return await self._of_ticket(worker_id, message)
        if message.job_id:
            return await self._of_job(worker_id, message)
        self._demand(worker_id, message.account_id, message.epoch)
        if message.proxy_id:
            return await self._of_proxy(worker_id, message)
        accounts = self._services.accounts
        document, version = await accounts.secret(message.account_id)
        # It may have been taken away while the vault was read.
        self._demand(worker_id, message.account_id, message.epoch)
        may_renew = message.renew and accounts.rights.take(message.account_id, version, worker_id)
        reason = text("audit_granted_renew" if message.renew else "audit_granted_watch")
        if may_renew or not message.renew:
            accounts.granted(message.account_id, worker_id, reason)
        return CredentialGranted(document=document, version=version, may_renew=may_renew)

    async def _of_ticket(self, worker_id: str, message: CredentialRequest) -> CredentialGranted:
        found = self._services.sign_ins.tickets.of(message.ticket, worker_id)
        if found is None:
            document = self._services.proxy_tickets.secret(message.ticket, worker_id)
            if document is None:
                raise ProtocolError(ErrorCode.AUTH_FAILED, "this ticket is not valid here, or no longer")
            return CredentialGranted(document=document, version=0)
        accounts, may_renew = self._services.accounts, message.renew
        if found.account_id:
            if message.renew:
                # Whoever watches the account may have renewed them since.
                found.replace(*await accounts.secret(found.account_id))
                may_renew = accounts.rights.take(found.account_id, found.version, worker_id, message.ticket)
            accounts.granted(found.account_id, worker_id, text(found.purpose))
        document = self._services.sign_ins.tickets.document(found)
        return CredentialGranted(
            document=document, version=found.version, account_id=found.account_id, may_renew=may_renew
        )

    async def _of_job(self, worker_id: str, message: CredentialRequest) -> CredentialGranted:
        try:
            document = await self._services.jobs.secret(message.job_id, message.run, worker_id)
        except NotFound as error:
            raise ProtocolError(ErrorCode.JOB_NOT_FOUND, error.text.message) from error
        reason = text("audit_granted_job", job=message.job_id)
        self._services.sign_ins.audit.note("credential_granted", reason, subject=message.job_id, by=worker_id)
        return CredentialGranted(document=document, version=0)

    async def _of_proxy(self, worker_id: str, message: CredentialRequest) -> CredentialGranted:
        if self._services.accounts.get(message.account_id).proxy_id != message.proxy_id:
            raise ProtocolError(ErrorCode.AUTH_FAILED, "the account is not watched through this proxy")
        document = await self._services.proxies.password(message.proxy_id)
        self._demand(worker_id, message.account_id, message.epoch)
        return CredentialGranted(document=document, version=0)

    async def _on_updated(self, worker_id: str, message: CredentialUpdated) -> CredentialStored:
        return await self._services.accounts.renewed(message, worker_id)

    async def _on_kept(self, worker_id: str, message: CredentialKept) -> Done:
        self._services.accounts.rights.give_back(message.account_id, message.version, worker_id)
        return Done()

    async def _on_challenged(self, worker_id: str, message: LoginChallenged) -> Done:
        await self._services.sign_ins.logins.challenged(worker_id, message)
        return Done()

    async def _on_reported(self, worker_id: str, message: LoginReported) -> Done:
        await self._services.sign_ins.logins.reported(worker_id, message)
        return Done()
