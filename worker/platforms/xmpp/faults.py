"""What sockets, TLS and XMPP servers say, as what it means to a person."""

import socket
import ssl
from typing import Final

from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, PlatformError, TemporaryFailure
from worker.sdk.platform import Context, Text, text

from .servers import Server

_DETAIL: Final = 300
_REFUSALS: Final = frozenset({"not-authorized", "credentials-expired", "account-disabled", "invalid-authzid"})
"""SASL conditions that speak of the credentials; whatever else a server says may be its own trouble."""
_CLOSED_ROOMS: Final = frozenset({"forbidden", "registration-required", "not-authorized", "not-allowed", "gone"})


class Faults:
    """Makes the errors of one account. ``host`` and ``port`` are those that were tried last."""

    def __init__(self, context: Context, server: Server) -> None:
        self._manifest = context.manifest
        self._server = server
        self.host = server.name
        self.port = server.port

    def of_connecting(self, error: BaseException, seconds: float) -> PlatformError:
        """Return what a failure before encryption means."""
        if isinstance(error, TimeoutError):
            return _temporary("host", text("connect_timeout", host=self.host, port=self.port, seconds=round(seconds)))
        return self.of_wire(error)

    def of_wire(self, error: BaseException) -> PlatformError:
        """Return what a failure on an open connection means."""
        host, detail = self.host, str(error)[:_DETAIL] or type(error).__name__
        if isinstance(error, socket.gaierror | UnicodeError):
            return _temporary("host" if self._server.host else "jid", text("dns_failed", host=host))
        if isinstance(error, ssl.SSLCertVerificationError):
            return _temporary("host", text("tls_untrusted", host=host, detail=error.verify_message or detail))
        if isinstance(error, ssl.SSLError):
            return _temporary("security", text("tls_failed", host=host, detail=error.reason or detail))
        if isinstance(error, TimeoutError):
            return self.lost("no answer in time")
        if isinstance(error, ConnectionRefusedError):
            return _temporary("port", text("connect_refused", host=host, port=self.port))
        if isinstance(error, ConnectionError):
            return self.lost(error.strerror or detail)
        if isinstance(error, OSError):
            return _temporary("host", text("network_unreachable", host=host, detail=error.strerror or detail))
        return self.garbage()

    def of_sign_in(self, condition: str, words: str) -> PlatformError:
        """Return what the server's refusal of a sign-in means."""
        if condition in _REFUSALS:
            reason = text("auth_refused", username=self._server.jid)
            if condition != "not-authorized":
                reason = text("auth_refused_detail", detail=words[:_DETAIL] or condition)
            return AuthFailed(reason, {"password": reason})
        if condition == "encryption-required":
            return _wrong("security", text("login_disabled", host=self.host))
        return TemporaryFailure(text("server_unavailable", host=self.host, detail=words[:_DETAIL] or condition))

    def of_stream(self, condition: str, words: str) -> PlatformError:
        """Return what it means that the server ends the stream."""
        if condition == "host-unknown":
            reason = self._own("xmpp_host_unknown", host=self.host, domain=self._server.domain)
            return _wrong("jid", reason)
        return self.lost(words[:_DETAIL] or condition)

    def of_room(self, room: str, condition: str, words: str) -> PlatformError:
        """Return what it means that a room does not let us in."""
        if condition == "item-not-found":
            return _wrong("rooms", self._own("xmpp_room_missing", room=room))
        detail = words[:_DETAIL] or condition
        if condition in _CLOSED_ROOMS:
            return _wrong("rooms", self._own("xmpp_room_refused", room=room, detail=detail))
        return _temporary("rooms", text("server_unavailable", host=room.partition("@")[2], detail=detail))

    def of_archive(self, condition: str) -> PlatformError:
        """Return what it means that the archive does not answer."""
        return TemporaryFailure(text("server_unavailable", host=self.host, detail=condition))

    def no_starttls(self) -> PlatformError:
        """Return that the server cannot be asked to encrypt."""
        return _wrong("security", text("starttls_missing", host=self.host))

    def no_mechanism(self, encrypted: bool) -> PlatformError:
        """Return that the server takes no password as we can give it."""
        if not encrypted:
            return _wrong("security", text("login_disabled", host=self.host))
        return _wrong("jid", self._own("xmpp_no_mechanism", host=self.host))

    def no_copies(self) -> PlatformError:
        """Return that messages reach the owner's own devices alone."""
        return _wrong("jid", self._own("xmpp_no_copies", host=self.host))

    def no_password(self) -> PlatformError:
        """Return that there is nothing to sign in with."""
        return AuthFailed(text("state_credentials_missing"), {"password": text("field_required")})

    def lost(self, detail: str) -> TemporaryFailure:
        """Return that the connection is no more."""
        return TemporaryFailure(text("connection_lost", host=self.host, detail=detail))

    def garbage(self) -> TemporaryFailure:
        """Return that this is no XMPP."""
        reason = text("protocol_garbage", host=self.host, port=self.port, protocol="XMPP")
        return ParseFailure(reason, {"port": reason})

    def _own(self, code: str, **params: str) -> Text:
        return Text(code=code, params=dict(params), message=self._manifest.texts[code]["en"].format(**params))


def _temporary(field: str, reason: Text) -> TemporaryFailure:
    return TemporaryFailure(reason, {field: reason})


def _wrong(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason})
