"""Requests about the master's machine. Each raises :class:`~master.api.transports.ApiError`."""

from typing import Final

from master.api.diagnostics import Bundle, BundleRequest, SelfTest, SystemFacts, SystemReport
from master.api.transports import Transport

LOOK_SECONDS: Final = 60.0
"""A keyring that hangs, and a worker that starts slowly, have deadlines of their own below this."""


class DiagnosticCalls:
    """Part of :class:`~master.api.client.MasterClient`."""

    _transport: Transport

    async def system(self) -> SystemReport:
        """Return what is right and wrong on the master's machine; it looks now."""
        return await self._transport.call("GET", "/system", SystemReport, seconds=LOOK_SECONDS)

    async def system_facts(self) -> SystemFacts:
        """Return what the master runs on, and how much each part of its folder takes; nothing is tried out."""
        return await self._transport.call("GET", "/system/facts", SystemFacts)

    async def selftest(self) -> SelfTest:
        """Return the last self-test, or the one under way."""
        return await self._transport.call("GET", "/system/selftest", SelfTest)

    async def start_selftest(self) -> SelfTest:
        """Begin a self-test in a process of its own."""
        return await self._transport.call("POST", "/system/selftest", SelfTest)

    async def bundle(self, body: BundleRequest) -> Bundle:
        """Return the files of a support bundle."""
        return await self._transport.call("POST", "/system/bundle", Bundle, body=body, seconds=LOOK_SECONDS)
