"""Credentials in memory: asked for when needed, redacted everywhere while held, wiped when released, renewed by one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from worker.protocol.account_messages import Assignment
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import CredentialGranted, CredentialRequest, CredentialUpdated
from worker.protocol.secret import Secret
from worker.protocol.texts import text
from worker.runtime.link import LinkDownError, Master
from worker.runtime.redactions import Redactor
from worker.runtime.renewals import TURN_SECONDS, Renewals, give_up, store
from worker.runtime.tasks import Tasks
from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Renewed

logger = logging.getLogger(__name__)

RENEW_SECONDS: Final = 30.0
"""So long a service may take; the master gives the right for a minute."""
ASK_SECONDS: Final = 0.5
KEPT_SECONDS: Final = 10.0
"""A check that has got its new token waits no longer for the master to have it too."""


class HeldSecret:
    """One granted secret and the values that are blotted out for its sake."""

    def __init__(self, granted: CredentialGranted, redactor: Redactor) -> None:
        self._redactor = redactor
        self._values = redactor.hold(granted.document)
        self.secret = Secret(granted.document)
        self.version = granted.version
        self.account_id = granted.account_id

    def wipe(self) -> None:
        """Forget it."""
        self.secret.wipe()
        self._redactor.release(self._values)
        self._values = []


class GrantedSecret:
    """One secret of the master's, asked for with ``question``, as long as somebody works with it."""

    def __init__(
        self,
        link: Master,
        redactor: Redactor,
        tasks: Tasks,
        renewals: Renewals,
        question: Callable[[], CredentialRequest],
    ) -> None:
        self._link = link
        self._redactor = redactor
        self._tasks = tasks
        self._renewals = renewals
        self._question = question
        self._held: HeldSecret | None = None
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[Any] | None = None
        self._storing: asyncio.Task[Any] | None = None
        self._closed = False

    @property
    def version(self) -> int | None:
        """Which generation is held, None without one."""
        return self._held.version if self._held is not None else None

    async def get(self) -> Secret:
        """Return the secret. Raises ``TemporaryFailure`` when the master cannot read it, ``LinkDownError``."""
        async with self._lock:
            if self._held is None:
                self._held = await self._ask(self._question())
            return self._held.secret

    def drop(self) -> None:
        """Forget the secret; the next check asks again."""
        if self._held is not None:
            self._held.wipe()
            self._held = None

    def close(self) -> None:
        """Forget it for good. What is being renewed is still handed to the master."""
        self._closed = True
        self.drop()

    # ------------------------------------------------------------ what services give in its place

    async def update(self, document: dict[str, Any], expires_at: int | None) -> None:
        """Keep what the service gave. Returns once the master has it."""
        msgspec.json.encode(document)
        await self._waited(self._update(document, expires_at), "update of credentials")

    async def renew(self, used: Secret, work: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        """Have the service renew it, unless that was done since ``used`` was read."""
        if self._renewing is None or self._renewing.done():
            self._renewing = self._renewals.spawn(self._tasks, _caught(self._renew(used, work)), "renewal")
        await self._ended(self._renewing)
        return await self.get()

    async def _waited(self, work: Any, name: str) -> None:
        await self._ended(self._renewals.spawn(self._tasks, _caught(work), name))

    async def _ended(self, task: "asyncio.Task[BaseException | None]") -> None:
        """Wait for the end of what goes on without us, and raise what it raised."""
        error = await asyncio.shield(task)
        if error is not None:
            raise error

    async def _renew(self, used: Secret, work: Callable[[Secret], Awaitable[Renewed]]) -> None:
        async with self._lock:
            await self._stored()
            if self._held is None or self._held.secret is not used:
                return
            # Those that were typed for a test are nobody else's.
            leave = await self._renewals.turn(self._held.account_id or id(self))
            try:
                # It may have been dropped meanwhile; then the next check asks for what holds.
                if self._held is not None and self._held.secret is used:
                    await self._renew_now(self._held.version, work)
            finally:
                storing = self._storing
                if storing is None or storing.done():
                    leave()
                else:
                    # Until the master has them, it would give the old ones to whoever asks.
                    storing.add_done_callback(lambda _: leave())

    async def _renew_now(self, version: int, work: Callable[[Secret], Awaitable[Renewed]]) -> None:
        mine = await self._may_renew(version)
        if mine is None:
            return
        try:
            async with asyncio.timeout(RENEW_SECONDS):
                renewed = await work(mine.secret)
            msgspec.json.encode(renewed.document)
        except BaseException as error:
            self._tasks.spawn(give_up(self._link, mine.account_id, mine.version), "kept credentials")
            if isinstance(error, TimeoutError):
                raise TemporaryFailure(text("credentials_renewal_slow")) from error
            raise
        finally:
            mine.wipe()
        await self._keep(mine.account_id, mine.version, renewed)

    async def _may_renew(self, version: int) -> HeldSecret | None:
        """Return a copy of the secret with the right to renew it; None when another one holds by now.

        A copy, for what is held may be wiped meanwhile: the account goes to another worker, the renewal goes on.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + TURN_SECONDS
        while True:
            granted = await self._ask_raw(msgspec.structs.replace(self._question(), renew=True))
            if granted.version != version:
                self._take(HeldSecret(granted, self._redactor))
                return None
            if granted.may_renew:
                return HeldSecret(granted, self._redactor)
            if loop.time() > until:
                raise TemporaryFailure(text("credentials_renewed_elsewhere"))
            await asyncio.sleep(ASK_SECONDS)

    async def _update(self, document: dict[str, Any], expires_at: int | None) -> None:
        async with self._lock:
            await self._stored()
            held = self._held or await self._ask(self._question())
            await self._keep(held.account_id, held.version, Renewed(document=document, expires_at=expires_at))

    async def _stored(self) -> None:
        """Wait until the master has what was renewed before: only then can one speak of a version of it."""
        if self._storing is not None:
            await asyncio.wait([self._storing])

    async def _keep(self, account_id: str, version: int, renewed: Renewed) -> None:
        """Hold what the service gave, and hand it to the master."""
        granted = CredentialGranted(document=dict(renewed.document), version=version, account_id=account_id)
        self._take(HeldSecret(granted, self._redactor))
        if not account_id:
            # Typed for a test, and stored nowhere.
            return
        message = CredentialUpdated(
            account_id=account_id, version=version, document=renewed.document, expires_at=renewed.expires_at
        )
        self._storing = self._renewals.spawn(self._tasks, self._store(message), "renewed credentials")
        await asyncio.wait([self._storing], timeout=KEPT_SECONDS)

    async def _store(self, message: CredentialUpdated) -> None:
        holding = self._redactor.hold(message.document)
        try:
            stored = await store(self._link, message)
        finally:
            self._redactor.release(holding)
        held = self._held
        if held is None or held.version != message.version:
            return
        if stored.stored:
            held.version = stored.version
        else:
            logger.info("the credentials of %s were changed meanwhile; those count", message.account_id)
            self.drop()

    def _take(self, held: HeldSecret) -> None:
        self.drop()
        if self._closed:
            # Nobody works with it any more.
            held.wipe()
        else:
            self._held = held

    async def _ask(self, question: CredentialRequest) -> HeldSecret:
        return HeldSecret(await self._ask_raw(question), self._redactor)

    async def _ask_raw(self, question: CredentialRequest) -> CredentialGranted:
        try:
            granted = await self._link.request(question, CredentialGranted)
        except ProtocolError as error:
            raise TemporaryFailure(text("state_credentials_unreadable", reason=error.message)) from error
        if question.account_id:
            granted = msgspec.structs.replace(granted, account_id=question.account_id)
        return granted


async def _caught(work: Awaitable[None]) -> BaseException | None:
    """Return what ``work`` raised: nobody may be left who waits for it."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 (not swallowed: it is raised again in whoever waits)
        return error
    return None


class Credentials(GrantedSecret):
    """The credentials of one account."""

    def __init__(
        self,
        link: Master,
        redactor: Redactor,
        tasks: Tasks,
        renewals: Renewals,
        assignment: Callable[[], Assignment],
    ) -> None:
        """``assignment()``: as it is now."""
        super().__init__(link, redactor, tasks, renewals, self._of_account)
        self._assignment = assignment

    def _of_account(self) -> CredentialRequest:
        assignment = self._assignment()
        return CredentialRequest(account_id=assignment.account_id, epoch=assignment.epoch)

    async def get(self) -> Secret:
        """Return the secret, an empty one when none is stored. Raises as :meth:`GrantedSecret.get`."""
        return await super().get() if self._assignment().has_credentials else Secret({})

    def is_known(self, assignment: Assignment) -> bool:
        """Whether what ``assignment`` names is what is held, so that nothing changes with it."""
        return assignment.has_credentials and assignment.credential_version == self.version


__all__ = ["Credentials", "GrantedSecret", "HeldSecret", "LinkDownError"]
