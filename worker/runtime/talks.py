"""What stands between an adapter that signs in and the person: the conversation, and credentials nobody has yet."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.logins import CODE_LENGTH, Challenge, LoginChallenged, LoginReported, StartLogin
from worker.protocol.secret import Secret
from worker.protocol.texts import Text, text
from worker.runtime.redactions import Redactor
from worker.runtime.shared import Shared
from worker.runtime.watches import redacted
from worker.sdk.errors import InvalidConfig
from worker.sdk.logins import LoginExpired, Qr, Talk
from worker.sdk.platform import Renewed

LONGEST_QR: Final = 2000
LARGEST_IMAGE: Final = 256 * 1024


class MadeSecret:
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


class LinkTalk(Talk):
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
        if not (qr.text or qr.image) or len(qr.text) > LONGEST_QR or len(qr.image) > LARGEST_IMAGE:
            raise ValueError("a QR code says 1 to 2000 characters, or is a picture of at most 256 KiB")
        image = b64encode(qr.image).decode()
        self._new_qr.clear()
        await self._show(Challenge(kind="qr", text=qr.text, image=image, expires_at=_in(qr.seconds)))

    async def scanned(self) -> None:
        await self._say(LoginReported(ticket=self._ticket, state="scanning"))

    async def verifying(self) -> None:
        """Tell that what the sign-in came to is tried."""
        await self._say(LoginReported(ticket=self._ticket, state="verifying"))

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


def _in(seconds: float | None) -> int | None:
    return now_ms() + round(seconds * 1000) if seconds is not None else None


def _web(url: str) -> str:
    if not url.startswith(("https://", "http://")) or not url.isprintable():
        raise InvalidConfig(text("url_scheme"))
    return url
