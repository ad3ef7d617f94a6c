"""Passwords of proxies for what is no watch of an account: a test, a sign-in. One ticket each, for one worker."""

import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from master.services.account_tests import TICKET_SECONDS, Ticket
from master.services.proxies import ProxyService
from worker.protocol.proxy_routes import ProxyRoute


class ProxyTickets:
    """Tickets that are out. Each is torn when what it was lent for ends."""

    def __init__(self, proxies: ProxyService) -> None:
        self._proxies = proxies
        self._tickets: dict[str, Ticket] = {}

    @asynccontextmanager
    async def lent(
        self, route: ProxyRoute | None, worker_id: str, typed: Mapping[str, Any] | None = None
    ) -> AsyncIterator[ProxyRoute | None]:
        """Give the route a ticket while this lasts. ``typed``: the password of a proxy that is not stored.

        Raises :class:`Unavailable` when a stored password cannot be read.
        """
        if route is None or not route.has_password:
            yield route
            return
        document = dict(typed) if typed is not None else await self._proxies.password(route.proxy_id)
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = Ticket(worker_id, document, time.monotonic() + TICKET_SECONDS)
        try:
            yield msgspec.structs.replace(route, ticket=ticket)
        finally:
            self._tickets.pop(ticket).tear()

    def secret(self, ticket: str, worker_id: str) -> dict[str, Any] | None:
        """Return the password to the worker that it was lent to; None to anybody else, and after the end."""
        found = self._tickets.get(ticket)
        if found is None or found.worker_id != worker_id:
            return None
        return found.document(time.monotonic())
