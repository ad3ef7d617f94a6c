"""Test connections: really connect, save nothing, say what went wrong step by step and field by field."""

import asyncio
from typing import Final

from msgspec.structs import replace

from worker.protocol.account_messages import AccountTested, TestAccount
from worker.protocol.bases import LATEST_MS
from worker.protocol.credential_messages import CredentialRequest
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.secret import Secret
from worker.protocol.texts import text
from worker.runtime import adapters
from worker.runtime.contexts import ProbeContext
from worker.runtime.credentials import GrantedSecret
from worker.runtime.link import LinkDownError, Master
from worker.runtime.proxies import ProxyPassword, give, ticketed
from worker.runtime.redactions import Redactor
from worker.runtime.registry import Plugin, Registry
from worker.runtime.renewals import Renewals
from worker.runtime.settings import complete
from worker.runtime.tasks import Tasks
from worker.runtime.threads import Threads
from worker.runtime.watches import Ending, guarded, redacted
from worker.sdk.errors import AuthFailed, InvalidConfig
from worker.sdk.platform import Platform, Probe

TEST_SECONDS: Final = 60.0


class AccountTests:
    """Runs :class:`TestAccount` commands; several may run at once."""

    __test__ = False

    def __init__(
        self,
        registry: Registry,
        link: Master,
        threads: Threads,
        redactor: Redactor,
        tasks: Tasks,
        renewals: Renewals,
    ) -> None:
        self._registry = registry
        self._link = link
        self._threads = threads
        self._redactor = redactor
        self._tasks = tasks
        self._renewals = renewals

    async def run(self, command: TestAccount) -> AccountTested:
        """Connect as told and return how it went; the secret is forgotten at the end, however that comes."""
        test = _Test(command, self._registry.get(command.platform), self)
        try:
            ending = await guarded(test.run(), TEST_SECONDS, self._redactor)
            # While the secret is held: it is redacted from what the plug-in says.
            return self._answer(test, ending)
        except LinkDownError as error:
            reason = text("state_credentials_unreadable", reason=str(error))
            return AccountTested(success=False, error=reason)
        finally:
            await test.close()

    def _answer(self, test: "_Test", ending: Ending) -> AccountTested:
        steps = [
            step if step.error is None else replace(step, error=redacted(step.error, self._redactor))
            for step in (test.context.steps if test.context is not None else [])
        ]
        if ending.reason is not None:
            return AccountTested(success=False, steps=steps, error=ending.reason, fields=ending.fields)
        probe = test.probe
        expires_at = probe.expires_at if 0 < (probe.expires_at or 0) < LATEST_MS else None
        return AccountTested(success=True, steps=steps, identity=probe.identity[:500], expires_at=expires_at)

    def secret(self, ticket: str) -> GrantedSecret:
        """Return what asks for the secret of a test. Stored tokens that it has renewed are stored again."""
        question = CredentialRequest(ticket=ticket)
        return GrantedSecret(self._link, self._redactor, self._tasks, self._renewals, lambda: question)

    def proxy_password(self, route: ProxyRoute | None) -> ProxyPassword:
        """Return what asks for the password of the proxy of a test."""
        return ticketed(self._link, self._redactor, route)

    @property
    def threads(self) -> Threads:
        """Return the threads that probes run blocking calls on."""
        return self._threads


class _Test:
    """One test: its context, its adapter, its secret."""

    def __init__(self, command: TestAccount, plugin: Plugin | None, tests: AccountTests) -> None:
        self.context: ProbeContext | None = None
        self.probe = Probe()
        self._command = command
        self._plugin = plugin
        self._tests = tests
        self._held = tests.secret(command.ticket)
        self._proxy_password = tests.proxy_password(command.proxy)
        self._adapter: Platform | None = None

    async def run(self) -> None:
        plugin = self._plugin
        if plugin is None:
            raise InvalidConfig(text("unassigned_no_platform", platform=self._command.platform))
        settings = complete(plugin.manifest, self._command.settings)
        if plugin.manifest.capabilities.credentials == "required" and not self._command.has_credentials:
            fields = {
                field.name: text("field_required")
                for field in plugin.manifest.fields
                if field.secret and field.required
            }
            raise AuthFailed(text("state_credentials_missing"), fields)
        self.context = ProbeContext(plugin.manifest, settings, self._secret, self._tests.threads)
        give(self.context, plugin.manifest, self._command.proxy, self._proxy_password)
        self.context.keeper = self._held
        self.context.commands = self._command.commands
        async with asyncio.timeout(TEST_SECONDS):
            self._adapter = adapters.make(plugin, self.context)
            self.probe = await self._adapter.probe()

    async def close(self) -> None:
        await adapters.close(self._adapter)
        self._held.close()
        self._proxy_password.drop()

    async def _secret(self) -> Secret:
        if not self._command.has_credentials:
            return Secret({})
        return await self._held.get()
