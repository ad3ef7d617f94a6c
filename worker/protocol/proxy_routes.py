"""The proxy that an account is watched through."""

from worker.protocol.bases import Message, Number
from worker.protocol.secret import veiled


class ProxyRoute(Message, frozen=True, kw_only=True):
    """Where a proxy is. Its password is asked for like any secret."""

    proxy_id: str = ""
    name: str
    kind: str
    """``http`` (CONNECT) or ``socks5`` (names are resolved by the proxy)."""
    host: str
    port: int
    username: str = ""
    has_password: bool = False
    version: Number = 0
    """Another one: it is another proxy under the same id, or has another password."""
    ticket: str = ""
    """Of a test or a sign-in: what its password is asked for with."""

    __repr__ = veiled

    @property
    def address(self) -> str:
        """Host and port as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
