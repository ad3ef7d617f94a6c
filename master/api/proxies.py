"""Proxies through which accounts are watched."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from master.api.rows import Body, Name, Row
from worker.protocol.account_messages import TestStep
from worker.protocol.secret import veiled
from worker.protocol.texts import Text

ProxyKind = Literal["http", "socks5"]
"""``http``: CONNECT, whatever is asked for; ``socks5``: names are resolved by the proxy. Both may want a password."""
Host = Annotated[
    str, Meta(min_length=1, max_length=253, pattern=r"^[^\s/\\@\[\]]+$(?!\n)", examples=["proxy.example.org"])
]
Port = Annotated[int, Meta(ge=1, le=65535)]
User = Annotated[str, Meta(max_length=255)]
Password = Annotated[str, Meta(max_length=255)]


class ProxyRate(Row, frozen=True, kw_only=True):
    """Checks through a proxy in a span of time. What the proxy cannot help (a refused sign-in) counts as success."""

    total: int
    ok: int
    rate: float | None
    """0 to 1, null without checks."""


class ProxyTestResult(Row, frozen=True, kw_only=True):
    """How the last test of a stored proxy ended."""

    at: int
    success: bool
    latency_ms: int | None
    """From the first byte to the proxy until it had reached the target; null when it did not."""
    target: str
    error: Text | None


class Proxy(Row, frozen=True, kw_only=True):
    """One proxy. Its password is in no answer."""

    id: str
    name: str
    kind: ProxyKind
    host: str
    port: int
    username: str
    has_password: bool
    accounts: int
    """So many accounts are watched through it, by their own choice or their group's."""
    day: ProxyRate
    """The last 24 hours."""
    week: ProxyRate
    last_test: ProxyTestResult | None
    created_at: int
    version: int


class ProxyCreate(Body, frozen=True, kw_only=True):
    """Body of ``POST /proxies``; ``password`` is in no answer."""

    name: Name
    kind: ProxyKind
    host: Host
    port: Port
    username: User = ""
    password: Password = ""

    __repr__ = veiled


class ProxyPatch(Body, frozen=True, kw_only=True):
    """Body of ``PATCH /proxies/:id``; what is absent stays, an empty ``password`` is erased."""

    name: Name | UnsetType = UNSET
    kind: ProxyKind | UnsetType = UNSET
    host: Host | UnsetType = UNSET
    port: Port | UnsetType = UNSET
    username: User | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    version: int | UnsetType = UNSET

    __repr__ = veiled


class ProxyTarget(Body, frozen=True, kw_only=True):
    """Body of ``POST /proxies/:id/test``: what the proxy is asked to reach. Nothing is sent there."""

    host: Host = "example.com"
    port: Port = 443


class ProxyTest(Body, frozen=True, kw_only=True):
    """Body of ``POST /proxies/test``: a proxy as it was typed. With ``proxy_id`` its stored password stands in."""

    __test__ = False

    kind: ProxyKind
    host: Host
    port: Port
    username: User = ""
    password: Password | UnsetType = UNSET
    proxy_id: str | UnsetType = UNSET
    target: ProxyTarget = ProxyTarget()

    __repr__ = veiled


class ProxyReport(Row, frozen=True, kw_only=True):
    """Answer of both tests. A proxy that does not work is a success of the request with ``success`` false here."""

    success: bool
    latency_ms: int | None
    steps: list[TestStep]
    error: Text | None
    fields: dict[str, Text]
    """Fields of the proxy (``host``, ``password`` …) and what is wrong with each."""
