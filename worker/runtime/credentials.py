"""Credentials in memory: asked for when needed, redacted everywhere while held, wiped when released."""

import asyncio
import logging

from worker.protocol.codec import ProtocolError
from worker.protocol.messages import Assignment, CredentialGranted, CredentialRequest
from worker.protocol.secret import Secret
from worker.protocol.texts import text
from worker.runtime.link import Master
from worker.runtime.redactions import Redactor
from worker.sdk.errors import TemporaryFailure

logger = logging.getLogger(__name__)


class HeldSecret:
    """One granted secret and the values that are blotted out for its sake."""

    def __init__(self, granted: CredentialGranted, redactor: Redactor) -> None:
        self._redactor = redactor
        self._values = redactor.hold(granted.document)
        self.secret = Secret(granted.document)

    def wipe(self) -> None:
        """Forget it."""
        self.secret.wipe()
        self._redactor.release(self._values)
        self._values = []


class Credentials:
    """The credentials of one account."""

    def __init__(self, link: Master, redactor: Redactor) -> None:
        self._link = link
        self._redactor = redactor
        self._held: HeldSecret | None = None
        self._lock = asyncio.Lock()

    async def get(self, assignment: Assignment) -> Secret:
        """Return the secret, an empty one when none is stored.

        Raises ``TemporaryFailure`` when the master cannot read it, ``LinkDownError`` when the master is away.
        """
        if not assignment.has_credentials:
            return Secret({})
        async with self._lock:
            if self._held is None:
                question = CredentialRequest(account_id=assignment.account_id, epoch=assignment.epoch)
                try:
                    granted = await self._link.request(question, CredentialGranted)
                except ProtocolError as error:
                    reason = text("state_credentials_unreadable", reason=error.message)
                    raise TemporaryFailure(reason) from error
                self._held = HeldSecret(granted, self._redactor)
            return self._held.secret

    def drop(self) -> None:
        """Forget the secret; the next check asks again."""
        if self._held is not None:
            self._held.wipe()
            self._held = None


async def ticket_secret(link: Master, redactor: Redactor, ticket: str) -> HeldSecret:
    """Return the secret of a test. Raises ``TemporaryFailure``, or ``LinkDownError`` when the master is away."""
    try:
        granted = await link.request(CredentialRequest(ticket=ticket), CredentialGranted)
    except ProtocolError as error:
        raise TemporaryFailure(text("state_credentials_unreadable", reason=error.message)) from error
    return HeldSecret(granted, redactor)
