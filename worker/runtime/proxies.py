"""Proxies as the runtime has them: who may use one, and its password in memory."""

import asyncio
from collections.abc import Callable

from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import CredentialGranted, CredentialRequest
from worker.protocol.manifest import Manifest
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import text
from worker.runtime.contexts import AccountContext
from worker.runtime.credentials import HeldSecret
from worker.runtime.link import Master
from worker.runtime.redactions import Redactor
from worker.sdk.errors import InvalidConfig, TemporaryFailure


def give(
    context: AccountContext, manifest: Manifest, route: ProxyRoute | None, passwords: "ProxyPassword | None"
) -> None:
    """Let an adapter connect through a proxy. Raises ``InvalidConfig`` where it would go around it."""
    if route is None:
        return
    if not manifest.capabilities.proxy:
        reason = text("proxy_unsupported", platform=manifest.title["en"])
        raise InvalidConfig(reason, {"proxy_id": reason})
    context.proxy = route
    context.passwords = passwords


class ProxyPassword:
    """The password of one proxy, asked for with ``question`` when it is needed, redacted while it is held."""

    def __init__(
        self, link: Master, redactor: Redactor, name: Callable[[], str], question: Callable[[], CredentialRequest]
    ) -> None:
        self._link = link
        self._redactor = redactor
        self._name = name
        self._question = question
        self._held: HeldSecret | None = None
        self._lock = asyncio.Lock()

    async def password(self) -> str:
        """Return it. Raises ``TemporaryFailure`` when the master cannot read it, ``LinkDownError``."""
        async with self._lock:
            if self._held is None:
                try:
                    granted = await self._link.request(self._question(), CredentialGranted)
                except ProtocolError as error:
                    reason = text("proxy_password_unreadable", proxy=self._name(), reason=error.message)
                    raise TemporaryFailure(reason, {"proxy_id": reason}) from error
                self._held = HeldSecret(granted, self._redactor)
            return self._held.secret.get("password")

    def drop(self) -> None:
        """Forget it."""
        if self._held is not None:
            self._held.wipe()
            self._held = None


def ticketed(link: Master, redactor: Redactor, route: ProxyRoute | None) -> ProxyPassword:
    """Return what asks for the password of a proxy that was lent for a test or a sign-in."""
    name, ticket = (route.name, route.ticket) if route is not None else ("", "")
    return ProxyPassword(link, redactor, lambda: name, lambda: CredentialRequest(ticket=ticket))
