"""When certificates end, as the connections show that are made anyway: noted beside, for who watches the account.

Every context of :mod:`worker.sdk.tls` notes what its handshakes show, and every connector of :mod:`worker.sdk.proxies`
what its connections showed, in the collector of the task that connects. Adapters have nothing to do for it.
"""

import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from worker.protocol.bases import EARLIEST_MS, LATEST_MS
from worker.protocol.certificates import DAY_MS, MOST, Certificate
from worker.protocol.codec import now_ms

OLD_MS: Final = DAY_MS
"""So long a connection says what the server's certificate is; it may have been renewed since."""
OLD_SHARE: Final = 24
"""Less for one that lives shorter: this part of its life."""
TOGETHER_MS: Final = 3_600_000
KEPT_MS: Final = 2 * DAY_MS
"""A server that nothing connected to for so long is none of the account's any more."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, and when the handshake was."""

    certificate: Certificate
    seen_at: int

    def is_old(self, now: int) -> bool:
        """Tell whether only another connection can say what holds now. A clock that was put back counts as well."""
        life = self.certificate.expires_at - self.certificate.begins_at
        return not 0 <= now - self.seen_at <= min(OLD_MS, life // OLD_SHARE)


class Certificates:
    """What one account's connections showed. Threads may note.

    A server may be many machines, of which some were renewed already: of what it showed within an hour the first to end
    counts, or a warning would come and go with each connection.
    """

    def __init__(self) -> None:
        self._seen: dict[str, dict[Certificate, tuple[Sight, int]]] = {}
        """By server: when it was seen first, and used last; the last used last."""
        self._told_old: dict[str, int] = {}
        """By server: when that sight was that is to be looked at again."""
        self.changes = 0
        """How often another certificate was seen than before."""

    def note(self, sight: Sight) -> None:
        """Keep what is used now."""
        now = now_ms()
        before = self._seen.get(sight.certificate.name, {})
        if sight.certificate not in before:
            self.changes += 1
        kept = {
            one: found
            for one, found in before.items()
            if one != sight.certificate and abs(now - found[1]) <= TOGETHER_MS
        }
        latest = list(kept.items())[1 - MOST :]
        self._seen[sight.certificate.name] = {**dict(latest), sight.certificate: (sight, now)}

    def is_old(self) -> bool:
        """Tell whether something was seen so long ago that it is to be looked at again.

        Of each sight once: a server that nothing connects to any more is no reason to connect anew with every check.
        """
        now = now_ms()
        last = {name: list(seen.values())[-1][0] for name, seen in list(self._seen.items())}
        told, self._told_old = self._told_old, {name: one.seen_at for name, one in last.items() if one.is_old(now)}
        return any(told.get(name) != seen_at for name, seen_at in self._told_old.items())

    def known(self) -> list[Certificate]:
        """Return what holds, the first to end first."""
        now = now_ms()
        for name, seen in list(self._seen.items()):
            if now - list(seen.values())[-1][1] > KEPT_MS:
                self._seen.pop(name, None)
        return sorted((min(seen, key=_end) for seen in list(self._seen.values())), key=_end)[:MOST]

    def clear(self) -> None:
        """Forget all: other settings, other servers; or it is to be seen anew."""
        self._seen = {}


collector: ContextVar[Certificates | None] = ContextVar("certificates", default=None)
"""Of the account that the running task, or thread, works for."""


class NotingObject(ssl.SSLObject):
    """What asyncio encrypts with."""

    def do_handshake(self) -> None:
        super().do_handshake()
        note(self)


class NotingSocket(ssl.SSLSocket):
    """What threads encrypt with."""

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        note(self)


_sights: "WeakKeyDictionary[ssl.SSLObject | ssl.SSLSocket, Sight | None]" = WeakKeyDictionary()


def note(opened: ssl.SSLObject | ssl.SSLSocket) -> Sight | None:
    """Note what ``opened`` showed in its handshake; None where nothing was verified."""
    if opened not in _sights:
        _sights[opened] = _sight(str(opened.server_hostname or ""), opened.getpeercert() or {})
    sight = _sights[opened]
    noting = collector.get()
    if noting is not None and sight is not None:
        noting.note(sight)
    return sight


def authority_in(path: str) -> Certificate | None:
    """Return the last of the authorities in a PEM file to end: with it the file is of no use; None without any.

    One that may not sign others is the server's own, which its connections show. Reads the file: call it on a thread.
    Raises ``OSError`` and ``ValueError``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=path)
    found = [_certificate("authority", path, info) for info in context.get_ca_certs()]
    return max((one for one in found if one is not None), key=_end, default=None)


def _sight(host: str, info: Mapping[str, Any]) -> Sight | None:
    certificate = _certificate("server", host, info)
    return None if certificate is None else Sight(certificate=certificate, seen_at=now_ms())


def _certificate(kind: Any, name: str, info: Mapping[str, Any]) -> Certificate | None:
    try:
        begins, ends = (_moment(info[key]) for key in ("notBefore", "notAfter"))
    except (KeyError, TypeError, ValueError):
        # Not verified, or with times that nobody can read.
        return None
    if not 0 < len(name) <= 4096:
        return None
    return Certificate(kind=kind, name=name, begins_at=min(begins, ends), expires_at=ends)


def _moment(said: str) -> int:
    return min(max(ssl.cert_time_to_seconds(said) * 1000, EARLIEST_MS), LATEST_MS)


def _end(certificate: Certificate) -> int:
    return certificate.expires_at
