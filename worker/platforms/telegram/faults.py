"""What Telegram, its library and sockets say, as what it means to a person."""

import struct
from typing import Final

from telethon import errors

from worker.sdk.apis import own_text
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.platform import Context, Text, text

from .servers import Centre

CONNECT_SECONDS: Final = 10.0
CALL_SECONDS: Final = 30.0
_APPLICATION: Final = (errors.ApiIdInvalidError, errors.ApiIdPublishedFloodError)
_REFUSED: Final = (
    errors.UnauthorizedError,
    errors.AuthKeyDuplicatedError,
    errors.PhonePasswordFloodError,
    errors.UpdateAppToLoginError,
    errors.SendCodeUnavailableError,
    errors.PhoneNumberBannedError,
    errors.PhoneNumberFloodError,
)
_GARBAGE: Final = (
    errors.SecurityError,
    errors.InvalidChecksumError,
    errors.TypeNotFoundError,
    errors.BadMessageError,
    BufferError,
    struct.error,
    AssertionError,
    ValueError,
    OverflowError,
    RuntimeError,
    LookupError,
)
GONE: Final = (errors.BadRequestError, errors.ForbiddenError, errors.NotFoundError)
"""What is said of a chat that is closed to us, or no more."""
RAISED: Final = (*_GARBAGE, errors.RPCError, errors.AuthKeyNotFound, OSError, EOFError)
"""What the library may raise on a line: whatever a server says or does not say."""


class Lost(Exception):
    """The connection ended and nobody said why."""


def meaning(error: BaseException, context: Context, centre: Centre) -> PlatformError:
    """Return what an error of the library means; special ones before general ones."""
    host, port = centre.address, centre.port
    if isinstance(error, PlatformError):
        return error
    if isinstance(error, errors.RPCError):
        return _refusal(error, context)
    if isinstance(error, errors.AuthKeyNotFound):
        return signed_out("AUTH_KEY_NOT_FOUND")
    if isinstance(error, errors.InvalidBufferError) and error.code == 429:
        return RateLimited(None)
    if isinstance(error, _GARBAGE):
        reason = text("protocol_garbage", host=host, port=port, protocol="MTProto")
        return ParseFailure(reason, {"server": reason})
    if isinstance(error, TimeoutError):
        return _temporary(text("connect_timeout", host=host, port=port, seconds=round(CALL_SECONDS)))
    if isinstance(error, ConnectionRefusedError):
        return _temporary(text("connect_refused", host=host, port=port))
    if isinstance(error, ConnectionError | EOFError | Lost):
        return _temporary(text("connection_lost", host=host, detail=str(error)[:300] or type(error).__name__))
    if isinstance(error, OSError):
        return _temporary(text("network_unreachable", host=host, detail=error.strerror or str(error)))
    return _temporary(text("connection_lost", host=host, detail=type(error).__name__))


def signed_out(detail: str) -> AuthFailed:
    """Return the failure of a session that Telegram does not accept."""
    reason = text("auth_refused_detail", detail=detail[:300])
    return AuthFailed(reason, {"session": reason})


def _refusal(error: errors.RPCError, context: Context) -> PlatformError:
    # The library adds which request it was.
    said = str(error).partition(" (caused by")[0][:200]
    if isinstance(error, errors.FloodError):
        seconds = getattr(error, "seconds", None)
        return RateLimited(float(seconds) if isinstance(seconds, int) else None)
    if isinstance(error, _APPLICATION):
        reason = own_text(context, "telegram_application", detail=said)
        return InvalidConfig(reason, {"api_id": reason, "api_hash": reason})
    if isinstance(error, _REFUSED):
        return signed_out(said)
    return TemporaryFailure(text("server_unavailable", host="Telegram", detail=said))


def _temporary(reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {"server": reason})
