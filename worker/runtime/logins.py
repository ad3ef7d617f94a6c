"""Signing in with the person's help, and out: an adapter, a conversation over the link, a trial of what came of it."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from worker.protocol.codec import ProtocolError, cut_text, now_ms
from worker.protocol.logins import (
    CODE_LENGTH,
    AnswerLogin,
    CancelLogin,
    Challenge,
    LoggedOut,
    LoginChallenged,
    LoginReported,
    LogOut,
    StartLogin,
)
from worker.protocol.messages import LATEST_MS, CredentialRequest, Done
from worker.protocol.secret import Secret
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.protocol.texts import Text, text
from worker.runtime import adapters
from worker.runtime.contexts import ProbeContext
from worker.runtime.credentials import GrantedSecret
from worker.runtime.link import LinkDownError
from worker.runtime.proxies import give, ticketed
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Plugin, Registry
from worker.runtime.settings import checked, complete
from worker.runtime.shared import Shared
from worker.runtime.tasks import end
from worker.runtime.watches import Ending, guarded, redacted
from worker.sdk.errors import InvalidConfig
from worker.sdk.logins import LoginExpired, Qr, SignedIn, Talk
from worker.sdk.platform import Platform, Probe, Renewed

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

    async def connected(self) -> None:
        """Another connection to the master: those of the one before are over there."""
        for ticket in list(self._open):
            await self._end(ticket)

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
        redactor = self._shared.redactor
        try:
            ending = await guarded(login.run(), command.seconds, redactor)
            await login.report(login.outcome(ending))
        except LinkDownError as error:
            logger.info("a sign-in ended with the connection to the master: %s", error)
        except ProtocolError as error:
            logger.info("a sign-in is over at the master: %s", error.message)
            await login.undo()
        finally:
            self._open.pop(command.ticket, None)
            await login.close()


class _Login:
    """One sign-in."""

    def __init__(self, command: StartLogin, plugin: Plugin, shared: Shared) -> None:
        self.talk = _Talk(command, shared)
        self._command = command
        self._plugin = plugin
        self._shared = shared
        self._typed = _asked_with(command.ticket, shared)
        self._made = _MadeSecret(shared.redactor)
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
        await self.report(LoginReported(ticket=command.ticket, state="verifying"))
        await adapters.close(self._adapter)
        context = self._context(complete(manifest, {**command.settings, **signed.settings}), self._made.get)
        context.keeper = self._made
        async with asyncio.timeout(VERIFY_SECONDS):
            self._adapter = adapters.make(self._plugin, context)
            self._probe = await self._adapter.probe()

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
        if self._signed is not None and self._adapter is not None:
            await guarded(self._forgotten(self._adapter), LOG_OUT_SECONDS, self._shared.redactor)

    async def _forgotten(self, adapter: Platform) -> None:
        async with asyncio.timeout(LOG_OUT_SECONDS):
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
        give(context, manifest, self._command.proxy, self._proxy_password)
        async with asyncio.timeout(LOG_OUT_SECONDS):
            self._adapter = adapters.make(self._plugin, context)
            self.revoked = bool(await self._adapter.log_out())

    async def close(self) -> None:
        """Let go of everything."""
        await adapters.close(self._adapter)
        self._granted.close()
        self._proxy_password.drop()


class _MadeSecret:
    """Credentials that nobody has stored yet."""

    def __init__(self, redactor: Redactor) -> None:
        self.expires_at: int | None = None
        self._redactor = redactor
        self._held: list[str] = []
        self._secret = Secret({})

    def take(self, document: dict[str, Any]) -> None:
        """Hold these from now on."""
        values = self._redactor.hold(document)
        self._redactor.release(self._held)
        self._held, self._secret = values, Secret(dict(document))

    async def get(self) -> Secret:
        """Return them."""
        return self._secret

    def document(self) -> dict[str, Any]:
        """Return what is to be stored."""
        return self._secret.reveal()

    async def update(self, document: dict[str, Any], expires_at: int | None) -> None:
        """As ``Context.update_secret``."""
        self.take(document)
        self.expires_at = expires_at

    async def renew(self, used: Secret, renew: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        """As ``Context.renew_secret``: nobody else has them."""
        if used is self._secret:
            renewed = await renew(used)
            await self.update(renewed.document, renewed.expires_at)
        return self._secret

    def close(self) -> None:
        """Forget them."""
        self._secret.wipe()
        self._redactor.release(self._held)
        self._held = []


class _Talk(Talk):
    """The conversation, over the link. What is shown and typed is blotted out of the log until its end."""

    def __init__(self, command: StartLogin, shared: Shared) -> None:
        self._ticket = command.ticket
        self._shared = shared
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._new_qr = asyncio.Event()
        self._held: list[str] = []

    def hear(self, value: str | None) -> None:
        """Take what the person typed; None: another QR code."""
        if value is None:
            self._new_qr.set()
        else:
            self._hide(value)
            self._typed.put_nowait(value)

    def close(self) -> None:
        """Forget what was said."""
        self._shared.redactor.release(self._held)
        self._held = []

    async def show_qr(self, qr: Qr) -> None:
        image = b64encode(qr.image).decode()
        self._new_qr.clear()
        await self._show(Challenge(kind="qr", text=qr.text, image=image, expires_at=_in(qr.seconds)))

    async def scanned(self) -> None:
        await self._say(LoginReported(ticket=self._ticket, state="scanning"))

    async def open_url(self, url: str, *, seconds: float | None = None, paste: bool = False) -> None:
        await self._show(Challenge(kind="url", url=_web(url), paste=paste, expires_at=_in(seconds)))

    async def device_code(self, code: str, url: str, *, seconds: float | None = None) -> None:
        await self._show(Challenge(kind="device_code", code=code, url=_web(url), expires_at=_in(seconds)))

    async def ask_code(self, prompt: Text, *, secret: bool = False, wrong: Text | None = None) -> str:
        while not self._typed.empty():
            self._typed.get_nowait()
        wrong = redacted(wrong, self._shared.redactor) if wrong is not None else None
        await self._show(Challenge(kind="code", prompt=prompt, secret=secret, wrong=wrong))
        return await self._typed.get()

    async def pasted(self) -> str:
        return await self._typed.get()

    async def wants_new_qr(self) -> None:
        await self._new_qr.wait()

    async def _show(self, challenge: Challenge) -> None:
        for value in (challenge.text, challenge.url, challenge.code):
            self._hide(value)
        await self._say(LoginChallenged(ticket=self._ticket, challenge=challenge))

    async def _say(self, message: LoginChallenged | LoginReported) -> None:
        try:
            await self._shared.link.request(message, Done)
        except ProtocolError as error:
            raise LoginExpired(text("login_over")) from error

    def _hide(self, value: str) -> None:
        self._held += self._shared.redactor.hold(value[:CODE_LENGTH])


def _asked_with(ticket: str, shared: Shared) -> GrantedSecret:
    question = CredentialRequest(ticket=ticket)
    return GrantedSecret(shared.link, shared.redactor, shared.tasks, shared.renewals, lambda: question)


def _in(seconds: float | None) -> int | None:
    return now_ms() + round(seconds * 1000) if seconds is not None else None


def _web(url: str) -> str:
    if not url.startswith(("https://", "http://")) or not url.isprintable():
        raise InvalidConfig(text("url_scheme"))
    return url
