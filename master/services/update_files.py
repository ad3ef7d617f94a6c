"""The signed file that tells of a release: fetched with a limit, verified, compared with what was seen before."""

import base64
import binascii
import ipaddress
import platform
import sys
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from master.api.updates import MARK, MAX_BYTES, Download, Published, Release, System
from master.vault.signatures import verify
from worker.protocol.texts import Text, text

SECONDS: Final = 20.0
MACHINES: Final = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


class UpdateError(Exception):
    """What was published tells nothing; ``text`` says why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.message)
        self.text = why


async def fetch(address: str) -> bytes:
    """Return the file. Raises :class:`UpdateError`; follows no redirection, sends nothing about this machine."""
    check_address(address)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, allow_redirects=False, headers={"User-Agent": "Watchkeeper"}) as response,
        ):
            if response.status != 200:
                raise UpdateError(text("update_refused", status=response.status))
            if (response.content_length or 0) > MAX_BYTES:
                raise UpdateError(text("update_large", limit=MAX_BYTES // 1024))
            content = b""
            async for part in response.content.iter_chunked(16 * 1024):
                content += part
                if len(content) > MAX_BYTES:
                    raise UpdateError(text("update_large", limit=MAX_BYTES // 1024))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise UpdateError(text("update_unreachable", detail=str(error) or type(error).__name__)) from error
    return content


def check_address(address: str) -> None:
    """Refuse an address that others on the way could answer for. Raises :class:`UpdateError`."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise UpdateError(text("update_address_wrong")) from None
    if not host or parts.username is not None or parts.scheme not in ("http", "https"):
        raise UpdateError(text("update_address_wrong"))
    if parts.scheme == "http" and not _is_loopback(host):
        raise UpdateError(text("update_address_wrong"))


def read(content: bytes, public_keys: list[bytes], now: int) -> Release:
    """Return what was published. Raises :class:`UpdateError`; nothing of it is looked at before its signature."""
    try:
        published = msgspec.json.decode(content, type=Published)
        signature = base64.b64decode(published.signature, validate=True)
        payload = published.payload.encode()
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise UpdateError(text("update_unreadable")) from error
    if not verify(public_keys, MARK + payload, signature):
        raise UpdateError(text("update_signature"))
    try:
        release = msgspec.json.decode(payload, type=Release)
    except msgspec.MsgspecError as error:
        raise UpdateError(text("update_unreadable")) from error
    if release.expires_at <= now:
        raise UpdateError(text("update_expired"))
    return release


def is_newer(version: str, than: str) -> bool:
    """Compare versions by their numbers; what follows the numbers (``1.2.0.dev3``) comes before them."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[tuple[int, ...], int]:
    found: list[int] = []
    final = 1
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if digits:
            found.append(int(digits))
        if digits != part:
            final = 0
            break
    while found and found[-1] == 0:
        found.pop()
    return tuple(found), final


def system_here() -> System:
    """Return the system as releases name it."""
    return "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"


def downloads_here(release: Release) -> list[Download]:
    """Return the downloads for this machine."""
    machine = MACHINES.get(platform.machine().lower(), platform.machine().lower())
    return [one for one in release.downloads if one.system == system_here() and one.machine == machine]


def fits_here(release: Release) -> bool:
    """Tell whether it runs on this version of the system; what is not known is no reason against it."""
    least = release.minimum.get(system_here())
    if least is None:
        return True
    if sys.platform == "darwin":
        here = platform.mac_ver()[0]
    elif sys.platform == "win32":
        here = platform.version()
    else:
        here = platform.libc_ver()[1]
    return not here or not is_newer(least, here)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
