"""Tests of proxies: reach a target, send nothing there, say what went wrong step by step."""

import asyncio
import time
from typing import Final

from msgspec.structs import replace

from worker.protocol.manifest import Manifest
from worker.protocol.proxy_messages import ProxyTested, TestProxy
from worker.protocol.secret import Secret
from worker.protocol.texts import Text, text
from worker.runtime.contexts import ProbeContext
from worker.runtime.link import LinkDownError, Master
from worker.runtime.proxies import ticketed
from worker.runtime.redactions import Redactor
from worker.runtime.threads import Threads
from worker.runtime.watches import guarded, redacted

TEST_SECONDS: Final = 30.0
_MANIFEST: Final = Manifest(id="proxy", title={"en": "Proxy"}, summary={"en": ""}, icon="P", color="#000000")


class ProxyTests:
    """Runs :class:`TestProxy` commands."""

    __test__ = False

    def __init__(self, link: Master, threads: Threads, redactor: Redactor) -> None:
        self._link = link
        self._threads = threads
        self._redactor = redactor

    async def run(self, command: TestProxy) -> ProxyTested:
        """Reach the target and hang up; say how that went."""
        route = command.proxy
        passwords = ticketed(self._link, self._redactor, route)
        context = ProbeContext(_MANIFEST, {}, _none, self._threads)
        context.proxy, context.passwords = route, passwords
        test = _Test(context, command)
        try:
            ending = await guarded(test.run(), TEST_SECONDS, self._redactor)
            steps = [
                step if step.error is None else replace(step, error=redacted(step.error, self._redactor))
                for step in context.steps
            ]
        except LinkDownError as error:
            return ProxyTested(
                success=False, error=text("proxy_password_unreadable", proxy=route.name, reason=str(error))
            )
        finally:
            passwords.drop()
        if ending.reason is None:
            return ProxyTested(success=True, latency_ms=test.latency_ms, steps=steps)
        return ProxyTested(success=False, steps=steps, error=ending.reason, fields=_fields(ending.reason))


class _Test:
    """One test."""

    def __init__(self, context: ProbeContext, command: TestProxy) -> None:
        self.latency_ms = 0
        self._context = context
        self._command = command

    async def run(self) -> None:
        from worker.sdk import proxies

        route, context = self._command.proxy, self._context
        async with asyncio.timeout(TEST_SECONDS):
            async with context.step("step_proxy_resolve"):
                addresses = await proxies.resolved(context, route)
            began = time.monotonic()
            async with context.step("step_proxy_connect"):
                opened = await proxies.reached(route, addresses)
            try:
                target = f"{self._command.host}:{self._command.port}"
                async with context.step("step_proxy_tunnel", target=target):
                    password = await context.proxy_password() if route.has_password else ""
                    await proxies.through(opened, route, password, self._command.host, self._command.port)
            finally:
                opened.close()
            self.latency_ms = round((time.monotonic() - began) * 1000)


def _fields(reason: Text) -> dict[str, Text]:
    """Return which field of the proxy is wrong, as far as what went wrong tells."""
    match reason.code:
        case "proxy_unresolved" | "proxy_unreachable" | "proxy_timeout":
            return {"host": reason}
        case "proxy_garbage":
            return {"kind": reason}
        case "proxy_wants_password":
            return {"username": reason}
        case "proxy_refuses_password" | "proxy_password_unreadable":
            return {"password": reason}
        case "proxy_no_way" | "proxy_forbids":
            return {"target": reason}
    return {}


async def _none() -> Secret:
    return Secret({})
