"""What the worker that runs a sign-in is told, and the proxy that is lent to it meanwhile."""

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from master.errors import Conflict, ServiceError
from master.services.account_fields import complete
from master.services.account_tests import Lend, lend_nothing
from master.services.deliveries import Send
from master.services.login_places import LoginPlaces
from master.services.login_sessions import LIFE_SECONDS, Running
from master.services.settings import SettingsService
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError
from worker.protocol.logins import CancelLogin, StartLogin
from worker.protocol.manifest import Manifest
from worker.protocol.texts import text

logger = logging.getLogger(__name__)

SEND_SECONDS: Final = 10.0


class LoginTalks:
    """Part of :class:`~master.services.logins.LoginService`."""

    def __init__(self, *, places: LoginPlaces, settings: SettingsService, send: Send, lend: Lend | None) -> None:
        self._places = places
        self._settings = settings
        self._send = send
        self._lend = lend or lend_nothing
        self._loans: dict[str, AsyncExitStack] = {}

    async def start(self, running: Running, manifest: Manifest, settings: Mapping[str, Any], typed: bool) -> None:
        """Have it begin. Raises ``ServiceError`` or ``ProtocolError`` when it does not."""
        session = running.session
        loan = self._loans[session.id] = AsyncExitStack()
        proxy = await loan.enter_async_context(
            self._lend(self._places.route(session, running.create), session.worker_id)
        )
        message = StartLogin(
            ticket=running.ticket,
            platform=session.platform,
            method=session.method,
            settings=complete(manifest, settings),
            has_credentials=typed,
            seconds=LIFE_SECONDS,
            commands=self._settings.current.job_commands if manifest.capabilities.executes else None,
            proxy=proxy,
        )
        await self._send(session.worker_id, message, SEND_SECONDS)

    async def ask(self, running: Running, message: Message) -> None:
        """Hand something on. Raises :class:`Conflict` when it is over there."""
        try:
            await self._send(running.session.worker_id, message, SEND_SECONDS)
        except ProtocolError as error:
            raise Conflict(text("login_ended")) from error

    async def call_off(self, worker_id: str, ticket: str) -> None:
        """Have it give up."""
        try:
            await self._send(worker_id, CancelLogin(ticket=ticket), SEND_SECONDS)
        except (ServiceError, ProtocolError) as error:
            logger.info("a sign-in could not be called off: %s", error)

    async def end(self, session_id: str) -> None:
        """Take back what was lent."""
        loan = self._loans.pop(session_id, None)
        if loan is not None:
            await loan.aclose()
