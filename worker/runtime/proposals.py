"""Proposed settings: a platform asks around for what was typed so far; no secret takes part, nothing is saved."""

import asyncio
from typing import Final

from worker.protocol.proposals import Proposal, ProposeSettings, SettingsProposed
from worker.protocol.secret import Secret
from worker.protocol.texts import text
from worker.runtime import adapters
from worker.runtime.contexts import ProbeContext
from worker.runtime.link import LinkDownError, Master
from worker.runtime.proxies import ProxyPassword, give, ticketed
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Plugin, Registry
from worker.runtime.settings import checked
from worker.runtime.threads import Threads
from worker.runtime.watches import guarded
from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Platform

PROPOSE_SECONDS: Final = 30.0
MAX_PROPOSALS: Final = 20


class Proposals:
    """Runs :class:`ProposeSettings` commands; several may run at once."""

    def __init__(self, registry: Registry, link: Master, threads: Threads, redactor: Redactor) -> None:
        self._registry = registry
        self._link = link
        self._threads = threads
        self._redactor = redactor

    async def run(self, command: ProposeSettings) -> SettingsProposed:
        """Return what the platform proposes, or why it cannot."""
        password = ticketed(self._link, self._redactor, command.proxy)
        question = _Question(command, self._registry.get(command.platform), self._threads, password)
        try:
            ending = await guarded(question.ask(), PROPOSE_SECONDS, self._redactor)
        except LinkDownError as error:
            return SettingsProposed(error=text("state_credentials_unreadable", reason=str(error)))
        finally:
            await adapters.close(question.adapter)
            password.drop()
        if ending.reason is not None:
            return SettingsProposed(error=ending.reason, fields=ending.fields)
        return SettingsProposed(proposals=question.found[:MAX_PROPOSALS])


class _Question:
    """One command: its adapter, and what it found."""

    def __init__(
        self, command: ProposeSettings, plugin: Plugin | None, threads: Threads, password: ProxyPassword
    ) -> None:
        self.found: list[Proposal] = []
        self.adapter: Platform | None = None
        self._command = command
        self._plugin = plugin
        self._threads = threads
        self._password = password

    async def ask(self) -> None:
        plugin = self._plugin
        if plugin is None:
            raise InvalidConfig(text("unassigned_no_platform", platform=self._command.platform))
        if not plugin.manifest.capabilities.propose:
            return
        settings = checked(plugin.manifest, self._command.settings, partial=True)
        context = ProbeContext(plugin.manifest, settings, _none, self._threads)
        context.commands = self._command.commands
        give(context, plugin.manifest, self._command.proxy, self._password)
        async with asyncio.timeout(PROPOSE_SECONDS):
            self.adapter = adapters.make(plugin, context)
            self.found = await self.adapter.propose()


async def _none() -> Secret:
    return Secret({})
