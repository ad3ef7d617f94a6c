"""What adapters see of the runtime."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from worker.protocol.account_messages import TestStep
from worker.protocol.manifest import Manifest
from worker.protocol.secret import Secret
from worker.protocol.texts import Text, text
from worker.runtime.gates import Gate
from worker.runtime.threads import Threads
from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, Renewed

T = TypeVar("T")


class Keeper(Protocol):
    """Keeps what the service gave in place of the credentials."""

    async def update(self, document: dict[str, Any], expires_at: int | None) -> None:
        """As :meth:`Context.update_secret`."""

    async def renew(self, used: Secret, renew: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        """As :meth:`Context.renew_secret`."""


class PasswordOfProxy(Protocol):
    """Asks for the password of a proxy."""

    async def password(self) -> str:
        """As :meth:`Context.proxy_password`."""


class AccountContext(Context):
    """Context of an account that is watched; ``secret`` asks for the credentials."""

    keeper: Keeper | None = None
    passwords: PasswordOfProxy | None = None
    """Knows the password of ``proxy``."""
    gate: Gate | None = None
    """Lets the first request of a check out."""

    def __init__(
        self,
        account_id: str,
        manifest: Manifest,
        settings: dict[str, Any],
        secret: Callable[[], Awaitable[Secret]],
        threads: Threads,
    ) -> None:
        self.account_id = account_id
        self.manifest = manifest
        self.settings = settings
        self._secret = secret
        self._threads = threads

    async def secret(self) -> Secret:
        return await self._secret()

    async def update_secret(self, document: dict[str, Any], expires_at: int | None = None) -> None:
        if self.keeper is None:
            raise TemporaryFailure(text("credentials_not_kept"))
        await self.keeper.update(document, expires_at)

    async def renew_secret(self, used: Secret, renew: Callable[[Secret], Awaitable[Renewed]]) -> Secret:
        if self.keeper is None:
            raise TemporaryFailure(text("credentials_not_kept"))
        return await self.keeper.renew(used, renew)

    async def proxy_password(self) -> str:
        return "" if self.passwords is None else await self.passwords.password()

    def about_to_ask(self) -> None:
        if self.gate is not None:
            self.gate.ask()

    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        return await self._threads.run_blocking(call, timeout)

    def step_began(self, name: Text) -> None:
        """Steps matter only while a connection is tested."""

    def step_ended(self, error: Text | None = None) -> None:
        """As above."""


class ProbeContext(AccountContext):
    """Context of a test connection: keeps its steps. A step within a step counts as one of its own."""

    def __init__(
        self,
        manifest: Manifest,
        settings: dict[str, Any],
        secret: Callable[[], Awaitable[Secret]],
        threads: Threads,
    ) -> None:
        super().__init__("", manifest, settings, secret, threads)
        self.steps: list[TestStep] = []
        self._running: list[tuple[Text, float]] = []

    def step_began(self, name: Text) -> None:
        self._running.append((name, time.monotonic()))

    def step_ended(self, error: Text | None = None) -> None:
        if self._running:
            name, began = self._running.pop()
            milliseconds = round((time.monotonic() - began) * 1000)
            self.steps.append(TestStep(name=name, milliseconds=milliseconds, error=error))
