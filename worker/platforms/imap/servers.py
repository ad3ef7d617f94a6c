"""Where a mailbox is, read from an account's settings and checked before anything is connected."""

import ipaddress
import re
import socket
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Text, text

PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
MAX_FOLDERS: Final = 50
_HOST = re.compile(r"[^\s/\\@:\[\]]{1,253}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")

Address = tuple[socket.AddressFamily, Any]
"""Family and socket address."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mailbox is, and whose it is."""

    host: str
    port: int
    security: str
    username: str
    folders: tuple[str, ...]
    ca_file: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Server":
        """Read completed settings. Raises ``InvalidConfig`` that names the field."""
        security = str(settings.get("security") or "tls")
        return cls(
            host=_host(str(settings.get("host") or "")),
            port=_port(settings.get("port") or PORTS[security]),
            security=security,
            username=_username(str(settings.get("username") or "")),
            folders=_folders(settings.get("folders") or ()),
            ca_file=str(settings.get("ca_file") or ""),
        )

    def check_addresses(self, addresses: list[Address]) -> None:
        """Without encryption only this machine may be talked to. Raises ``InvalidConfig``."""
        if self.security == "none" and not all(_is_loopback(str(address[0])) for _, address in addresses):
            raise _wrong("security", text("plain_not_loopback"))

    def check_encrypted(self) -> None:
        """Behind a proxy everything is encrypted. Raises ``InvalidConfig``."""
        if self.security == "none":
            raise _wrong("security", text("plain_not_loopback"))


def _host(given: str) -> str:
    host = given.strip()
    if not host:
        raise _wrong("host", text("field_required"))
    bare = host.removeprefix("[").removesuffix("]")
    if _is_address(bare):
        return bare
    if not _HOST.fullmatch(host):
        raise _wrong("host", text("host_wrong"))
    return host


def _port(given: float) -> int:
    if int(given) != given or not 0 < given < 65536:
        raise _wrong("port", text("field_range", minimum=1, maximum=65535))
    return int(given)


def _username(given: str) -> str:
    if not given.strip():
        raise _wrong("username", text("field_required"))
    if _CONTROLS.search(given):
        raise _wrong("username", text("field_wrong", detail="a control character"))
    return given.strip()


def _folders(given: Any) -> tuple[str, ...]:
    names = list(dict.fromkeys(str(name).strip() for name in given))
    names = [name for name in names if name] or ["INBOX"]
    if len(names) > MAX_FOLDERS:
        raise _wrong("folders", text("field_entries", minimum=1, maximum=MAX_FOLDERS))
    for name in names:
        if _CONTROLS.search(name):
            raise _wrong("folders", text("field_wrong", detail="a control character"))
    return tuple(names)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False


def _wrong(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason})
