"""Whose account it is and where its server is, read from an account's settings and checked before connecting."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Text, text

PORTS: Final = {"tls": 5223, "starttls": 5222, "none": 5222}
MAX_ROOMS: Final = 50
_HOST = re.compile(r"[^\s/\\@:\[\]]{1,253}")
_LOCAL = re.compile(r"[^\s\"&'/:<>@\x00-\x1f\x7f]{1,255}")
_NICK = re.compile(r"[^\x00-\x1f\x7f]{1,255}")


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room to be joined, and the name that its owner has in it."""

    jid: str
    nick: str


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The account and its server. ``host`` is empty and ``port`` 0 where the domain's records tell them."""

    jid: str
    domain: str
    host: str
    port: int
    security: str
    rooms: tuple[Room, ...]
    ca_file: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Server":
        """Read completed settings. Raises ``InvalidConfig`` that names the field."""
        security = str(settings.get("security") or "starttls")
        local, domain = _address("jid", str(settings.get("jid") or "").split("/")[0])
        return cls(
            jid=f"{local}@{domain}",
            domain=domain,
            host=_host(str(settings.get("host") or "")),
            port=_port(settings.get("port") or 0),
            security=security,
            rooms=_rooms(settings.get("rooms") or (), local),
            ca_file=str(settings.get("ca_file") or ""),
        )

    @property
    def name(self) -> str:
        """What to call the server before its host is known."""
        return self.host or self.domain

    def check_addresses(self, addresses: list[str]) -> None:
        """Without encryption only this machine may be talked to. Raises ``InvalidConfig``."""
        if self.security == "none" and not all(_is_loopback(address) for address in addresses):
            raise _wrong("security", text("plain_not_loopback"))


def _address(field: str, given: str) -> tuple[str, str]:
    words = given.strip().lower()
    if not words:
        raise _wrong(field, text("field_required"))
    local, _, domain = words.partition("@")
    if not _LOCAL.fullmatch(local) or not _HOST.fullmatch(domain):
        raise _wrong(field, text("field_wrong", detail=f"{words[:100]} (name@example.org)"))
    return local, domain


def _host(given: str) -> str:
    host = given.strip()
    if not host:
        return ""
    bare = host.removeprefix("[").removesuffix("]")
    if _ip(bare) is not None:
        return bare
    if not _HOST.fullmatch(host):
        raise _wrong("host", text("host_wrong"))
    return host


def _port(given: float) -> int:
    if int(given) != given or not 0 <= given < 65536:
        raise _wrong("port", text("field_range", minimum=1, maximum=65535))
    return int(given)


def _rooms(given: Any, nick: str) -> tuple[Room, ...]:
    rooms: dict[str, Room] = {}
    for words in (str(one).strip() for one in given):
        if not words:
            continue
        bare, _, wanted = words.partition("/")
        local, domain = _address("rooms", bare)
        if wanted and not _NICK.fullmatch(wanted):
            raise _wrong("rooms", text("field_wrong", detail="a control character"))
        jid = f"{local}@{domain}"
        rooms[jid] = Room(jid=jid, nick=wanted.strip() or nick)
    if len(rooms) > MAX_ROOMS:
        raise _wrong("rooms", text("field_entries", minimum=0, maximum=MAX_ROOMS))
    return tuple(rooms.values())


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return None


def _is_loopback(address: str) -> bool:
    found = _ip(address)
    return found is not None and found.is_loopback


def _wrong(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason})
