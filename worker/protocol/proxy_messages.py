"""Messages about proxies."""

from worker.protocol.account_messages import TestStep
from worker.protocol.bases import Message
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import Text


class TestProxy(Message, frozen=True, kw_only=True):
    """Question: reach ``host`` through this proxy, send nothing there. The password is asked for with its ticket."""

    __test__ = False

    proxy: ProxyRoute
    host: str
    port: int


class ProxyTested(Message, frozen=True, kw_only=True):
    """The answer. ``fields``: of the proxy (``host``, ``username``, ``password``), and what is wrong with each."""

    success: bool
    latency_ms: int | None = None
    steps: list[TestStep] = []
    error: Text | None = None
    fields: dict[str, Text] = {}
