"""Signing in with the person's help, and out: an adapter, a conversation over the link, a trial of what came of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from worker.protocol.bases import LATEST_MS, Done
from worker.protocol.codec import ProtocolError, cut_text
from worker.protocol.credential_messages import CredentialRequest
from worker.protocol.logins import (
    AnswerLogin,
    CancelLogin,
    LoggedOut,
    LoginReported,
    LogOut,
    StartLogin,
)
from worker.protocol.secret import Secret
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.protocol.texts import text
from worker.runtime import adapters
from worker.runtime.contexts import ProbeContext
from worker.runtime.credentials import GrantedSecret
from worker.runtime.link import LinkDownError
from worker.runtime.proxies import give, ticketed
from worker.runtime.registry import Plugin, Registry
from worker.runtime.renewals import HOPELESS
from worker.runtime.settings import checked, complete
from worker.runtime.shared import Shared
from worker.runtime.talks import LinkTalk, MadeSecret
from worker.runtime.tasks import end
from worker.runtime.watches import Ending, guarded
from worker.sdk.logins import LoginExpired, SignedIn
from worker.sdk.platform import Platform, Probe

logger = logging.getLogger(__name__)

VERIFY_SECONDS: Final = 60.0
LOG_OUT_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 5.0
"""The master ends a sign-in that takes too long; should it be away, the worker does so a little later."""


class Logins:
    """Runs sign-ins and sign-outs, each beside everything else that the worker does."""

    def __init__(self, registry: Registry, shared: Shared) -> None:
        self._registry = registry
        self._shared = shared
        self._open: dict[str, tuple[_Login, asyncio.Task[None]]] = {}

    def connected(self) -> None:
        """Another connection to the master: those of the one before are over there."""
        for ticket in list(self._open):
            self._shared.tasks.spawn(self._end(ticket), "end of a sign-in")

    async def start(self, command: StartLogin) -> Done:
        """Begin to sign in. Raises ``ProtocolError`` when it cannot be begun at all."""
        plugin = self._registry.get(command.platform)
        if plugin is None or plugin.manifest.login(command.method) is None:
            raise ProtocolError(
                ErrorCode.INVALID_PAYLOAD, f"there is no such way to sign in to {command.platform[:80]!r}"
            )
        login = _Login(command, plugin, self._shared)
        task = self._shared.tasks.spawn(self._run(login, command), f"sign-in {command.platform}")
        self._open[command.ticket] = (login, task)
        return Done()

    async def answer(self, command: AnswerLogin) -> Done:
        """Hand on what the person typed. Raises ``ProtocolError`` when the sign-in is over."""
        found = self._open.get(command.ticket)
        if found is None:
            raise ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, "this sign-in is over")
        found[0].talk.hear(command.value)
        return Done()

    async def cancel(self, command: CancelLogin) -> Done:
        """End a sign-in."""
        await self._end(command.ticket)
        return Done()

    async def log_out(self, command: LogOut) -> LoggedOut:
        """Have the service forget credentials."""
        plugin = self._registry.get(command.platform)
        if plugin is None:
            return LoggedOut(revoked=False, error=text("unassigned_no_platform", platform=command.platform))
        visit = _LogOut(command, plugin, self._shared)
        try:
            ending = await guarded(visit.run(), LOG_OUT_SECONDS, self._shared.redactor)
        except LinkDownError as error:
            return LoggedOut(revoked=False, error=text("state_credentials_unreadable", reason=str(error)))
        finally:
            await visit.close()
        return LoggedOut(revoked=visit.revoked, error=ending.reason)

    async def _end(self, ticket: str) -> None:
        found = self._open.pop(ticket, None)
        if found is not None:
            await end(found[1], GRACE_SECONDS)

    async def _run(self, login: "_Login", command: StartLogin) -> None:
        unwanted = True
        try:
            ending = await guarded(login.run(), command.seconds, self._shared.redactor)
            outcome = login.outcome(ending)
            # From here on only the master knows whether it keeps what came of it.
            unwanted = outcome.state != "success"
            await login.report(outcome)
        except LinkDownError as error:
            logger.info("a sign-in ended with the connection to the master: %s", error)
        except ProtocolError as error:
            logger.info("a sign-in is over at the master: %s", error.message)
            unwanted = unwanted or error.code in HOPELESS
        finally:
            self._open.pop(command.ticket, None)
            # Not in here: whoever called it off does not wait for the service.
            self._shared.tasks.spawn(self._leave(login, unwanted), f"end of a sign-in {command.platform}")

    async def _leave(self, login: "_Login", unwanted: bool) -> None:
        try:
            if unwanted:
                await login.undo()
        finally:
            await login.close()


class _Login:
    """One sign-in."""

    def __init__(self, command: StartLogin, plugin: Plugin, shared: Shared) -> None:
        self.talk = LinkTalk(command, shared)
        self._command = command
        self._plugin = plugin
        self._shared = shared
        self._typed = _asked_with(command.ticket, shared)
        self._made = MadeSecret(shared.redactor)
        self._proxy_password = ticketed(shared.link, shared.redactor, command.proxy)
        self._adapter: Platform | None = None
        self._signed: SignedIn | None = None
        self._probe = Probe()
        self._expired = False

    async def run(self) -> None:
        """Sign in, then connect with what came of it."""
        command, manifest = self._command, self._plugin.manifest
        try:
            async with asyncio.timeout(command.seconds + GRACE_SECONDS):
                context = self._context(checked(manifest, command.settings, partial=True), self._secret)
                self._adapter = adapters.make(self._plugin, context)
                signed = await self._adapter.login(command.method, self.talk)
        except LoginExpired:
            self._expired = True
            raise
        self._made.take(signed.document)
        self._signed = signed
        await self.talk.verifying()
        async with asyncio.timeout(VERIFY_SECONDS):
            adapter = await self._made_adapter(signed)
            self._probe = await adapter.probe()

    async def _made_adapter(self, signed: SignedIn) -> Platform:
        """Return an adapter that works with what the sign-in came to, in place of the one that signed in."""
        await adapters.close(self._adapter)
        self._adapter = None
        settings = complete(self._plugin.manifest, {**self._command.settings, **signed.settings})
        context = self._context(settings, self._made.get)
        context.keeper = self._made
        self._adapter = adapters.make(self._plugin, context)
        return self._adapter

    def outcome(self, ending: Ending) -> LoginReported:
        """Return what came of it."""
        ticket, signed = self._command.ticket, self._signed
        if ending.reason is not None or signed is None:
            late = self._expired or (ending.outcome is CheckOutcome.TIMEOUT and signed is None)
            state: Any = "expired" if late else "failed"
            return LoginReported(ticket=ticket, state=state, error=ending.reason, fields=ending.fields)
        probe = self._probe
        ends = probe.expires_at or self._made.expires_at or signed.expires_at
        return LoginReported(
            ticket=ticket,
            state="success",
            document=self._made.document(),
            identity=cut_text(probe.identity, 500)[0],
            name=cut_text(" ".join(probe.name.split()), 50)[0],
            settings=signed.settings,
            expires_at=ends if 0 < (ends or 0) < LATEST_MS else None,
        )

    async def report(self, message: LoginReported) -> None:
        """Tell the master. Raises ``LinkDownError``, and ``ProtocolError`` when it wants to know nothing more of it."""
        await self._shared.link.request(message, Done)

    async def undo(self) -> None:
        """Nobody wants the new credentials any more: have the service forget them, if it will."""
        if self._signed is not None:
            ending = await guarded(self._forgotten(self._signed), LOG_OUT_SECONDS, self._shared.redactor)
            if ending.reason is not None:
                logger.info("what a sign-in came to could not be undone at its service: %s", ending.reason)

    async def _forgotten(self, signed: SignedIn) -> None:
        async with asyncio.timeout(LOG_OUT_SECONDS):
            adapter = await self._made_adapter(signed)
            await adapter.log_out()

    async def close(self) -> None:
        """Let go of everything."""
        await adapters.close(self._adapter)
        self._typed.close()
        self._made.close()
        self._proxy_password.drop()
        self.talk.close()

    def _context(self, settings: dict[str, Any], secret: Callable[[], Awaitable[Secret]]) -> ProbeContext:
        context = ProbeContext(self._plugin.manifest, settings, secret, self._shared.threads)
        context.commands = self._command.commands
        give(context, self._plugin.manifest, self._command.proxy, self._proxy_password)
        return context

    async def _secret(self) -> Secret:
        return await self._typed.get() if self._command.has_credentials else Secret({})


class _LogOut:
    """One sign-out."""

    def __init__(self, command: LogOut, plugin: Plugin, shared: Shared) -> None:
        self.revoked = False
        self._command = command
        self._plugin = plugin
        self._shared = shared
        self._granted = _asked_with(command.ticket, shared)
        self._proxy_password = ticketed(shared.link, shared.redactor, command.proxy)
        self._adapter: Platform | None = None

    async def run(self) -> None:
        """Sign out."""
        manifest = self._plugin.manifest
        settings = complete(manifest, self._command.settings)
        context = ProbeContext(manifest, settings, self._granted.get, self._shared.threads)
        context.account_id = self._command.account_id
        context.commands = self._command.commands
        give(context, manifest, self._command.proxy, self._proxy_password)
        async with asyncio.timeout(LOG_OUT_SECONDS):
            self._adapter = adapters.make(self._plugin, context)
            self.revoked = bool(await self._adapter.log_out())

    async def close(self) -> None:
        """Let go of everything."""
        await adapters.close(self._adapter)
        self._granted.close()
        self._proxy_password.drop()


def _asked_with(ticket: str, shared: Shared) -> GrantedSecret:
    question = CredentialRequest(ticket=ticket)
    return GrantedSecret(shared.link, shared.redactor, shared.tasks, shared.renewals, lambda: question)
