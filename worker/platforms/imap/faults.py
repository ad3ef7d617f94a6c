"""What sockets, TLS and IMAP raise, as what it means to a person."""

import imaplib
import re
import socket
import ssl
from typing import Final

from worker.sdk.errors import NO_TLS, AuthFailed, InvalidConfig, ParseFailure, PlatformError, TemporaryFailure
from worker.sdk.platform import Text, text

from .servers import Server

_CODE = re.compile(r"\[([A-Z-]+)[\] ]")
_BUSY = re.compile(
    r"too many|try again|temporar|rate limit|throttl|unavailable|internal|timed? ?out|exceeded|not connected|busy"
    r"|locked",
    re.IGNORECASE,
)
_OUTAGES: Final = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA", "THROTTLED", "CONTACTADMIN"})
_REFUSALS: Final = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"})
"""Codes (RFC 5530) that speak of the credentials; whatever else a server says may be its own trouble."""
_BROKEN_MAILS: Final = frozenset({"SERVERBUG", "CONTACTADMIN"})
"""What servers say over a mail whose file is damaged."""
_GARBAGE = ("unexpected response", "unterminated line", "not IMAP4 compliant", "too long", "Unexpected")
_DETAIL: Final = 300


def of_connecting(error: BaseException, server: Server, seconds: float) -> PlatformError:
    """Return what a failure until the server's greeting means; ``seconds`` is how long it was waited for."""
    host, port = server.host, server.port
    if isinstance(error, TimeoutError):
        return _temporary("host", text("connect_timeout", host=host, port=port, seconds=round(seconds)))
    if isinstance(error, imaplib.IMAP4.error) and "* BYE" in str(error):
        return _turned_away(server, _clean(str(error).split("* BYE", 1)[1]))
    return of_wire(error, server, seconds)


def of_wire(error: BaseException, server: Server, seconds: float) -> PlatformError:
    """Return what a failure on an open connection means."""
    host, port, detail = server.host, server.port, _clean(str(error) or type(error).__name__)
    if isinstance(error, socket.gaierror):
        return _temporary("host", text("dns_failed", host=host))
    if isinstance(error, TimeoutError):
        return _temporary("", text("connection_lost", host=host, detail=f"no answer within {round(seconds)} s"))
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = text("tls_untrusted", host=host, detail=_clean(error.verify_message or detail))
        return _temporary("host", reason)
    if isinstance(error, ssl.SSLError) and error.reason in NO_TLS:
        return _temporary("security", text("tls_not_spoken", host=host, port=port))
    if isinstance(error, ssl.SSLError):
        return _temporary("security", text("tls_failed", host=host, detail=_clean(error.reason or detail)))
    if isinstance(error, ConnectionRefusedError):
        return _temporary("port", text("connect_refused", host=host, port=port))
    if isinstance(error, ConnectionError):
        return _temporary("", text("connection_lost", host=host, detail=error.strerror or detail))
    if isinstance(error, OSError):
        return _temporary("host", text("network_unreachable", host=host, detail=error.strerror or detail))
    if isinstance(error, imaplib.IMAP4.abort) and not any(mark in detail for mark in _GARBAGE):
        if "EOF" in detail:
            detail = "closed by the server"
        return _temporary("", text("connection_lost", host=host, detail=detail))
    reason = text("protocol_garbage", host=host, port=port, protocol="IMAP")
    return ParseFailure(reason, {"port": reason})


def of_sign_in(server: Server, answer: str, *, token: bool = False) -> PlatformError:
    """Return what the server's refusal of a sign-in means; ``token``: it was no password."""
    answer = _clean(answer)
    code = code_of(answer)
    if _is_outage(code, answer):
        return _turned_away(server, answer)
    if code == "PRIVACYREQUIRED":
        return _wrong("security", text("login_disabled", host=server.host))
    if code in ("", "AUTHENTICATIONFAILED") and not token:
        reason = text("auth_refused", username=server.username)
    else:
        reason = text("auth_refused_detail", detail=_without_code(answer))
    return AuthFailed(reason, {"password": reason})


def _is_outage(code: str, answer: str) -> bool:
    """Tell the server's own trouble from a refusal: a throttled mailbox is no wrong password."""
    return code in _OUTAGES or (code not in _REFUSALS and _BUSY.search(answer) is not None)


def of_folder(server: Server, folder: str, answer: str) -> PlatformError:
    """Return what the server's refusal to open a folder means."""
    answer = _clean(answer)
    code = code_of(answer)
    if _is_outage(code, answer):
        return _turned_away(server, answer)
    if not code and folder.upper() == "INBOX":
        # Every mailbox has it: what is refused without a reason is the server's trouble.
        return _turned_away(server, answer)
    if code in ("", "NONEXISTENT", "TRYCREATE", "CANNOT"):
        return _wrong("folders", text("folder_missing", folder=folder))
    return _wrong("folders", text("folder_refused", folder=folder, detail=_without_code(answer)))


def of_fetch(server: Server, answer: str) -> PlatformError:
    """Return what it means that the server gives nothing of any mail."""
    return _turned_away(server, _clean(answer))


def is_outage(answer: str) -> bool:
    """Whether a refusal of mails speaks of the server's trouble, not of the mails."""
    code = code_of(answer)
    return code not in _BROKEN_MAILS and _is_outage(code, answer)


def no_starttls(server: Server) -> PlatformError:
    """Return that the server cannot be asked to encrypt."""
    return _wrong("security", text("starttls_missing", host=server.host))


def no_login(server: Server) -> PlatformError:
    """Return that the server takes no password on this connection."""
    return _wrong("security", text("login_disabled", host=server.host))


def no_token(server: Server) -> PlatformError:
    """Return that the server knows nothing of OAuth."""
    sentence = f"{server.host} takes no sign-in with a token (XOAUTH2 or OAUTHBEARER)."
    return _wrong("host", Text(code="token_refused", params={"host": server.host}, message=sentence))


def no_idle(server: Server, answer: str) -> PlatformError:
    """Return that the server does not, or no longer, push."""
    return TemporaryFailure(text("idle_refused", host=server.host, detail=_clean(answer)))


def code_of(answer: str) -> str:
    """Return the response code (``AUTHENTICATIONFAILED`` …) of an answer, "" without one."""
    match = _CODE.search(answer)
    return match.group(1) if match else ""


def _turned_away(server: Server, answer: str) -> PlatformError:
    words = _without_code(answer)
    match code_of(answer):
        case "INUSE":
            return TemporaryFailure(text("mailbox_in_use", host=server.host, detail=words))
        case "LIMIT":
            return TemporaryFailure(text("server_limit", host=server.host, detail=words))
        case _:
            return TemporaryFailure(text("server_unavailable", host=server.host, detail=words))


def _clean(answer: str) -> str:
    """Take the marks of bytes and of the libraries off an answer."""
    words = answer.strip()
    for prefix in ("b'", 'b"'):
        if words.startswith(prefix):
            words = words[2:]
    words = words.rstrip("'\"").removeprefix("socket error: ")
    for command in ("select", "examine", "login", "authenticate", "fetch"):
        words = words.removeprefix(f"{command} failed: ")
    return words.strip()[:_DETAIL]


def _without_code(answer: str) -> str:
    return _CODE.sub("", answer, count=1).strip(" ]") or answer


def _temporary(field: str, reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {field: reason} if field else {})


def _wrong(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason})
