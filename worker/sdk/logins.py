"""Signing in with the person's help: QR codes, codes, pages to open, device codes.

A platform names its ways in its manifest (``[[logins]]``) and follows one of them in ``Platform.login(method, talk)``::

    async def login(self, method: str, talk: Talk) -> SignedIn:
        await talk.open_url(url)
        code = await talk.ask_code(text("my_prompt"))
        ...
        return SignedIn(document={"token": token})

The runtime then connects with the new credentials (``probe``); only if that works the person is signed in.
``login`` raises what ``poll`` raises: ``AuthFailed`` when the person refused, :class:`LoginExpired` when too late. It
is cancelled when the person gives up, or after five minutes. It must not log what it shows or is told.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec

from worker.protocol.texts import Text
from worker.sdk.errors import PlatformError

T = TypeVar("T")

QR_SECONDS: Final = 150.0
"""A QR code is made anew after so long, unless the service wants it sooner."""


class LoginExpired(PlatformError):
    """The service gave up waiting for the person."""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-in came to. ``document`` is what ``Context.secret`` holds from now on: secrets only, any JSON."""

    document: dict[str, Any]
    settings: dict[str, Any] = {}
    """Settings that the sign-in told (a server, a user name): taken over into a new account."""
    expires_at: int | None = None
    """When the person has to sign in again, UTC ms; None: never, or nobody knows. Not of what is renewed silently."""

    def __repr__(self) -> str:
        return "SignedIn(…)"


class Qr(msgspec.Struct, frozen=True, kw_only=True):
    """A QR code: what it says (clients draw it), or a PNG where the service has only that."""

    text: str = ""
    image: bytes = b""
    seconds: float = QR_SECONDS
    """So long the service accepts it."""

    def __repr__(self) -> str:
        return "Qr(…)"


class Talk(ABC):
    """What a platform can show and ask while a person signs in. Every call is heard before it returns."""

    @abstractmethod
    async def show_qr(self, qr: Qr) -> None:
        """Show a QR code; a later one takes its place (and is counted). Mostly :meth:`until_scanned` does it."""

    @abstractmethod
    async def scanned(self) -> None:
        """The code was scanned (or the page was opened): the person now has to agree on the other device."""

    @abstractmethod
    async def open_url(self, url: str, *, seconds: float | None = None, paste: bool = False) -> None:
        """Have the person open a page (http, https). ``paste``: :meth:`pasted` takes the address it ended at."""

    @abstractmethod
    async def device_code(self, code: str, url: str, *, seconds: float | None = None) -> None:
        """Show a code to be typed at ``url``."""

    @abstractmethod
    async def ask_code(self, prompt: Text, *, secret: bool = False, wrong: Text | None = None) -> str:
        """Return what the person types: 1 to 4096 characters, stripped unless ``secret``.

        ``wrong``: why the last one did not do.
        """

    @abstractmethod
    async def pasted(self) -> str:
        """Return what the person pastes while a page is open (see :meth:`open_url`)."""

    @abstractmethod
    async def wants_new_qr(self) -> None:
        """Return when the person asks for another QR code."""

    async def until_scanned(self, make: Callable[[], Awaitable[Qr]], wait: Callable[[], Awaitable[T]]) -> T:
        """Show QR codes of ``make``, each until it expires or the person wants another one, until ``wait`` returns.

        ``wait`` waits for the scan of the code made last; it is cancelled and called again for each.
        """
        while True:
            qr = await make()
            await self.show_qr(qr)
            found = await self._one_of(wait, min(qr.seconds, QR_SECONDS))
            if found:
                return found[0]

    async def _one_of(self, wait: Callable[[], Awaitable[T]], seconds: float) -> list[T]:
        from worker.sdk.tasks import beside

        found: list[T] = []

        async def scan() -> None:
            found.append(await wait())

        async def renew() -> None:
            await self.wants_new_qr()
            raise _Renew

        try:
            async with asyncio.timeout(seconds) as limit:
                await beside(scan(), renew())
        except _Renew:
            return found
        except TimeoutError:
            if not limit.expired():
                raise
        return found


class _Renew(Exception):
    """The person wants another code."""


__all__ = ["QR_SECONDS", "LoginExpired", "Qr", "SignedIn", "Talk"]
