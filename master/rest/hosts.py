"""Which names this master answers to: a page that makes its own name point here must get nothing."""

import ipaddress
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class Hosts:
    """Loopback names and addresses with the port that was listened on, and the names that were allowed."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        """``allowed``: further names, without a port."""
        self._allowed = frozenset(name.lower() for name in allowed)
        self.allows_host = lru_cache(maxsize=256)(self._allows_host)
        self.allows_origin = lru_cache(maxsize=256)(self._allows_origin)

    def _allows_host(self, host: str | None, port: int, scheme: str = "http") -> bool:
        """Tell whether ``Host: host`` means this master, which listens on ``port``."""
        if not host or any(sign in host for sign in "/@?#\\ "):
            return False
        try:
            parts = urlsplit(f"//{host}")
            name, given = parts.hostname, parts.port
        except ValueError:
            return False
        if name is None:
            return False
        if name in self._allowed:
            return True
        return _is_loopback(name) and (given or _PORTS[scheme]) == port

    def _allows_origin(self, origin: str, port: int) -> bool:
        """Tell whether a page of ``origin`` is one of this master's own."""
        scheme, separator, host = origin.partition("://")
        return bool(separator) and scheme in _PORTS and self._allows_host(host, port, scheme)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
