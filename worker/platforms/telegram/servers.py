"""Where an account connects to, as its settings say."""

import ipaddress
import re
import socket
from pathlib import Path
from typing import Final

import msgspec

from worker.sdk.apis import own_text
from worker.sdk.errors import InvalidConfig, TemporaryFailure
from worker.sdk.platform import Context, text

FIRST_CENTRE: Final = 2
TELEGRAM: Final = "149.154.167.51"
PORT: Final = 443
RESOLVE_SECONDS: Final = 10.0
MAX_KEY: Final = 16 * 1024
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """A data centre: its number, address and port."""

    number: int
    address: str
    port: int


async def first_centre(context: Context) -> Centre:
    """Return the centre that everything begins with. Raises ``InvalidConfig`` and ``TemporaryFailure``."""
    typed = str(context.settings.get("server") or "").strip()
    if not typed:
        return Centre(number=FIRST_CENTRE, address=TELEGRAM, port=PORT)
    host, _, port = typed.rpartition(":") if re.search(r":\d+$", typed) else (typed, "", str(PORT))
    host = host.strip("[]")
    if not _HOST.fullmatch(host) or not 0 < int(port) < 65536:
        reason = text("host_wrong")
        raise InvalidConfig(reason, {"server": reason})
    return Centre(number=FIRST_CENTRE, address=await _resolved(context, host, int(port)), port=int(port))


async def _resolved(context: Context, host: str, port: int) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if context.proxy is not None:
            # Names are the proxy's to resolve, and this one's address has to be known.
            reason = text("host_wrong")
            raise InvalidConfig(reason, {"server": reason}) from None
    try:
        found = await context.run_blocking(
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), RESOLVE_SECONDS
        )
        return str(found[0][4][0])
    except (OSError, UnicodeError, IndexError) as error:
        reason = text("dns_failed", host=host)
        raise TemporaryFailure(reason, {"server": reason}) from error


def api_id(context: Context) -> int:
    """Return the number of the application. Raises ``InvalidConfig``."""
    typed = context.settings.get("api_id")
    if isinstance(typed, bool) or not isinstance(typed, int | float) or typed != int(typed) or typed < 1:
        reason = text("field_required") if typed in (None, "") else text("field_wrong", detail=str(typed)[:100])
        raise InvalidConfig(reason, {"api_id": reason})
    return int(typed)


def read_key(context: Context) -> str:
    """Return the PEM of the server's own key, "" without one. Reads a file. Raises ``InvalidConfig``."""
    path = str(context.settings.get("server_key") or "").strip()
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            pem = file.read(MAX_KEY).decode("ascii")
        if "RSA PUBLIC KEY" not in pem:
            raise ValueError("no RSA PUBLIC KEY")
    except (OSError, ValueError) as error:
        raise key_unusable(context, path, error) from error
    return pem


def key_unusable(context: Context, path: str, error: Exception) -> InvalidConfig:
    """Return what is wrong with a key file."""
    detail = getattr(error, "strerror", None) or str(error)
    reason = own_text(context, "telegram_key_unusable", path=path, detail=detail[:200])
    return InvalidConfig(reason, {"server_key": reason})
