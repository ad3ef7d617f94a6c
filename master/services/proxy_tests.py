"""*Test* of a proxy: a worker reaches a target through it, and sends nothing there."""

from collections.abc import Mapping
from typing import Any, Final

from master.api.proxies import ProxyReport, ProxyTarget, ProxyTest, ProxyTestResult
from master.errors import Unavailable
from master.services.deliveries import Send
from master.services.proxies import ProxyService, check
from master.services.proxy_tickets import ProxyTickets
from master.services.workers import WorkerService
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.proxy_messages import ProxyTested, TestProxy
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.texts import text

TEST_SECONDS: Final = 45.0
"""The worker's own deadline is 30 s."""


class ProxyTestService:
    """Runs tests."""

    def __init__(self, *, proxies: ProxyService, tickets: ProxyTickets, workers: WorkerService, send: Send) -> None:
        self._proxies = proxies
        self._tickets = tickets
        self._workers = workers
        self._send = send

    async def run(self, body: ProxyTest) -> ProxyReport:
        """Test a proxy as it was typed. Raises :class:`Invalid`, :class:`NotFound`, :class:`Unavailable`."""
        document: Mapping[str, Any] = {}
        if isinstance(body.password, str):
            document = {"password": body.password} if body.password else {}
        elif isinstance(body.proxy_id, str):
            stored = self._proxies.route(body.proxy_id)
            # Its password must not be shown to another one.
            if (stored.kind, stored.host, stored.port) == (body.kind, body.host, body.port):
                document = await self._proxies.password(body.proxy_id)
        check(body.kind, body.username, bool(document))
        address = f"[{body.host}]:{body.port}" if ":" in body.host else f"{body.host}:{body.port}"
        route = ProxyRoute(
            name=address,
            kind=body.kind,
            host=body.host,
            port=body.port,
            username=body.username,
            has_password=bool(document),
        )
        return await self._run(route, body.target, document)

    async def run_stored(self, proxy_id: str, target: ProxyTarget) -> ProxyReport:
        """Test a stored proxy, which keeps how that went. Raises as :meth:`run`."""
        report = await self._run(self._proxies.route(proxy_id), target, None)
        result = ProxyTestResult(
            at=now_ms(),
            success=report.success,
            latency_ms=report.latency_ms,
            target=f"{target.host}:{target.port}",
            error=report.error,
        )
        await self._proxies.tested(proxy_id, result)
        return report

    async def _run(self, route: ProxyRoute, target: ProxyTarget, typed: Mapping[str, Any] | None) -> ProxyReport:
        worker_id = self._choose()
        async with self._tickets.lent(route, worker_id, typed) as lent:
            assert lent is not None
            message = TestProxy(proxy=lent, host=target.host, port=target.port)
            try:
                answer = await self._send(worker_id, message, TEST_SECONDS)
            except ProtocolError as error:
                raise Unavailable(text("check_failed", detail=error.message)) from error
        if not isinstance(answer, ProxyTested):
            raise TypeError(f"a test was answered with {type(answer).__name__}")
        return ProxyReport(
            success=answer.success,
            latency_ms=answer.latency_ms,
            steps=answer.steps,
            error=answer.error,
            fields=answer.fields,
        )

    def _choose(self) -> str:
        online = [worker for worker in self._workers.rows() if worker.online]
        if not online:
            raise Unavailable(text("worker_none_online"), code="ERR_NO_WORKER")
        return min(online, key=lambda worker: (worker.active_tasks, worker.assigned_accounts)).worker_id
